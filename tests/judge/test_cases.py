"""Cases: two conditions with different answers get two answers, and what is not worth it is not recommended."""

import numpy as np
import pytest
from helpers import METRICS, PARAMS, VERDICTS, task_of

from stages.common.task import Task
from stages.judge.__main__ import decided
from stages.judge.chosen_by_error import chosen_by_error
from stages.judge.plain_or_variational import pairs
from stages.judge.ranking import ranked
from stages.judge.summaries import spans, summary

MARGIN = VERDICTS["margins"]["denoising"]
TASK, TASKS = task_of("denoising"), PARAMS["tasks"]
CASES = TASK.by_case()
WEAK, STRONG = "noise of sigma 0.1", "noise of sigma 0.3"


def scores(seed=0, spread=0.02, **means):
    """Scores of a method over five seeds: measure -> mean, with what a bootstrap adds."""
    random = np.random.default_rng(seed)
    found = {}
    for measure, mean in means.items():
        found[measure] = random.normal(mean, spread, 5).tolist()
        found[f"{measure}_resampled"] = random.normal(np.mean(found[measure]), spread, 100).tolist()
    return found


def at(weak, strong, seed=0):
    """A denoiser's scores at weak and strong noise."""
    return scores(seed, **{"gain_0.1": weak, "gain_0.3": strong})


def network(task="denoising", multiply_adds=100, **own):
    """A metrics file of an architecture with scores in one task."""
    facts = METRICS["deep"]["facts"] | {"multiply_adds": [multiply_adds]}
    return METRICS["deep"] | {"scores": {task: own}, "facts": facts}


def judged(metrics, references, task=TASK):
    """Case -> decision, and the sentence on all of them."""
    tables = {name: ranked(metrics, references, case, VERDICTS) for name, case in task.by_case().items()}
    return decided({name: rows for name, rows in tables.items() if rows}, task, metrics, references, VERDICTS)


def test_a_sign_flip_between_two_cases_gives_two_answers():
    """A mean over both, (8 - 1) / 2 against 3, would take the network, which harms at weak noise."""
    metrics = {"pca": network(**at(-3, 2, 1)), "denoising": network(**at(-1, 8, 2), multiply_adds=500)}
    found = judged(metrics, {"nonlocal_means": at(3, 3, 3)})
    weak, strong = found["cases"][WEAK], found["cases"][STRONG]
    assert (weak["kind"], weak["names"]) == ("none", ["nonlocal_means"])
    assert (strong["kind"], strong["names"]) == ("take", ["denoising"])
    assert weak["words"]["take"] == "**non-local means** (classical)" and strong["words"]["take"] == "**denoising**"
    assert found["summary"] == "from noise of sigma 0.3 on: denoising; below: non-local means (classical)"


def test_simulated_seeds_seldom_recommend_what_harms():
    """Networks as good as each other, below the classical method at weak noise and above it at strong, of 40 draws."""
    answers = []
    for seed in range(40):
        metrics = {name: network(**at(2.5, 6, 100 * seed + i)) for i, name in enumerate(("pca", "deep", "sparse"))}
        found = judged(metrics, {"nonlocal_means": at(3, 3, 100 * seed + 9)})
        answers.append((found["cases"][WEAK]["kind"], found["cases"][STRONG]["kind"] != "none"))
    assert answers.count(("none", True)) >= 38


@pytest.mark.parametrize(("above", "kind"), [(0.5 * MARGIN, "none"), (MARGIN, "none"), (1.5 * MARGIN, "take")])
def test_above_the_classical_method_by_less_than_the_margin_is_not_worth_it(above, kind):
    """Though it is better for sure."""
    metrics = {"pca": network(**at(0, 0, 1)), "deep": network(**at(3 + above, 9, 2), multiply_adds=500)}
    references = {"nonlocal_means": at(3, 3, 3), "median": at(1, 1, 4)}
    found = judged(metrics, references)["cases"][WEAK]
    assert found["kind"] == kind and found["words"]["worth"] == ("yes" if kind == "take" else "no")
    rows = {row["architecture"]: row for row in ranked(metrics, references, CASES[WEAK], VERDICTS)}
    assert rows["deep"]["p_reference"] > 0.99 and (rows["deep"]["p_worth"] >= VERDICTS["level"]) == (kind == "take")


