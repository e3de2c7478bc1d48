"""Pictures of single architectures: drawn from saved arrays, without TensorFlow, whatever an architecture has."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers import ROOT, blobs, make_data, principal
from PIL import Image
from ruamel.yaml import YAML

from stages.common.registry import load, names
from stages.common.stage import UserError
from stages.draw import illustrate
from stages.draw.figures.single import latent_space
from stages.evaluate.picture_arrays import single, write_arrays


def arrays(prior, labelled, image_shape=(12, 12, 1)):
    data = make_data(image_shape, labelled)._replace(classes=["across", "along"] if labelled else None)
    model = principal(data)
    model = model._replace(sample=model.sample_mixture) if prior else model
    return single(model, data, np.zeros((5, *image_shape), np.float32))


@pytest.mark.parametrize("name", names("draw/figures/single"))
@pytest.mark.parametrize(("prior", "labelled", "shape"), [(True, True, (12, 12, 1)), (False, False, (9, 12, 3))])
def test_every_figure_is_drawn_of_what_there_is(name, prior, labelled, shape):
    shown = illustrate.Shown("digits", "deep", **arrays(prior, labelled, shape))
    figure = load("draw/figures/single", name).draw(shown)
    if name == "interpolation" and not prior:
        assert figure is None
    else:
        figure.canvas.draw()


def test_without_a_latent_there_are_denoised_images_alone():
    images = blobs(5, (12, 12, 1))
    shown = illustrate.Shown("digits", "red_net", images=images, noisy=images, denoised=images)
    drawn = {name: load("draw/figures/single", name).draw(shown) for name in names("draw/figures/single")}
    assert [name for name, figure in drawn.items() if figure] == ["denoised"]


def test_the_stage_reads_saved_arrays_alone(tmp_path, params):
    """It runs where TensorFlow cannot be imported, and replaces pictures of an earlier run."""
    params["architectures"] = ["pca", "variational"]
    YAML().dump(params, tmp_path / "params.yaml")
    for name in params["architectures"]:
        folder = tmp_path / "data/digits/shown" / name
        folder.parent.mkdir(parents=True, exist_ok=True)
        write_arrays(folder, arrays(prior=name == "variational", labelled=True))
    stale = tmp_path / "data/digits/pictures/deep/samples.png"
    stale.parent.mkdir(parents=True)
    stale.write_bytes(b"from an earlier run")
    code = (
        "import sys; sys.modules.update(tensorflow=None, keras=None); sys.path.insert(0, sys.argv[1]);"
        "from stages.draw.illustrate import main; main('digits')"
    )
    done = subprocess.run([sys.executable, "-c", code, str(ROOT)], cwd=tmp_path, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    pictures = {str(path.relative_to(tmp_path / "data/digits/pictures")) for path in tmp_path.rglob("pictures/*/*")}
    expected = {f"{name}/{figure}.png" for name in params["architectures"] for figure in params["figures"]["single"]}
    assert pictures == expected - {"pca/interpolation.png"}
    before = (tmp_path / "data/digits/pictures/pca/extremes.png").read_bytes()
    assert Image.open(tmp_path / "data/digits/pictures/pca/extremes.png").size[0] > 200
    subprocess.run([sys.executable, "-c", code, str(ROOT)], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "data/digits/pictures/pca/extremes.png").read_bytes() == before, "the same bytes every time"


@pytest.mark.parametrize(("cut", "says"), [(None, "is missing"), (100, "is damaged")])
def test_arrays_that_are_missing_or_cut_short(tmp_path, monkeypatch, params, cut, says):
    """The command that makes them anew is said."""
    monkeypatch.chdir(tmp_path)
    YAML().dump(params | {"architectures": ["pca"]}, tmp_path / "params.yaml")
    if cut:
        Path("data/digits/shown").mkdir(parents=True)
        write_arrays(Path("data/digits/shown/pca"), arrays(prior=False, labelled=True))
        path = Path("data/digits/shown/pca/after.npy")
        path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(UserError, match=f"data/digits/shown/pca {says}.*dvc repro evaluate@digits-pca"):
        illustrate.main("digits")


def test_names_of_classes_hide_none():
    """Boxes that overlap are moved up and down until none does; the others stay."""
    random = np.random.default_rng(0)
    corner, size = random.uniform(0, 100, (12, 2)), random.uniform(5, 30, (12, 2))
    boxes = np.concatenate([[[1000, 1000, 1020, 1010], [0, 0, 9, 9], [0, 0, 9, 9]], np.hstack([corner, corner + size])])
    moved = latent_space.apart(boxes)
    left, bottom, right, top = (boxes + moved[:, None] * [0, 1, 0, 1]).T
    across = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    along = np.minimum(top[:, None], top) - np.maximum(bottom[:, None], bottom)
    assert not ((across > 0) & (along > 0.02))[~np.eye(len(boxes), dtype=bool)].any()
    assert moved[0] == 0 and moved[1:].any()
