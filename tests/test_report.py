"""The report's words follow from the figures."""

import json

import numpy as np
import pytest

from stages import compare, remarks, report
from stages.evaluate import rounded, to_json


def cell(mse, multiply_adds=100, seeds=3, by_class=(1, 1), generative=False, terms=("reconstruction",), jitter=1e-4):
    """A metrics file as evaluate writes it; mse: one value a seed; jitter: standard error over test images."""
    epochs = np.linspace(1, 0.1, 10).tolist()
    curve = {f"{split}{term}": epochs for split in ("", "val_") for term in ("loss", *terms)}
    luck = np.random.default_rng(int(1e6 * np.mean(mse))).normal(0, jitter, 100)
    scores = {
        "mse": list(mse),
        "mse_resampled": [(np.mean(mse) + luck).tolist()] * len(mse),
        "mse_by_class": [[value * factor for factor in by_class] for value in mse],
    }
    return {
        "reconstruction": {"mse": float(np.mean(mse)), "psnr": 20.0, "ssim": 0.9},
        "cost": {
            "parameters": 10,
            "latent_size": 4,
            "compression_ratio": 64.0,
            "multiply_adds": multiply_adds,
            "model_bytes": 40,
        },
        "scores": {
            "reconstruction": scores,
            "health": {"active_units": [4.0] * len(mse), "dead_units": [0.0] * len(mse)},
        },
        "facts": {
            "seeds": list(range(len(mse))),
            "image_shape": [16, 16, 1],
            "images": [100, 10, 20],
            "classes": ["a", "b"],
            "generative": [generative],
        },
        "curves": {str(seed): curve for seed in range(len(mse))},
    }


METRICS = {
    "pca": cell([0.010, 0.010, 0.010]),
    "vanilla": cell([0.00500, 0.00501, 0.00499], multiply_adds=100),
    "deep": cell([0.00499, 0.00502, 0.00497], multiply_adds=400),
    "denoising": cell([0.0201, 0.0200, 0.0202], by_class=(0.4, 1.6)),
    "variational": cell([0.0100, 0.0101, 0.0099], generative=True, terms=("reconstruction", "kl")),
}


def baseline(values, jitter=1e-4):
    """Scores of a method without a network, as the stage baselines writes them."""
    luck = np.random.default_rng(1).normal(0, jitter, 100)
    return {"mse": values, "mse_resampled": [(np.mean(values) + luck).tolist()] * len(values)}


def result(metrics=METRICS, **baselines):
    scores = {"reconstruction": {"mean_image": baseline([0.06] * 3)} | baselines}
    rows = compare.summarise(metrics, scores, "reconstruction")
    return {
        "tables": {"reconstruction": rows},
        "metrics": metrics,
        "baselines": scores,
        "accuracy": None,
        "missing": [],
    }


def rows_of(*args, **baselines):
    return result(*args, **baselines)["tables"]["reconstruction"]


def row_of(rows, name):
    return next(row for row in rows if row["architecture"] == name)


def test_ranks_and_verdicts():
    rows = rows_of()
    ranks = {row["architecture"]: row["rank"] for row in rows if row["kind"] == "architecture"}
    assert (ranks["deep"], ranks["vanilla"], ranks["denoising"]) == (1, 1, 5)
    assert row_of(rows, "vanilla")["versus_best"] == "tie"
    assert row_of(rows, "vanilla")["versus_floor"] == "better"
    assert row_of(rows, "vanilla")["margin_floor"] == pytest.approx(-0.5)
    assert row_of(rows, "variational")["versus_floor"] == "tie"
    assert row_of(rows, "denoising")["versus_floor"] == "worse"
    assert row_of(rows, "pca")["versus_floor"] == "itself"
    assert row_of(rows, "mean_image")["kind"] == "reference"
    assert "versus_baseline" not in row_of(rows, "deep"), "a reference is no rival"


def test_the_pick_is_the_cheapest_of_the_tied():
    choice = report.decide(rows_of(), METRICS)
    assert choice["pick"]["architecture"] == "vanilla" and choice["tied"] == ["deep"]
    assert choice["baseline"] is None


