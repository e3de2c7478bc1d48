"""Compression with another size of the latent than the one that is compared."""

import json

import pytest
from helpers import ROOT, VERDICTS, task_of

from stages.judge.latent_envelope import mean_curves, psnr_at
from stages.judge.other_sizes import sentence, sentences

TASK = task_of("compression")
LOW, MIDDLE, HIGH = TASK.by_case()
MARGIN = VERDICTS["margins"]["compression"]


def row(name, mean, choice="take"):
    return {"architecture": name, "mean": mean, "choice": choice}


def varied(psnrs, fails="", setting="latent_size"):
    """A size that was varied, with points at .1, .2 and .4 bits per pixel in two seeds."""
    curves = {"rates": [[0.1, 0.2, 0.4]] * 2, "psnrs": [psnrs, [psnr + 1 for psnr in psnrs]]}
    return {"setting": setting, "value": 8, "compared": 16, "fails": fails, "further": {"compression": curves}}


def said(tables, *rows):
    return sentence(tables, TASK, {"convolutional": ({}, list(rows))}, VERDICTS)


def test_a_size_that_is_above_what_is_recommended_is_named():
    tables = {LOW: [row("sparse", 20.5)], MIDDLE: [row("pca_coder", 20.6)], HIGH: [row("deep", 25.0)]}
    above = "at most {} bits per pixel: convolutional with 8 numbers, 21.0 dB, is above {}"
    low, middle = above.format("0.1", "sparse (20.5 dB)"), above.format("0.2", "PCA coder (20.6 dB)")
    assert said(tables, varied([20.5, 20.5, 24])) == f"with another latent size, {low}; {middle}."
    worse, better = varied([19, 19, 19]), varied([20.5, 20.5, 24])
    assert said(tables, worse, better) == said(tables, better), "the best size"


def test_who_is_not_above_by_more_than_the_margin_is_not():
    rows = varied([20.5, 20.5, 24])
    assert said({LOW: [row("sparse", 21.0 - 0.9 * MARGIN)]}, rows) == ""
    assert said({LOW: [row("sparse", 21.0 - 1.1 * MARGIN)]}, rows)
    assert said({LOW: [row("sparse", 9, "candidate")]}, rows) == "", "nobody is recommended"
    assert said({LOW: [row("sparse", 9)]}, varied([20.5, 20.5, 24], fails="fails 1 of 3")) == ""
    assert said({LOW: [row("sparse", 9)]}, varied([20.5, 20.5, 24], setting="beta")) == ""
    assert said({}) == sentence({LOW: [row("sparse", 9)]}, TASK, {}, VERDICTS) == ""
    rows["further"]["compression"]["rates"] = [[0.2, 0.3, 0.4]] * 2
    assert said({LOW: [row("sparse", 9)]}, rows) == "", "it needs more bits"


def test_only_data_sets_with_compression_are_spoken_of():
    found = {"tables": {"compression": {LOW: [row("sparse", 9)]}}, "tasks": {"compression": TASK}}
    found["ablations"] = {"deep": ({}, [varied([20.5, 20.5, 24])])}
    said = sentences({"digits": found, "mnist": {"tables": {}}}, VERDICTS)
    assert list(said) == ["digits"] and said["digits"].startswith("with another latent size, ")


def test_the_psnr_is_that_of_the_task():
    """On what Git keeps of the digits: read off the curves, and as the task has scored it."""
    scores = json.loads((ROOT / "metrics/digits/scores/deep.json").read_text())["scores"]["compression"]
    for rate in TASK.options["rates"]:
        expected = sum(scores[f"psnr_{rate}"]) / len(scores[f"psnr_{rate}"])
        assert psnr_at(mean_curves(scores), rate) == pytest.approx(expected, abs=0.05)