def test_a_margin_may_be_relative():
    """5 % of the error: 4 % less than a classical method's is not worth it, 6 % is."""
    task = task_of("reconstruction")
    for share, usable in ((0.96, False), (0.94, True)):
        own = scores(1, 1e-6, mse=share * 0.01)
        rows = ranked(
            {"deep": network("reconstruction", **own)}, {"wavelet": scores(2, 1e-6, mse=0.01)}, task, VERDICTS
        )
        assert rows[0]["usable"] == usable


def test_the_best_classical_method_is_that_of_the_case():
    metrics = {"pca": network(**at(0, 0, 1)), "deep": network(**at(1, 9, 2))}
    found = judged(metrics, {"nonlocal_means": at(3, 3, 3), "median": at(2, 5, 4)})["cases"]
    assert [found[name]["reference"] for name in (WEAK, STRONG)] == ["nonlocal_means", "median"]


def test_who_has_no_score_in_a_case_is_not_in_it():
    """A coder that needs more than so many bits is neither ranked nor the worst there; nor a reference."""
    task = task_of("compression")
    low, middle, high = task.by_case()
    coder = {"psnr_0.1": 20, "psnr_0.2": 22, "psnr_0.45": 24}
    metrics = {
        "pca": network("compression", **scores(1, **coder)),
        "deep": network("compression", **scores(2, **{name: mean + 1 for name, mean in coder.items()})),
        "vector_quantized": network("compression", **scores(3, **{"psnr_0.45": 28})),
        "red_net": network("denoising", **at(5, 9)),
    }
    references = {"pca_coder": scores(4, **coder), "jpeg": scores(5, **{"psnr_0.45": 26})}
    tables = {name: ranked(metrics, references, case, VERDICTS) for name, case in task.by_case().items()}
    names = {name: {row["architecture"] for row in rows} for name, rows in tables.items()}
    assert names[low] == names[middle] == {"pca", "deep", "pca_coder"}
    assert names[high] == {"pca", "deep", "vector_quantized", "pca_coder", "jpeg"}
    assert max(row.get("rank", 0) for row in tables[low]) == 2
    found = judged(metrics, references, task)
    assert [found["cases"][name]["names"] for name in (low, middle, high)] == [["deep"], ["deep"], ["vector_quantized"]]
    assert found["summary"] == "from 0.45 bits per pixel on: vector quantized; below: deep"
    assert {row["case"] for row in tables[high]} == {"at most 0.45 bits per pixel"}


def test_where_nothing_is_good_enough_nothing_is_recommended():
    task = task_of("generation")
    metrics = {"pca": network("generation", **scores(1, frechet=9, coverage=0.2))}
    metrics["deep"] = network("generation", **scores(2, frechet=3, coverage=0.3))
    found = judged(metrics, {"pixel_gaussian": scores(3, frechet=8, coverage=0.1)}, task)["cases"][""]
    assert (found["kind"], found["names"]) == ("insufficient", [])
    words = found["words"]
    assert words["lead"] == "No method is good enough." and "recommended" not in words["lead"].lower()
    assert words["take"] == "no method is good enough"
    better = judged(metrics, {"pixel_gaussian": scores(3, frechet=8, coverage=0.9)}, task)["cases"][""]
    assert (better["kind"], better["names"]) == ("none", ["pixel_gaussian"])
    assert better["words"]["lead"] == "No network is needed. Recommended:"


def test_what_hardly_changes_a_damaged_image_is_not_recommended():
    """Though it harms least of all: an image that is left alone is as good within the margin."""
    metrics = {"pca": network(**at(-3, 2, 1)), "deep": network(**at(-0.2, 5, 2), multiply_adds=500)}
    found = judged(metrics, {"wavelet": at(0.5 * MARGIN, 3, 3), "median": at(-1, 0, 4)})
    weak, strong = found["cases"][WEAK], found["cases"][STRONG]
    assert (weak["kind"], weak["names"], weak["words"]["worth"]) == ("insufficient", [], "no")
    assert (strong["kind"], strong["names"]) == ("take", ["deep"])
    metrics["deep"] = network(**at(0.9 * MARGIN, 5, 2), multiply_adds=500)  # better than the others, and yet no help
    assert judged(metrics, {"wavelet": at(-2, 3, 3)})["cases"][WEAK]["kind"] == "insufficient"
    helpful = judged(metrics, {"wavelet": at(1.5 * MARGIN, 3, 3)})["cases"][WEAK]
    assert (helpful["kind"], helpful["names"]) == ("none", ["wavelet"])


def answer(name, level=None, kind="take", scale="noise of sigma {}"):
    case = scale.format(level) if level else "salt and pepper"
    found = {"name": case, "scale": scale if level else "", "level": level}
    return found | {"kind": kind, "names": [] if kind == "insufficient" else [name]}


