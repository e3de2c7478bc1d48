"""Other networks that are as good as the best one, with a larger latent."""

import pytest
from helpers import VERDICTS, metrics_file

from stages.judge.larger_latents import as_good, sentence


def rows(compared, **errors):
    """Variants of the size of the latent, as `read_ablations` gives them: size -> errors of all seeds."""
    return [
        {"setting": "latent_size", "value": int(size[1:]), "compared": compared, "fails": ""}
        | {"scores": metrics_file(own, jitter=1e-6)["scores"]["reconstruction"]}
        for size, own in errors.items()
    ]


BEST, WORSE = [0.00245, 0.00246, 0.00244], [0.0036, 0.0037, 0.0035]
MEASURED = {
    name: metrics_file(own, jitter=1e-6) for name, own in {"vector_quantized": BEST, "convolutional": WORSE}.items()
}
SIZES = {"_128": [0.00106, 0.00105, 0.00107], "_64": [0.00168, 0.00169, 0.00167], "_8": [0.0024, 0.0025, 0.0023]}
BASE = MEASURED["convolutional"]


def test_the_smallest_larger_latent_that_is_as_good():
    """Not a smaller one, whatever its error."""
    found = as_good(MEASURED["vector_quantized"], {"convolutional": (BASE, rows(32, **SIZES))}, VERDICTS)
    said = {"value": 64, "mean": pytest.approx(0.00168), "words": "Less error"}
    assert found == {"convolutional": said}
    within = rows(32, _64=[0.00247, 0.00248, 0.00246])
    found = as_good(MEASURED["vector_quantized"], {"convolutional": (BASE, within)}, VERDICTS)
    assert found["convolutional"]["words"] == "As good", "within the margin"
    near = rows(32, _64=[0.00233, 0.00234, 0.00232])
    found = as_good(MEASURED["vector_quantized"], {"convolutional": (BASE, near)}, VERDICTS)
    assert found["convolutional"]["words"] == "As good or better", "about the margin below"
    behind = rows(32, _64=[0.0028, 0.0029, 0.0027])
    assert not as_good(MEASURED["vector_quantized"], {"convolutional": (BASE, behind)}, VERDICTS)
    assert as_good(MEASURED["vector_quantized"], {"pca": (BASE, rows(32, **SIZES))}, VERDICTS), "PCA, too"


def test_the_sentence():
    said = sentence(MEASURED, {"convolutional": (BASE, rows(32, **SIZES))}, VERDICTS)
    assert said == (
        "The best network as compared is vector quantized (test MSE 0.00245). Less error with a larger latent: "
        "convolutional with 64 numbers (0.00168)."
    )
    assert sentence(MEASURED, {"vector_quantized": (BASE, rows(32, **SIZES))}, VERDICTS) == "", "is the best itself"
    assert sentence(MEASURED, {}, VERDICTS) == sentence({}, {}, VERDICTS) == ""
    failing = rows(32, **SIZES)
    failing[1]["fails"] = "fails 1 of 3"
    assert "convolutional with 128 numbers" in sentence(MEASURED, {"convolutional": (BASE, failing)}, VERDICTS)
    sparse = metrics_file([0.001, 0.0011])
    sparse["facts"]["failed_seeds"] = {"2": "why"}
    assert sentence(MEASURED | {"sparse": sparse}, {"convolutional": (BASE, rows(32, **SIZES))}, VERDICTS) == said, (
        "no rival"
    )
    single = {"deep": metrics_file([0.002]), "convolutional": metrics_file([0.004])}
    assert sentence(single, {"convolutional": (BASE, rows(32, _64=[0.001]))}, VERDICTS) == "", "one seed"
