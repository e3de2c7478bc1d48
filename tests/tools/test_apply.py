"""Models applied to files: every image gets its row or its picture, what cannot be read a line, nothing is lost."""

import shutil
import subprocess
import sys

import numpy as np
import pytest
from helpers import ROOT, blobs, read_csv
from own_folders import put
from PIL import Image

from stages.common.stage import UserError
from stages.prepare.layout import places_of
from tools.apply import main
from tools.model import load


@pytest.fixture
def folder(tmp_path):
    """Images of several sizes, kinds and depths of folders, and files that are none."""
    place = tmp_path / "in"
    (place / "inner").mkdir(parents=True)
    for i, (name, shape) in enumerate({"a.png": (16, 16, 1), "inner/b.JPG": (20, 31, 3), "c d.bmp": (7, 5, 3)}.items()):
        Image.fromarray(blobs(1, shape, i)[0].squeeze()).save(place / name)
    (place / "empty.png").touch()
    (place / "text.png").write_text("no image")
    (place / "cut.png").write_bytes((place / "a.png").read_bytes()[:60])
    return place


def test_without_a_latent(denoiser, folder, tmp_path):
    """It gives images; what needs a latent is refused before anything is written."""
    main(str(denoiser), str(folder / "a.png"), str(tmp_path / "out.png"))
    assert Image.open(tmp_path / "out.png").size == (16, 16)
    assert load(denoiser).apply(blobs(2, (20, 30, 1))).latents is None
    for asked in ({"scores": f"{tmp_path}/s.csv"}, {"latents": f"{tmp_path}/l.csv"}):
        with pytest.raises(UserError, match=r"^digits/red_net/seed-0\.keras has no latent; it denoises alone$"):
            main(str(denoiser), str(folder), str(tmp_path / "cleaned"), **asked)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out.png"]


BAD = {"empty.png", "text.png", "cut.png"}


def test_a_folder(trained, folder, tmp_path, capsys):
    model = trained.models / "pca"
    main(str(model), str(folder), str(tmp_path / "out"), scores=f"{tmp_path}/s.csv", latents=f"{tmp_path}/l.csv")
    assert sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.png")) == [
        "a.png", "c d.bmp.png", "inner/b.JPG.png",
    ]  # fmt: skip
    assert Image.open(tmp_path / "out/inner/b.JPG.png").size == (31, 20)
    own = load(model)
    answer = own.apply(np.asarray(Image.open(folder / "a.png"))[None, ..., None])
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "out/a.png")), answer.reconstructions[0, ..., 0])

    table = {row["file"]: row for row in read_csv(tmp_path / "s.csv")}
    assert set(table) == {"a.png", "inner/b.JPG", "c d.bmp"} | BAD
    assert float(table["a.png"]["error"]) == pytest.approx(answer.errors[0], rel=1e-5)
    assert float(table["a.png"]["score"]) == pytest.approx(answer.scores[0], rel=1e-3)
    assert float(table["a.png"]["map_score"]) == pytest.approx(answer.maps[0].max(), rel=1e-3)
    for name, row in table.items():
        assert float(row["threshold"]) == own.threshold and float(row["map_threshold"]) == own.map_threshold
        if name in BAD:
            assert row["error"] == row["score"] == "" and row["verdict"].startswith("unreadable: ")
        else:
            assert row["verdict"] == ("anomaly" if float(row["score"]) > own.threshold else "normal")
    assert {row["file"] for row in read_csv(tmp_path / "l.csv")} == set(table) - BAD
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 4 and "3 images" in said[-1] and "3 could not be read" in said[-1]


def test_masks_are_no_images(trained, tmp_path, capsys):
    """In the layout of MVTec AD; a folder of masks alone is one of images."""
    for seed, name in enumerate(("train/good", "test/good", "test/cut", "ground_truth/cut")):
        put(tmp_path / "in" / name, blobs(3, (16, 16, 1), seed))
    main(str(trained.models / "pca"), str(tmp_path / "in"), scores=str(tmp_path / "s.csv"))
    assert {row["file"][:-8] for row in read_csv(tmp_path / "s.csv")} == {"train/good", "test/good", "test/cut"}
    said = capsys.readouterr().out
    assert "left out, as masks: 3, such as ground_truth/cut/000.png" in said and "9 images" in said
    main(str(trained.models / "pca"), str(tmp_path / "in/ground_truth"), scores=str(tmp_path / "s.csv"))
    assert len(read_csv(tmp_path / "s.csv")) == 3


