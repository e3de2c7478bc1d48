"""What the main measures would not tell is warned of, and nothing else."""

import numpy as np
import pytest
from helpers import DATA, METRICS, PARAMS, VERDICTS, metrics_file, result

from stages.evaluate.tasks.anomaly import easy_classes
from stages.evaluate.tasks.reconstruction import deviation, errors_above_later
from stages.judge.__main__ import judged
from stages.judge.warnings import rules, warnings

SHARE = VERDICTS["overfitting"]


def test_without_a_latent_nothing_is_said_of_it():
    content = metrics_file([0.01])
    del content["scores"]["latent_use"], content["facts"]["latent_size"]
    assert warnings({"metrics": {"red_net": content}, "references": {}}, SHARE) == {}


def test_every_warning():
    content = metrics_file([0.01])
    content["scores"]["latent_use"] = {
        "active_units": [1.0],
        "dead_units": [2.0],
        "perplexity": [3.0],
        "codebook_size": [64.0],
    }
    content["scores"]["anomaly"] = {
        "anomalies": [["other data set", "blur"]],
        "auroc_by_anomaly": [[[0.8, 0.2], [0.9, 0.1]]],
    }
    content["scores"]["generation"] = {"frechet_mixture": [1.0], "frechet_prior": [9.0], "nearest": [0.01]}
    references = {"generation": {"training_images": {"nearest_of_test_images": [0.1]}}}
    found = warnings({"metrics": {"variational": content}, "references": references}, SHARE)
    assert found == {
        "anomaly": {"the score is inverted, AUROC below .5, on blur": [["variational", "0.20"]]},
        "training": {
            "much of the latent is not used": [["variational", "1 of 4 dimensions active"]],
            "latent dimensions that never vary": [["variational", "2 of 4"]],
            "much of the codebook is not used": [["variational", "perplexity 3 of 64"]],
        },
        "generation": {
            "to be sampled from the mixture, not from the prior, whose Fréchet distance is so much larger": [
                ["variational", "9 times"]
            ],
            "copies? Samples lie nearer to training images than new real images do": [
                ["variational", "0.10 times their distance"]
            ],
        },
    }
    assert warnings({"metrics": {"deep": METRICS["deep"]}, "references": references}, SHARE) == {}


def test_a_score_that_is_inverted_for_all_is_told_once():
    metrics = {}
    for name, value in (("pca", 0.2), ("deep", 0.3), ("vanilla", 0.1)):
        metrics[name] = metrics_file([0.01])
        metrics[name]["scores"]["anomaly"] = {
            "anomalies": [["noise", "blur"]],
            "auroc_by_anomaly": [[[0.4 if name == "deep" else 0.9, value], [0.1, 0.9]]],
        }
    assert warnings({"metrics": metrics, "references": {}}, SHARE)["anomaly"] == {
        "the score is inverted, AUROC below .5, on noise": [["deep", "0.40"]],
        "the score is inverted, AUROC below .5, on blur": [["all", "0.10 to 0.30"]],
    }


def test_a_probe_on_more_numbers_is_told():
    """A discrete latent is read as its code vectors, 784 numbers where others have 4: no equal terms for a probe."""
    metrics = {name: metrics_file([0.01]) for name in ("pca", "deep", "vector_quantized")}
    for content in metrics.values():
        content["scores"]["features"] = {"probe_1000": [0.8]}
    metrics["vector_quantized"]["facts"]["latent_size"] = [784]
    metrics["vector_quantized"]["scores"]["latent_use"]["active_units"] = [784.0]
    assert warnings({"metrics": metrics, "references": {}}, SHARE) == {
        "features": {"more numbers for the probe than the 4 of most": [["vector_quantized", "784"]]}
    }


def test_seeds_that_differ():
    found = warnings({"metrics": {"deep": metrics_file([0.01, 0.02])}, "references": {}}, SHARE)
    assert found == {"reconstruction": {"depends on the seed": [["deep", "standard deviation 47 %"]]}}
    assert deviation([0.01]) == 0.0


FAR = "validation reconstruction error far above that of training, so more images would help"


def with_terms(train, validation):
    """Two seeds whose second epoch is kept, in which the reconstruction terms have these values."""
    content = metrics_file([0.01, 0.01])
    for curve in content["curves"].values():
        curve.clear()
        curve |= {"loss": [2.0, 1.0], "val_loss": [2.0, 1.0]}
        curve |= {"reconstruction": [9.0, train], "val_reconstruction": [9.0, validation]}
    return content


def overfits(content):
    found = warnings({"metrics": {"deep": content}, "references": {}}, SHARE)
    return found.get("training", {}).get(FAR, [])


def test_the_error_of_validation_images_far_above_that_of_training_images():
    """By the reconstruction terms of the kept epoch alone, whatever the loss has come down since the first one."""
    assert overfits(with_terms(0.2, 0.294)) == [["deep", "47 %"]]
    assert overfits(with_terms(1.0, 1 + 0.9 * SHARE)) == [] and overfits(with_terms(1.0, 1 + 1.1 * SHARE))
    assert overfits(with_terms(1.0, 0.5)) == []
    bound = with_terms(0.2, 0.4)
    for curve in bound["curves"].values():
        del curve["reconstruction"], curve["val_reconstruction"]
    assert overfits(bound) == [], "nothing to compare"
    failed = with_terms(0.2, 0.294)
    failed["curves"]["1"]["val_reconstruction"] = [9.0, 99.0]
    failed["facts"]["failed_seeds"] = {"1": "why"}
    assert overfits(failed) == [["deep", "47 %"]], "not of a seed that failed"


