"""Maps of images as files: as large as the image, on the defect, with the threshold at a fixed value."""

import numpy as np
import pytest
from helpers import bars, read_csv
from PIL import Image

from stages.common.stage import UserError
from stages.evaluate.measures.anomaly_map import AT_THRESHOLD
from tools.apply import main
from tools.maps import COLOUR, outlined
from tools.model import load


@pytest.fixture
def pca(trained):
    return str(trained.models / "pca")


def thrice(values):
    return np.kron(values, np.ones((3, 3), values.dtype))


@pytest.fixture
def dotted(tmp_path):
    """Images of three times the model's size, each with a dot somewhere; the dots."""
    images, places = bars(12, (16, 16, 1), 3)[0], np.random.default_rng(0).integers(2, 13, (12, 2))
    (tmp_path / "in").mkdir()
    for i, (image, (y, x)) in enumerate(zip(images, places, strict=True)):
        image[y : y + 2, x : x + 2] = 255
        Image.fromarray(thrice(image[..., 0])).save(tmp_path / f"in/{i:02}.png")
    return tmp_path / "in", places


def table(path):
    return {row["file"]: row for row in read_csv(path)}


def read(folder):
    return {path.name: np.asarray(Image.open(path)) for path in sorted(folder.iterdir())}


def test_maps_are_as_large_as_images_and_say_what_the_table_says(pca, dotted, tmp_path):
    main(pca, str(dotted[0]), scores=f"{tmp_path}/s.csv")
    middle = float(np.median([float(row["map_score"]) for row in table(tmp_path / "s.csv").values()]))
    main(pca, str(dotted[0]), maps=f"{tmp_path}/out", scores=f"{tmp_path}/s.csv", map_threshold=middle)
    maps, overlays, rows = read(tmp_path / "out/map"), read(tmp_path / "out/overlay"), table(tmp_path / "s.csv")
    originals, verdicts = read(dotted[0]), [row["map_verdict"] for row in rows.values()]
    assert set(maps) == set(overlays) == set(rows) == set(originals) and len(set(verdicts)) == 2
    for name, anomaly_map in maps.items():
        assert anomaly_map.shape == originals[name].shape and overlays[name].shape == (48, 48, 3)
        assert (rows[name]["map_verdict"] == "anomaly") == (anomaly_map >= AT_THRESHOLD).any()
        assert float(rows[name]["map_threshold"]) == middle
        red = (overlays[name] == COLOUR).all(axis=2)
        np.testing.assert_array_equal(overlays[name][~red], np.repeat(originals[name][..., None], 3, 2)[~red])
        assert red.any() == (rows[name]["map_verdict"] == "anomaly") and not red[anomaly_map >= AT_THRESHOLD].any()
    model = load(pca)._replace(map_threshold=middle)
    maps_of_model = model.look(np.stack([model.fitted(own[..., None]) for own in originals.values()])).maps
    inside = thrice(maps_of_model[0]) >= middle
    np.testing.assert_array_equal(next(iter(maps.values())) >= AT_THRESHOLD, inside)


@pytest.mark.parametrize(("fit", "outside"), [("crop", True), ("pad", False), (None, False)])
def test_the_map_lies_on_the_image_however_it_was_fitted(pca, fit, outside, tmp_path, monkeypatch):
    """Of what is cropped nobody knows anything: the map is black there."""
    image = np.zeros((30, 60, 1), np.uint8)
    image[10:14, 28:32] = 255
    np.save(tmp_path / "in.npy", image[None])
    known = load(pca)
    monkeypatch.setattr("tools.apply.load", lambda path: known._replace(fit=fit))
    main(pca, str(tmp_path / "in.npy"), maps=str(tmp_path / "out"), map_threshold=1e-6)
    (anomaly_map,) = read(tmp_path / "out/map").values()
    assert anomaly_map.shape == (30, 60) and (anomaly_map[:, :15] == 0).all() == outside
    assert (anomaly_map[:, 15:45] > 0).any()


def test_the_sensitivity_can_be_changed(pca, dotted, tmp_path):
    def found(**asked):
        main(pca, str(dotted[0]), scores=f"{tmp_path}/s.csv", **asked)
        return table(tmp_path / "s.csv")["00.png"]

    known, few, many = load(pca), found(false_alarms=0.02), found(false_alarms=0.5)
    for name, scores in zip(("threshold", "map_threshold"), known.validation, strict=True):
        assert float(few[name]) == np.quantile(scores, 0.98) > np.quantile(scores, 0.5) == float(many[name])
    same = known.with_false_alarms(0.05)
    assert same.threshold == pytest.approx(known.threshold) and same.map_threshold == pytest.approx(known.map_threshold)
    low, high = found(threshold=-1.0), found(threshold=1e9)
    assert low["verdict"] == "anomaly" and high["verdict"] == "normal" and float(low["threshold"]) == -1
    assert float(low["map_threshold"]) == known.map_threshold


def test_fewer_false_alarms_than_can_be_told_are_said(pca, capsys):
    load(pca).with_false_alarms(0.001)
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and "90 validation images cannot tell 0.001 of false alarms from none" in said


def test_what_cannot_be_done(pca, denoiser, dotted, tmp_path):
    source, out = str(dotted[0]), {"maps": str(tmp_path / "out")}
    (tmp_path / "file").touch()
    (tmp_path / "mine.keras").write_bytes((load(pca).path).read_bytes())
    for model, options, said in (
        (pca, {"maps": str(dotted[0] / "00.png")}, "lies in it"),
        (pca, {"maps": str(tmp_path / "file")}, "is no folder: maps go into one"),
        (str(denoiser), out, "has no latent"),
        (str(tmp_path / "mine.keras"), out, "has no anomaly map: it was not evaluated"),
        (str(tmp_path / "mine.keras"), out | {"threshold": 1.0}, "has no anomaly map: it was not evaluated"),
        (pca, out | {"false_alarms": 1.5}, "between 0 and 1"),
        (pca, out | {"false_alarms": float("nan")}, "between 0 and 1"),
        (pca, out | {"map_threshold": 0.0}, "of maps above 0"),
        (pca, out | {"threshold": float("inf")}, "--threshold is a number"),
        (pca, out | {"threshold": 1.0, "false_alarms": 0.1}, "without --false-alarms"),
    ):
        with pytest.raises(UserError, match=said) as caught:
            main(model, source, **options)
        assert "\n" not in str(caught.value) and not (tmp_path / "out").exists()


def test_an_outline_covers_nothing_of_its_region():
    pixels, regions = np.full((400, 400, 3), 7, np.uint8), np.zeros((400, 400), bool)
    regions[100:110, 100:110] = True
    picture = outlined(pixels, regions)
    assert (picture[regions] == 7).all() and (picture[98:100, 98:112] == COLOUR).all()
    assert (picture == COLOUR).all(axis=2).sum() == 14**2 - 10**2 and (pixels == 7).all()
