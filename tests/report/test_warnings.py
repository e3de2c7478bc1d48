"""What the main measures would not tell is warned of, and nothing else."""

from helpers import METRICS, metrics_file

from stages.report.warnings import warnings


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
        "auroc_by_anomaly": [[[0.9, 0.6], [0.8, 0.2]]],
        "detector": [[1]],
    }
    content["scores"]["generation"] = {"frechet": [1.0], "frechet_prior": [9.0], "nearest": [0.01]}
    references = {"generation": {"training_images": {"nearest_of_test_images": [0.1]}}}
    found = warnings({"metrics": {"variational": content}, "references": references})
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
    assert warnings({"metrics": {"deep": METRICS["deep"]}, "references": references}) == {}
