"""Verdicts over all data sets: a bootstrap over data sets, and what flips when one is left out."""

from helpers import VERDICTS, data_set, metrics_file, result

from stages.judge.across_datasets import across


def test_one_data_set_says_nothing_of_others():
    assert across({"digits": data_set(deep=0.005, vanilla=0.006)}, VERDICTS) == {}


def test_who_is_best_everywhere_is_best():
    same = {name: data_set(deep=0.005, vanilla=0.006, pca=0.01) for name in ("digits", "mnist", "cifar10")}
    found = across(same, VERDICTS)["reconstruction"][""]
    assert [row["architecture"] for row in found["rows"]] == ["deep", "vanilla", "pca"]
    assert found["rows"][0]["p_best"] > 0.99 and found["rows"][0]["distance"] == 0 and found["flips"] == {}


def test_one_data_set_that_decides_is_told():
    results = {
        "digits": data_set(deep=0.005, vanilla=0.020),
        "mnist": data_set(deep=0.006, vanilla=0.005),
        "cifar10": data_set(deep=0.006, vanilla=0.005),
    }
    found = across(results, VERDICTS)["reconstruction"][""]
    assert found["rows"][0]["architecture"] == "deep" and found["rows"][0]["p_best"] < 0.95
    assert found["flips"] == {"digits": "vanilla"}


def test_failed_seeds_are_left_out_and_their_architecture_stays():
    """One of three seeds on each data set: the mean of the others is told, by which it is in front."""
    spoiled = {"deep": metrics_file([0.0050, 0.0051, 0.09]), "vanilla": metrics_file([0.0060, 0.0061, 0.0059])}
    results = {name: result(spoiled) for name in ("digits", "mnist")}
    rows = across(results, VERDICTS)["reconstruction"][""]["rows"]
    assert [row["architecture"] for row in rows] == ["deep", "vanilla"] and rows[0]["p_best"] > 0.95
    whole = {"deep": metrics_file([0.0050, 0.0051]), "vanilla": spoiled["vanilla"]}
    same = across({name: result(whole) for name in results}, VERDICTS)["reconstruction"][""]["rows"]
    assert [row["distance"] for row in rows] == [row["distance"] for row in same]


def test_architectures_that_all_data_sets_have():
    results = {"digits": data_set(deep=0.005, vanilla=0.006), "mnist": data_set(deep=0.005, pca=0.01)}
    assert [row["architecture"] for row in across(results, VERDICTS)["reconstruction"][""]["rows"]] == ["deep"]
    assert across({"digits": data_set(deep=0.005), "mnist": data_set(pca=0.01)}, VERDICTS) == {}


def test_a_data_set_that_no_method_takes_part_in_does_not_take_the_case_from_the_others():
    results = {name: data_set(deep=0.005, vanilla=0.006) for name in ("digits", "mnist", "cifar10")}
    for content in results["cifar10"]["metrics"].values():
        del content["scores"]["reconstruction"]["mse"]
    found = across(results, VERDICTS)["reconstruction"][""]
    assert found["datasets"] == ["digits", "mnist"] and found["rows"][0]["architecture"] == "deep"


def test_a_data_set_of_one_seed_gives_no_chance():
    single = result({name: metrics_file([mse]) for name, mse in (("deep", 0.0050), ("vanilla", 0.0051))})
    assert across({"digits": single, "mnist": single}, VERDICTS) == {}
