"""How large a latent: what PCA needs, and where larger ones no longer help."""

import pytest
from helpers import METRICS, SPECTRUM, VERDICTS, metrics_file, result

from stages.draw import latent_size
from stages.judge.latent_sizes import by_spectrum, by_training, enough, numbers_for


def test_the_numbers_that_pca_needs():
    assert numbers_for(SPECTRUM, 0.01) == pytest.approx(4)
    assert numbers_for(SPECTRUM, 0.01 / 2**0.5) == pytest.approx(4 * 2**0.5), "between two sizes"
    assert numbers_for(SPECTRUM, 1.0) == 1 and numbers_for(SPECTRUM, 1e-9) is None


def test_what_the_spectrum_says():
    said = by_spectrum(result(), 4)
    variance, best = said["sentences"]
    assert (
        variance == "PCA keeps 90 % of the variance with 7 numbers, 99 % of the variance with 12 numbers; beyond "
        "that, 1 % is left to gain."
    )
    assert best == "To have the error of deep with 4 numbers, PCA needs 7."
    assert said["size"] == 4 and list(said["validation_mse"]) == list(METRICS)
    assert said["components"] == pytest.approx(numbers_for(SPECTRUM, min(said["validation_mse"].values())))
    nobody = by_spectrum(result(), 5)
    assert len(nobody["sentences"]) == 1, "no network has a latent of this size"
    assert nobody["components"] is None and not nobody["validation_mse"]
    tiny = by_spectrum(result(METRICS | {"deep": metrics_file([1e-6] * 3)}), 4)
    assert (
        tiny["components"] is None
        and tiny["sentences"][1] == "To have the error of deep with 4 numbers, PCA needs more than 16."
    )


def test_the_variance_is_that_of_the_images_that_the_spectrum_is_of():
    found = result()
    found["references"]["reconstruction"]["mean_image"]["mse"] = [0.6] * 3
    assert by_spectrum(found, 4)["sentences"][0] == by_spectrum(result(), 4)["sentences"][0]


def points(*pairs):
    return [{"value": value, "validation": error} for value, error in pairs]


def test_where_larger_latents_no_longer_help():
    """By validation: the smallest size within the margin of the lowest error of all sizes."""
    curves = {
        "deep": points((2, 0.03), (8, 0.01), (32, 0.0050), (64, 0.0049)),
        "pca": points((2, 0.03), (8, 0.01), (32, 0.0050), (64, 0.0040)),
    }
    found = enough(curves, VERDICTS)
    assert found == {"deep": 32, "pca": 64}
    said = (
        "Recommended for reconstruction: 32 numbers for deep, without a gain from more; 64 or more for PCA, with a "
        "gain up to the largest that was tried."
    )
    assert by_training(curves, found) == f"{said} With 64, PCA has less error than deep."
    assert "With" not in by_training({"deep": curves["deep"]}, {"deep": 32}), "PCA was not varied"
    ahead = {"deep": points((2, 0.03), (64, 0.003)), "pca": points((2, 0.02), (64, 0.004))}
    assert "With" not in by_training(ahead, enough(ahead, VERDICTS))
    lines = {name: [(point["value"], point["validation"]) for point in own] for name, own in curves.items()}
    drawn = latent_size.draw("digits", SPECTRUM, lines, ["pca", "deep"], enough=found)
    assert len(drawn.axes[0].lines) == 3, "the spectrum, which is PCA's, a curve and one size that is enough"
    assert (drawn.axes[0].get_xscale(), drawn.axes[0].get_yscale()) == ("log", "log")
    drawn.canvas.draw()


def test_one_number_is_no_plural():
    spectrum = {"latent_sizes": [1, 2, 4], "validation_mse": [0.002, 0.0006, 0.0001]}
    assert "90 % of the variance with 1 number, " in by_spectrum(result() | {"spectrum": spectrum}, 4)["sentences"][0]


def test_points_beside_the_spectrum():
    curves, needed = {"pca": [(4, 0.01)], "deep": [(4, 0.006)]}, numbers_for(SPECTRUM, 0.006)
    drawn = latent_size.draw("photos", SPECTRUM, curves, ["pca", "deep"], components=needed)
    _, deep, dotted = drawn.axes[0].lines
    assert list(deep.get_xdata()) == [4], "PCA's own point is on its line"
    assert list(dotted.get_xdata()) == [4, pytest.approx(needed)]
    latent_size.draw("photos", SPECTRUM, {}, []).canvas.draw()
