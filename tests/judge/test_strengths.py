"""Strengths and weaknesses of architectures, in words, over data sets and cases."""

from helpers import METRICS, method, metrics_file, result

from stages.common.task import Case
from stages.judge.strengths import strengths


def told(**results):
    return strengths({dataset: found["verdicts"] for dataset, found in results.items()}, results)


def in_cases(found, names):
    """Results of a task that has some cases, the same in each."""
    cases = [Case(name, "mse") for name in names]
    (decision,) = found["verdicts"]["tasks"]["reconstruction"]["cases"].values()
    found["tasks"]["reconstruction"] = found["tasks"]["reconstruction"]._replace(cases=cases)
    found["tables"]["reconstruction"] = dict.fromkeys(names, found["tables"]["reconstruction"][""])
    decisions = {case.name: decision | case._asdict() for case in cases}
    found["verdicts"]["tasks"]["reconstruction"] = {"summary": "", "cases": decisions}
    return found


def test_what_an_architecture_is_good_for_and_worst_at():
    said = told(digits=result(), mnist=result(METRICS, wavelet=method([0.02] * 3)))
    gained = "reconstruction on digits and MNIST, 50 to 75 % lower test MSE than the best classical method"
    assert said["vanilla"]["advice"] == "for reconstruction on digits and MNIST."
    assert (said["vanilla"]["recommended"], said["vanilla"]["worst"]) == ([gained], [])
    assert said["vanilla"]["counts"] == [2, 0, 0, 2]
    assert said["deep"]["as_good"] == ["reconstruction on digits and MNIST"]
    assert said["deep"]["advice"].startswith("where you have it anyway, for reconstruction on digits and MNIST: ")
    assert said["denoising"]["advice"].startswith("in none of these cases")
    assert said["denoising"]["worst"] == [f"reconstruction on {name} (rank 5)" for name in ("digits", "MNIST")]
    assert said["denoising"]["counts"] == [0, 0, 2, 2]


def test_what_is_as_good_as_the_best_but_not_usable_is_no_strength():
    said = told(digits=result(METRICS, wavelet=method([0.001] * 3)))
    assert not said["deep"]["as_good"] and not said["vanilla"]["recommended"]


def test_candidates_wait_for_more_seeds_or_images():
    metrics = {name: metrics_file([mse]) for name, mse in (("pca", 0.01), ("deep", 0.005))}
    assert told(digits=result(metrics))["deep"]["advice"].startswith(
        "it may be the best for reconstruction on digits, which more seeds or more test images would decide."
    )


def test_what_may_be_the_best_is_said_beside_what_it_is_recommended_for():
    found = in_cases(result(), ("weak", "strong"))
    rows = found["tables"]["reconstruction"]
    for p_best, end in ((0.1, "; it may be the best for reconstruction (strong) on digits, which more "), (0.0, ".")):
        rows["strong"] = [row | {"choice": "candidate", "p_best": p_best} for row in rows["strong"]]
        assert told(digits=found)["vanilla"]["advice"].startswith(f"for reconstruction (weak) on digits{end}")


def test_cases_are_named_where_it_is_not_all_of_them():
    found = in_cases(result(), ("weak", "strong"))
    assert told(digits=found)["vanilla"]["advice"] == "for reconstruction on digits."
    rows = found["tables"]["reconstruction"]
    rows["strong"] = [row | {"choice": None, "usable": False} for row in rows["strong"]]
    assert told(digits=found)["vanilla"]["advice"] == "for reconstruction (weak) on digits."
    rows["weak"] = [row | {"case": "weak"} for row in rows["weak"]]
    assert told(digits=found)["denoising"]["worst"][0] == "reconstruction, weak on digits (rank 5)"


def test_what_is_not_known_is_no_strength_and_no_weakness():
    """From one seed, and of a network of which a training run fails."""
    single = {name: metrics_file([mse]) for name, mse in (("pca", 0.01), ("deep", 0.005), ("vanilla", 0.02))}
    said = told(digits=result(single))["vanilla"]
    assert (said["advice"], said["unknown"]) == ("not known: one seed is no verdict.", "one seed is no verdict")
    failing = METRICS | {"sparse": metrics_file([0.009, 0.0091, 0.09])}
    said = told(digits=result(failing))
    assert said["sparse"]["advice"] == "not known: it fails in a training run." and said["deep"]["unknown"] == ""


def test_a_reason_is_given_where_it_is_one():
    """A network that is not decided and costs less than what is taken is neither worse nor dearer."""
    near = {"pca": metrics_file([0.01] * 3), "deep": metrics_file([0.0049, 0.00491, 0.00489], 400)}
    said = told(digits=result(near | {"vanilla": metrics_file([0.0049, 0.0056, 0.0050], 100)}))
    assert said["vanilla"]["advice"] == "in none of these cases is it recommended."
    assert told(digits=result())["denoising"]["advice"] == "in none of these cases: another method is better."