def test_one_sentence_on_all_cases():
    a, b = "deep", "median"
    assert summary([answer(a) | {"name": ""}], 0) == ""
    assert summary([answer(a, 0.1), answer(a, 0.2), answer(a)], 3) == "in every case: deep"
    said = summary([answer(b, 0.1, "none"), answer(a, 0.2), answer(a, 0.3), answer(b, kind="none")], 4)
    assert said == ("from noise of sigma 0.2 on: deep; below: median (classical); salt and pepper: median (classical)")
    to_and_fro = summary([answer(a, 0.1), answer(b, 0.2), answer(a, 0.3)], 3)
    assert to_and_fro == "noise of sigma 0.1 and 0.3: deep; noise of sigma 0.2: median"
    same = summary([answer(a, 0.1), answer(a, 0.2), answer(b)], 3)
    assert same == "noise of sigma 0.1 and 0.2: deep; salt and pepper: median"
    open_ones = answer(a, 0.1, "open") | {"names": ["sparse", "deep", "residual", "convolutional", "wasserstein"]}
    assert "not decided (sparse, deep, residual and 2 more)" in summary([open_ones, answer(b, 0.2)], 2), (
        "as they are given"
    )
    assert "; salt and pepper: PCA (classical)" in summary([answer(a, 0.1), answer(b, 0.2), answer("pca")], 3)
    assert "not decided (deep)" in summary([answer(a, 0.1, "open"), answer(b, 0.2)], 2)
    assert "no method is good enough" in summary([answer(a, 0.1, "insufficient"), answer(b, 0.2)], 2)
    assert spans([answer(a, 0.1), answer(a, 0.3), answer(a)]) == ["noise of sigma 0.1 and 0.3", "salt and pepper"]


def test_cases_that_no_method_takes_part_in_are_not_spoken_for():
    """The same answer in two of three cases is not "in every case", and one that is alone is named."""
    assert summary([answer("deep", 0.2), answer("deep", 0.3)], 3) == "noise of sigma 0.2 and 0.3: deep"
    assert summary([answer("deep", 0.3)], 3) == "noise of sigma 0.3: deep"
    task = task_of("compression")
    metrics = {"deep": network("compression", **scores(1, **{"psnr_0.45": 25}))}
    assert judged(metrics, {}, task)["summary"].startswith("at most 0.45 bits per pixel: ")


def test_cases_that_are_joined_keep_all_words_of_their_names():
    """ "At most" stands before the levels, which are the scale's."""
    cases = [case._asdict() for case in task_of("compression").described()]
    assert spans(cases) == ["at most 0.1, 0.2 and 0.45 bits per pixel"] and spans(cases[:1]) == [cases[0]["name"]]
    for task in TASKS:
        for case in task_of(task).described():
            assert not case.scale or case.scale.format(case.level) in case.name


def test_a_task_in_its_cases():
    assert list(CASES) == [
        *(f"noise of sigma {level}" for level in (0.1, 0.2, 0.3)),
        "salt and pepper",
        "a black block",
    ]
    assert CASES[WEAK].measure == "gain_0.1" and CASES[WEAK].case == WEAK and TASK.measure == ""
    alone = task_of("features")
    assert alone.by_case() == {"": alone}
    assert Task(**TASK._replace(cases=[list(case) for case in TASK.cases])._asdict()).by_case().keys() == CASES.keys()


def test_comparisons_of_two_and_the_choice_by_error_know_cases():
    metrics = {"deep": network(**at(1, 5, 1)), "variational": network(**at(4, 2, 2))}
    (pair,) = pairs(metrics, {"denoising": TASK}, VERDICTS)
    cells = pair["tasks"]["denoising"]
    assert [cells[name]["verdict"] for name in (WEAK, STRONG)] == ["better", "worse"] and len(cells) == 2
    errors = {"mse": [0.1], "validation_mse": [0.1]}
    both = {name: one | {"scores": one["scores"] | {"reconstruction": errors}} for name, one in metrics.items()}
    tables = {"denoising": {name: ranked(metrics, {}, CASES[name], VERDICTS) for name in (WEAK, STRONG)}}
    found = chosen_by_error(both, tables | {"reconstruction": {}}, {"denoising": TASK})
    assert found["architecture"] == "deep" and found["tasks"]["denoising"][WEAK]["words"].startswith("-2.99 dB: worse")
    assert ": best, rank 1" in found["tasks"]["denoising"][STRONG]["words"]