def test_several_layouts_leave_nothing_out(trained, tmp_path):
    for name in ("a/train/x", "a/test/x", "b/train/x", "b/test/x"):
        put(tmp_path / "in" / name, blobs(1, (16, 16, 1)))
    with pytest.raises(UserError, match="several folders have splits each"):
        places_of([path.relative_to(tmp_path / "in").as_posix() for path in (tmp_path / "in").rglob("*.png")])
    main(str(trained.models / "pca"), str(tmp_path / "in"), scores=str(tmp_path / "s.csv"))
    assert len(read_csv(tmp_path / "s.csv")) == 4


def test_one_image(trained, folder, tmp_path):
    main(str(trained.models / "pca"), str(folder / "inner/b.JPG"), str(tmp_path / "out.webp"))
    assert Image.open(tmp_path / "out.webp").size == (31, 20)


def test_an_array(trained, tmp_path):
    """The same as from Python, image by image."""
    np.save(tmp_path / "in.npy", trained.data.test)
    main(
        str(trained.models / "vector_quantized"),
        str(tmp_path / "in.npy"),
        str(tmp_path / "out.npy"),
        scores=str(tmp_path / "scores.csv"),
        latents=str(tmp_path / "new/latents.npy"),
    )
    answer = load(trained.models / "vector_quantized").apply(trained.data.test)
    np.testing.assert_array_equal(np.load(tmp_path / "out.npy"), answer.reconstructions)
    np.testing.assert_array_equal(np.load(tmp_path / "new/latents.npy"), answer.latents)
    table = read_csv(tmp_path / "scores.csv")
    assert [float(row["score"]) for row in table] == answer.scores.tolist()
    assert [row["verdict"] == "anomaly" for row in table] == answer.anomalous.tolist()


def test_more_images_than_are_looked_at_together(trained, tmp_path, monkeypatch):
    monkeypatch.setattr("tools.image_files.BATCH", 7)
    np.save(tmp_path / "in.npy", trained.data.test)
    main(str(trained.models / "pca"), str(tmp_path / "in.npy"), scores=str(tmp_path / "scores.csv"))
    scores = [float(row["score"]) for row in read_csv(tmp_path / "scores.csv")]
    np.testing.assert_allclose(scores, load(trained.models / "pca").apply(trained.data.test).scores, rtol=1e-3)


def test_a_model_that_was_not_evaluated_has_errors_alone(trained, folder, tmp_path, capsys):
    shutil.copy(trained.models / "pca/seed-0.keras", tmp_path / "mine.keras")
    main(str(tmp_path / "mine.keras"), str(folder / "a.png"), scores=str(tmp_path / "s.csv"))
    (row,) = read_csv(tmp_path / "s.csv")
    assert float(row["error"]) > 0 and row["score"] == row["threshold"] == row["verdict"] == ""
    assert row["map_score"] == row["map_threshold"] == row["map_verdict"] == ""
    assert "was not evaluated, so scores and verdicts are left empty" in capsys.readouterr().out


def test_what_cannot_be_done(trained, folder, tmp_path):
    model, inside = str(trained.models / "pca"), str(folder / "out")
    for arguments, options, said in (
        ((model, str(folder)), {}, "nothing to do"),
        ((model, str(folder), inside), {}, "is what is read, or lies in it"),
        ((model, str(folder / "a.png"), str(folder / "a.png")), {}, "is what is read"),
        ((model, str(folder), str(folder / "a.png")), {}, "lies in it"),
        ((model, str(folder / "a.png"), str(tmp_path / "out.txt")), {}, "the name of an image ends"),
        ((model, str(folder / "none.png"), str(tmp_path / "out.png")), {}, "no such file or folder"),
        ((model, str(folder / "text.png"), str(tmp_path / "out.png")), {}, "no image that can be read"),
        ((model, str(folder), str(tmp_path / "out.npy")), {}, "several sizes"),
        ((model, str(folder)), {"latents": str(tmp_path / "l.txt")}, "latents are written as"),
        ((str(tmp_path), str(folder)), {"scores": str(tmp_path / "s.csv")}, "training.json is missing"),
    ):
        with pytest.raises(UserError, match=said) as caught:
            main(*arguments, **options)
        assert "\n" not in str(caught.value)
    assert not (folder / "out").exists()
    (folder / "a.png.png").write_bytes((folder / "a.png").read_bytes())
    Image.open(folder / "a.png").save(folder / "a.png.bmp")
    (folder / "a.png.bmp").rename(folder / "a.bmp")
    Image.open(folder / "a.png").save(folder / "a.bmp.png")
    with pytest.raises(UserError, match="two images would become"):
        main(model, str(folder), str(tmp_path / "twice"))


def test_it_ends_with_2_and_one_line(tmp_path):
    arguments = ("apply", str(tmp_path), str(tmp_path / "none.png"), str(tmp_path / "out"))
    done = subprocess.run([sys.executable, "-m", "tools", *arguments], cwd=ROOT, text=True, capture_output=True)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("error: ") and "none.png" in done.stderr