def test_a_tie_for_want_of_seeds_is_no_pick():
    """Seeds that differ wildly cannot be told from the best, but neither are they to be recommended for being cheap."""
    metrics = {"deep": cell([0.0050, 0.0051, 0.0049], 400), "vanilla": cell([0.005, 0.020, 0.011], 100)}
    choice = report.decide(rows_of(metrics), metrics)
    assert choice["pick"]["architecture"] == "deep" and choice["tied"] == ["vanilla"]


def test_pca_is_picked_where_it_ties():
    metrics = {"pca": cell([0.01, 0.01, 0.01]), "deep": cell([0.0099, 0.0101, 0.01], multiply_adds=500)}
    assert report.decide(rows_of(metrics), metrics)["pick"]["architecture"] == "pca"


def test_a_comparison_without_pca():
    metrics = {name: METRICS[name] for name in ("vanilla", "denoising")}
    rows = rows_of(metrics)
    assert not any("versus_floor" in row for row in rows)
    assert report.decide(rows, metrics)["pick"]["architecture"] == "vanilla"


@pytest.mark.parametrize(("values", "beaten"), [([0.02] * 3, "yes"), ([0.001] * 3, "no"), ([0.00499] * 3, "tie")])
def test_a_method_without_a_network_is_said_to_win_or_tie(values, beaten):
    choice = report.decide(rows_of(METRICS, wavelet=baseline(values)), METRICS)
    assert choice["beaten"] == beaten and choice["baseline"]["architecture"] == "wavelet"


def test_margins_are_in_the_unit_of_the_use():
    assert report.margin(-0.5, "reconstruction") == "-50 %"
    assert report.margin(1.234, "denoising") == "+1.23 dB"
    assert report.margin(-0.0123, "anomaly") == "-0.012"


def test_the_hardest_class_is_named():
    found = result()
    assert report.hardest_class(found, row_of(rows_of(), "denoising")) == "b (0.0322)"
    assert report.hardest_class(found, row_of(rows_of(), "mean_image")) == ""


def test_alarms():
    content = cell([0.01])
    content["scores"]["health"] = {
        "active_units": [1.0],
        "dead_units": [2.0],
        "perplexity": [3.0],
        "codebook_size": [64.0],
    }
    content["scores"]["anomaly"] = {
        "anomalies": [["other data set", "blur"]],
        "auroc_by_anomaly": [[[0.9, 0.6], [0.8, 0.2]]],
        "detector": [[1]],
    }
    content["scores"]["generation"] = {"frechet": [1.0], "frechet_prior": [9.0], "nearest": [0.01]}
    references = {"generation": {"training_images": {"nearest_of_test_images": [0.1]}}}
    found = remarks.alarms({"metrics": {"variational": content}, "baselines": references})
    assert found == {
        "the anomaly score is inverted, AUROC below .5": ["variational (blur 0.20)"],
        "much of the latent is not used": ["variational (1 of 4 dimensions active)"],
        "latent dimensions that never vary": ["variational (2 of 4)"],
        "much of the codebook is not used": ["variational (perplexity 3 of 64)"],
        "to be sampled from the mixture, not from the prior, whose Fréchet distance is so much larger": [
            "variational (9 times)"
        ],
        "copies? Samples lie nearer to training images than new real images do": [
            "variational (0.10 times their distance)"
        ],
    }
    assert remarks.alarms({"metrics": {"deep": METRICS["deep"]}, "baselines": references}) == {}


def test_traits(params):
    params["architecture"] = {name: params["architecture"][name] for name in METRICS}
    results = {"digits": result()}
    strengths, weaknesses = remarks.traits("deep", params, results)
    assert strengths[0] == "reconstruction: best on digits"
    assert "error below PCA's by 50 % on digits" in strengths
    strengths, weaknesses = remarks.traits("denoising", params, results)
    assert "error above PCA's by 101 % on digits" in weaknesses
    assert any("b (1.6 times the mean) on digits" in text for text in weaknesses)
    assert any("corrupted images" in text for text in weaknesses)
    strengths, weaknesses = remarks.traits("variational", params, results)
    assert "generates new images from its prior" in strengths
    assert "no better than PCA on digits" in weaknesses
    assert any("prior (KL)" in text for text in weaknesses)