def test_a_log_likelihood_at_a_fitted_scale_holds_the_logarithm_of_the_error():
    """Minus the log-likelihood of D pixel values at the variance that fits best is D / 2 log(2 pi e MSE), by hand."""
    train, validation = (256 / 2 * np.log(2 * np.pi * np.e * mse) for mse in (0.003, 0.0039))
    assert train < 0 and overfits(with_terms(train, validation)) == [["deep", "30 %"]]


def test_the_rule_says_the_share_of_the_settings():
    assert "by more than 40 % (" in rules(["reconstruction"], 0.4)["training"]


def test_an_epoch_kept_early_by_other_terms_of_the_loss():
    """Told where the loss that chooses the epoch grows while the reconstruction error goes on coming down."""
    content = metrics_file([0.01, 0.01, 0.01])
    early = {"val_loss": [3.0, 1.0, 2.0], "val_reconstruction": [1.0, 0.9, 0.6]}
    at_its_best = {"val_loss": [3.0, 1.0, 2.0], "val_reconstruction": [1.0, 0.5, 0.6]}
    at_the_end = {"val_loss": [3.0, 2.0, 1.0], "val_reconstruction": [1.0, 0.5, 0.6]}
    found = [errors_above_later({"facts": {}, "curves": {"0": terms}}) for terms in (early, at_its_best, at_the_end)]
    assert found == [[pytest.approx(0.5)], [pytest.approx(0.5 / 0.6 - 1)], []]
    assert errors_above_later({"facts": {}, "curves": {"0": {"val_loss": [1.0, 2.0]}}}) == []
    density = {"facts": {"image_shape": [10, 10, 1]}, "curves": {}}
    for last in (-800.0, -900.0 - 50 * np.log(2)):  # worse, and half of the squared error
        density["curves"][str(last)] = {"val_loss": [3.0, 1.0, 2.0], "val_reconstruction": [5.0, -900.0, last]}
    assert errors_above_later(density) == [pytest.approx(np.exp(-2) - 1), pytest.approx(1)]
    for terms, other in zip(content["curves"].values(), (early, at_its_best, at_the_end), strict=True):
        terms.update(other, loss=other["val_loss"])
    told = warnings({"metrics": {"vector_quantized": content}, "references": {}}, SHARE)
    what = "kept an early epoch, by a loss with other terms: a later one reconstructs better"
    assert told == {
        "reconstruction": {what: [["vector_quantized", "1 of 3 seeds, error up to 50 % above the later one's"]]}
    }


def test_a_class_never_seen_that_is_easy_passes_as_normal():
    """Named where both hold: its anomaly score is inverted, and a model that has seen it has less error there."""
    content = metrics_file([0.01])
    content["facts"] = content["facts"] | {"classes": ["zero", "one|", "two", "three"]}
    content["scores"]["reconstruction"]["mse_by_class"] = [[4.0, 1.0, 2.0, 9.0], [4.0, 2.0, 2.0, 9.0]]
    content["scores"]["anomaly"] = {
        "anomalies": [["blur"]],
        "auroc_by_anomaly": [[[0.8], [0.9]]],
        "auroc_by_unseen_class": [[0.1, 0.4], [0.3, 0.4]],
        "unseen_classes": [[1, 3], [1, 3]],
    }
    assert easy_classes(content) == [("one&#124;", pytest.approx(0.2), pytest.approx(0.5))]
    found = warnings({"metrics": {"deep": content}, "references": {}}, SHARE)
    what = "class one&#124;, never seen, is easier to reconstruct than what was seen, and passes as normal"
    assert found["anomaly"] == {what: [["deep", "AUROC 0.20, 0.50 times the error"]]}
    content["scores"]["reconstruction"].pop("mse_by_class")
    assert easy_classes(content) == []


def test_what_is_missing_is_named():
    """An architecture that failed on a folder of images, and a task that one was left out of."""
    lost = {name: dict(content, facts=dict(content["facts"])) for name, content in METRICS.items()}
    lost["deep"]["facts"]["not_finite"] = ["compression: rates"]
    folder = {"architectures": [*METRICS, "residual"], "minutes": None, "images": 130, "anomalous": 3}
    measured = result(lost)
    verdicts = judged(measured, measured["tables"], DATA | {"folder": folder}, VERDICTS)
    warned = verdicts["warnings"]["training"]
    assert warned["not compared, since a stage of theirs failed"] == [["residual", ""]]
    assert warned["a score is not a finite number: its seed fails, and a task without a finite one is left out"] == [
        ["deep", "compression: rates"]
    ]
    assert any(line.startswith("3 anomalies are no sample") for line in verdicts["unknowable"])
    assert not measured["verdicts"]["unknowable"] and PARAMS["data"]["digits"]["folder"] is None
