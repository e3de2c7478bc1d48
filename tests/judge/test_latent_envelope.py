"""The envelope of error against bits over all sizes of the latent."""

import numpy as np
import pytest

from stages.draw import envelope as figure
from stages.judge.latent_envelope import curves, envelope


def measured(rates, psnrs):
    return {"compression": {"rates": [rates, rates], "psnrs": [psnrs, [psnr + 2 for psnr in psnrs]]}}


BASE = {"facts": {"latent_size": [8]}, "scores": measured([0.1, 0.2], [10, 20])}
ROWS = [
    {"setting": "latent_size", "facts": {"latent_size": [32]}, "further": measured([0.15, 0.4], [14, 30])},
    {"setting": "latent_size", "facts": {"latent_size": [64]}, "further": {}},
    {"setting": "optimizer", "facts": {"latent_size": [8]}, "further": measured([0.1, 0.2], [90, 99])},
]


def test_curves_are_of_sizes_alone():
    found = curves({"deep": (BASE, ROWS)})
    assert [(curve["architecture"], curve["latent_size"], curve["psnrs"]) for curve in found] == [
        ("deep", 8, [11, 21]),
        ("deep", 32, [15, 31]),
    ]
    assert curves({"deep": ({"facts": {"latent_size": [8]}, "scores": {}}, [])}) == [] == envelope([])


def test_seeds_with_different_numbers_of_points():
    """As in the charts: no mean is taken of what was measured at other points."""
    ragged = {"compression": {"rates": [[0.1, 0.2], [0.1]], "psnrs": [[10, 20], [11]]}}
    (found,) = curves({"deep": (BASE | {"scores": ragged}, [])})
    assert (found["rates"], found["psnrs"]) == ([0.1, 0.2], [10, 20])


def test_the_envelope_is_the_highest_of_all():
    """It begins with the curve that reaches the lowest rate and ends with the one that gains most by more bits."""
    found = envelope(curves({"deep": (BASE, ROWS)}))
    rates, psnrs = (np.array([point[key] for point in found]) for key in ("rate", "psnr"))
    assert (rates[0], rates[-1]) == (pytest.approx(0.1), pytest.approx(0.4))
    assert (psnrs[0], psnrs[-1]) == (pytest.approx(11), pytest.approx(31))
    small = np.interp(np.log(rates), np.log([0.1, 0.2]), [11, 21])
    assert (psnrs >= small - 1e-9).all() and (np.diff(psnrs) >= 0).all()
    sizes = [point["latent_size"] for point in found]
    assert sizes == sorted(sizes) and set(sizes) == {8, 32}


def test_the_picture_shows_every_curve_and_the_envelope():
    of_sizes = curves({"deep": (BASE, ROWS)})
    drawn = figure.draw("digits", of_sizes, envelope(of_sizes), ["pca", "deep"])
    (axes,) = drawn.axes
    assert len(axes.lines) == 3 and [text.get_text() for text in axes.texts] == ["8", "32"]
    assert [line.get_label() for line in axes.lines if not line.get_label().startswith("_")] == ["deep", "envelope"]
    drawn.canvas.draw()
