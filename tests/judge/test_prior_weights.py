"""Advice on the weight of the prior and on what samples are drawn from."""

import pytest
from helpers import VERDICTS, metrics_file

from stages.judge.prior_weights import advice, comparisons


def scores(mse, frechet, ratio=2.0):
    """Of three seeds about these means."""
    samples = [frechet, 1.01 * frechet, 0.99 * frechet]
    generation = {"frechet": samples, "frechet_resampled": [frechet] * 100, "frechet_mixture": samples}
    generation["frechet_prior"] = [ratio * value for value in samples]
    reconstruction = metrics_file([mse, 1.01 * mse, 0.99 * mse])["scores"]["reconstruction"]
    return {"reconstruction": reconstruction, "generation": generation}


def measured(**pairs):
    return {name: {"scores": scores(*values)} for name, values in pairs.items()}


def varied(**weights):
    """Ablations of beta, which is compared at 1, as `read_ablations` gives them."""
    rows = []
    for weight, values in weights.items():
        of_tasks = scores(*values)
        row = {"setting": "beta", "compared": 1.0, "value": int(weight[1:]) / 10, "fails": ""}
        rows.append(row | {"scores": of_tasks["reconstruction"], "further": {"generation": of_tasks["generation"]}})
    return {"variational": ({}, rows)}


PLAIN_BETTER = measured(deep=(0.01, 5.0), variational=(0.02, 9.0))


def test_every_weight_is_held_against_the_plain_network():
    rows = comparisons(PLAIN_BETTER, varied(_3=(0.005, 3.0), _30=(0.01, 5.0, 0.5)), VERDICTS)
    assert [row["beta"] for row in rows] == [1.0, 0.3, 3.0]
    assert [row["verdicts"] for row in rows] == [["worse"] * 2, ["better"] * 2, ["equivalent"] * 2]
    assert [row["ratio"] for row in rows] == pytest.approx([2, 2, 0.5])
    failing = varied(_3=(0.005, 3.0))
    failing["variational"][1][0]["fails"] = "fails 1 of 3"
    assert [row["beta"] for row in comparisons(PLAIN_BETTER, failing, VERDICTS)] == [1.0]
    assert comparisons({"deep": PLAIN_BETTER["deep"]}, {}, VERDICTS) == []


def test_the_weight_that_validation_chooses_is_named():
    mixture = "to sample, fit a mixture to the latents and do not draw from the prior."
    prior = "samples from the prior are as good as those from a fitted mixture."
    chosen = "which has the lowest validation error of those that were tried"
    rows = comparisons(PLAIN_BETTER, varied(_3=(0.01, 5.0), _30=(0.02, 9.0)), VERDICTS)
    assert advice(rows) == f"A draw, at beta 0.3, {chosen}; {mixture}"
    rows = comparisons(PLAIN_BETTER, varied(_3=(0.005, 3.0, 0.9)), VERDICTS)
    assert advice(rows) == f"A variational autoencoder, at beta 0.3, {chosen}; {prior}"
    rows = comparisons(PLAIN_BETTER, varied(_3=(0.03, 3.0)), VERDICTS)
    assert advice(rows) == f"A plain autoencoder, at beta 1, {chosen}; {mixture}"
    ablations = varied(_3=(0.005, 3.0))
    ablations["variational"][1][0]["scores"]["validation_mse"] = [0.09] * 3
    assert ", at beta 1, " in advice(comparisons(PLAIN_BETTER, ablations, VERDICTS)), "not by the test split"


def test_what_was_not_varied_has_no_weight():
    assert advice(comparisons(PLAIN_BETTER, {}, VERDICTS)).startswith("A plain autoencoder; to sample, ")
    assert advice([{"beta": None, "verdicts": ["equivalent"], "validation": 0.0, "ratio": None}]) == "A draw."
    assert advice([]) == ""
