"""How large a latent: what PCA needs, and where more stop paying."""

import pytest
from helpers import METRICS, SPECTRUM, VERDICTS, metrics_file, result

from stages.report.figures import latent_size
from stages.report.sizes import enough, numbers_for, spectrum_says, trained_say


def test_the_numbers_that_pca_needs():
    assert numbers_for(SPECTRUM, 0.01) == pytest.approx(4)
    assert numbers_for(SPECTRUM, 0.01 / 2**0.5) == pytest.approx(4 * 2**0.5), "between two sizes"
    assert numbers_for(SPECTRUM, 1.0) == 1 and numbers_for(SPECTRUM, 1e-9) is None


def test_what_the_spectrum_says():
    variance, best = spectrum_says(result(), 4)
    assert (
        variance == "PCA keeps 90 % of the variance with 7 numbers, 99 % of the variance with 12 numbers; beyond "
        "that, 1 % is left to gain."
    )
    assert best == "For the error that deep reaches with 4, PCA needs as many as 7."
    assert len(spectrum_says(result(), 5)) == 1, "no network has a latent of this size"
    tiny = METRICS | {"deep": metrics_file([1e-6] * 3)}
    assert spectrum_says(result(tiny), 4)[1] == "For the error that deep reaches with 4, PCA needs more than 16."


def points(*pairs):
    return [{"value": value, "validation": error} for value, error in pairs]


def test_where_more_latents_stop_paying():
    """By validation: the smallest size within the margin of the lowest error of all sizes."""
    curves = {
        "deep": points((2, 0.03), (8, 0.01), (32, 0.0050), (64, 0.0049)),
        "pca": points((2, 0.03), (8, 0.01), (32, 0.0050), (64, 0.0040)),
    }
    found = enough(curves, VERDICTS)
    assert found == {"deep": 32, "pca": 64}
    said = "More latents stop paying for deep from 32 on; up to 64, the most that was tried, they pay for PCA."
    assert trained_say(curves, found) == f"{said} With 64, PCA has less error than deep."
    assert "With" not in trained_say({"deep": curves["deep"]}, {"deep": 32}), "PCA was not varied"
    ahead = {"deep": points((2, 0.03), (64, 0.003)), "pca": points((2, 0.02), (64, 0.004))}
    assert "With" not in trained_say(ahead, enough(ahead, VERDICTS))
    lines = {name: [(point["value"], point["validation"]) for point in own] for name, own in curves.items()}
    drawn = latent_size.draw("digits", SPECTRUM, lines, ["pca", "deep"], found)
    assert len(drawn.axes[0].lines) == 3, "the spectrum, which is PCA's, a curve and one size that is enough"
    assert (drawn.axes[0].get_xscale(), drawn.axes[0].get_yscale()) == ("log", "log")
    drawn.canvas.draw()


def test_points_beside_the_spectrum():
    drawn = latent_size.draw("own", SPECTRUM, {"pca": [(4, 0.01)], "deep": [(4, 0.006)]}, ["pca", "deep"])
    _, deep, needed = drawn.axes[0].lines
    assert list(deep.get_xdata()) == [4], "PCA's own point is on its line"
    assert list(needed.get_xdata()) == [4, pytest.approx(numbers_for(SPECTRUM, 0.006))]
    latent_size.draw("own", SPECTRUM, {}, []).canvas.draw()
