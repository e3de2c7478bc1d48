"""Bjontegaard's deltas against the package `bjontegaard`, and where curves end."""

import bjontegaard
import numpy as np
import pytest

from stages.evaluate.measures.rate_distortion import ordered, psnr_gain, quality_at, rate_change

ANCHOR = ([0.05, 0.11, 0.24, 0.52], [27.1, 29.9, 33.2, 36.0])
BETTER = ([0.06, 0.10, 0.27, 0.49], [28.6, 30.4, 34.9, 37.0])


@pytest.mark.parametrize("curve", [BETTER, ([0.04, 0.2, 0.3, 0.8], [25.0, 31.0, 33.0, 37.0])], ids=["better", "wide"])
def test_against_the_reference_implementation(curve):
    low, high = (pick(rates[place] for rates, _ in (ANCHOR, curve)) for pick, place in ((max, 0), (min, -1)))
    options = {"method": "pchip", "min_overlap": 0}
    found = psnr_gain(ordered(*curve), ordered(*ANCHOR), low, high)
    assert found == pytest.approx(bjontegaard.bd_psnr(*ANCHOR, *curve, **options), abs=1e-4)


def test_rate_against_the_reference_implementation():
    """Over the PSNRs that both have: ours are those of the curve, here within the anchor's."""
    curve = ([0.08, 0.12, 0.2, 0.3], [28.5, 31.0, 34.0, 35.5])
    found = rate_change(ordered(*curve), ordered(*ANCHOR), 0.01, 1.0)
    expected = bjontegaard.bd_rate(*ANCHOR, *curve, method="pchip", min_overlap=0)
    assert found == pytest.approx(expected, abs=1e-2) and found < 0


def test_a_constant_gain_is_found_exactly():
    rates, psnrs = np.array([0.1, 0.2, 0.4, 0.8]), np.array([20.0, 22.0, 25.0, 29.0])
    anchor = ordered(rates, psnrs)
    assert psnr_gain(ordered(rates, psnrs + 1.5), anchor, 0.1, 0.4) == pytest.approx(1.5)
    assert rate_change(ordered(rates * 0.9, psnrs), anchor, 0.1, 0.4) == pytest.approx(-10)
    assert psnr_gain(ordered(rates, psnrs - 2), anchor, 0.2, 0.4) == pytest.approx(-2)


def test_nothing_is_extrapolated():
    curve = ordered([0.2, 0.1], [22.0, 20.0])
    np.testing.assert_allclose(quality_at(curve, np.array([0.1, 0.2, 0.9])), [20, 22, 22])
    one = ordered([0.3], [24.0])
    anchor = ordered([0.1, 0.3, 0.9], [20.0, 25.0, 30.0])
    assert psnr_gain(one, anchor, 0.3, 0.3) == pytest.approx(-1)
    assert rate_change(one, anchor, 0.3, 0.3) > 0 and rate_change(anchor, anchor, 0.1, 0.9) == pytest.approx(0)


def test_a_curve_that_falls_has_the_rate_of_its_rising_part():
    anchor = ordered([0.1, 0.2, 0.4], [20.0, 23.0, 26.0])
    humped = ordered([0.1, 0.2, 0.3, 0.4], [20.0, 23.0, 22.9, 22.9])
    assert rate_change(humped, anchor, 0.1, 0.2) == pytest.approx(0, abs=1)