def test_overfitting_and_unfinished():
    content = cell([0.01])
    assert remarks.overfitting(content) == 0
    assert remarks.unfinished(content, epochs=10)
    assert not remarks.unfinished(content, epochs=20), "early stopping ended it"
    content["curves"]["0"]["val_loss"] = [1.0, 0.5, 0.4, 0.39, 0.4, 0.42, 0.45, 0.5, 0.5, 0.5]
    content["curves"]["0"]["loss"] = np.geomspace(1.0, 0.01, 10).tolist()
    assert remarks.overfitting(content) == pytest.approx((0.39 - 0.01 ** (3 / 9)) / 0.99)
    assert not remarks.unfinished(content, epochs=10)


def test_seeds_that_differ_are_an_error(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "metrics" / "digits"
    folder.mkdir(parents=True)
    (folder / "pca.json").write_text(json.dumps(cell([0.1, 0.1])))
    with pytest.raises(Exception, match=r"vanilla\.json is missing: `dvc repro evaluate@digits-vanilla`"):
        compare.read_metrics("digits", ["pca", "vanilla"])
    (folder / "vanilla.json").write_text(json.dumps(cell([0.1, 0.1, 0.1])))
    with pytest.raises(Exception, match="different seeds"):
        compare.read_metrics("digits", ["pca", "vanilla"])


def test_a_file_of_another_architecture_is_passed_over(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "metrics" / "digits"
    folder.mkdir(parents=True)
    for name in ("pca", "vanilla", "stale"):
        (folder / f"{name}.json").write_text(json.dumps(cell([0.1])))
    assert list(compare.read_metrics("digits", ["vanilla", "pca"])) == ["vanilla", "pca"]


def test_json_is_readable_and_exact():
    value = {"a": {"b": 0.1, "c": [[1, 2], [3.5]]}, "d": ["x"]}
    text = to_json(value)
    assert json.loads(text) == value
    assert '"c": [[1, 2], [3.5]]' in text and text.count("\n") == 6
    assert rounded({"a": [0.123456789], "b": 12345678}) == {"a": [0.123457], "b": 12345678}


def test_curves_are_one_long_table():
    table = compare.curves({"pca": cell([0.1, 0.1])})
    assert list(table.columns) == ["architecture", "seed", "epoch", "term", "split", "value"]
    assert len(table) == 2 * 4 * 10
    assert set(table["split"]) == {"train", "validation"} and set(table["term"]) == {"loss", "reconstruction"}


def test_what_has_not_been_compared_is_said(tmp_path, monkeypatch):
    """An architecture that is new in params.yaml: the others' results still stand."""
    monkeypatch.chdir(tmp_path)
    assert report.read_dataset("digits", ["pca"], ["reconstruction"]) is None
    for folder in ("summary/digits", "digits", "baselines", "classifiers"):
        (tmp_path / "metrics" / folder).mkdir(parents=True)
    (tmp_path / "metrics/summary/digits/reconstruction.json").write_text(json.dumps(rows_of()))
    for name, content in METRICS.items():
        (tmp_path / f"metrics/digits/{name}.json").write_text(json.dumps(content))
    (tmp_path / "metrics/baselines/digits.json").write_text(json.dumps({"scores": {}}))
    (tmp_path / "metrics/classifiers/digits.json").write_text(json.dumps({"classifier": {"accuracy": 0.9}}))
    found = report.read_dataset("digits", ["pca", "deep", "brand_new"], ["reconstruction", "compression"])
    assert found["missing"] == ["brand_new"] and list(found["metrics"]) == ["pca", "deep"]
    names = [row["architecture"] for row in found["tables"]["reconstruction"]]
    assert sorted(names) == ["deep", "mean_image", "pca"] and list(found["tables"]) == ["reconstruction"]
