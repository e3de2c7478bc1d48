"""Plain or variational, in sentences: which is better, at which weight of the prior, and how to sample."""

from helpers import metrics_file

from stages.judge.prior_weights import advice, answer, best_beta, samples, varied

BETAS = "Of the betas that were tried"


def network(mse, ratio=2.0):
    """A metrics file of three seeds about this validation error, with samples of the prior so much worse."""
    content = metrics_file([mse, 1.01 * mse, 0.99 * mse])
    generation = {"frechet_mixture": [5.0] * 3, "frechet_prior": [5.0 * ratio] * 3}
    return content | {"scores": content["scores"] | {"generation": generation}}


def ablations(name="variational", failing=(), **errors):
    """Ablations of beta, which is compared at 1, as `read_ablations` gives them: beta -> error."""
    rows = []
    for key, mse in errors.items():
        scores = metrics_file([mse] * 3)["scores"]["reconstruction"]
        row = {"setting": "beta", "compared": 1.0, "value": int(key[1:]) / 10, "scores": scores, "further": {}}
        rows.append(row | {"fails": "fails 1 of 3" if key in failing else ""})
    return {name: ({}, rows)}


def betas(mse=0.01, **options):
    return varied({"variational": network(mse)}, ablations(**options))


def test_the_answer_is_that_of_the_verdicts_that_the_table_counts():
    better, worse, alike = ["better"] * 10, ["worse"] * 10, ["equivalent"] * 4 + ["undecided"] * 2
    said = "at the beta compared, the variational network is better in"
    rest = "as good in 4 and undecided in 2."
    assert answer(better + alike) == f"The variational one: {said} 10 of 16 cases, worse in none, {rest}"
    assert answer(worse + alike) == f"The plain one: {said} none of 16 cases, worse in 10, {rest}"
    assert answer(["better", *alike]).startswith("Where they differ, the variational one: "), "one of 7 is not most"
    assert answer(["better", "worse", *alike]).startswith("Where they differ, a draw: ")
    assert answer(better + worse).startswith("A draw: ") and answer(alike).startswith("A draw: ")
    assert answer(["one seed"] * 3) == "Not known: one seed is no verdict." and answer([]) == ""
    assert " 1 of 2 cases, " in answer(["one seed", "better", "equivalent"])


def test_the_beta_that_validation_chooses_is_named():
    said = f"{BETAS} (0.3, 1 and 3), 0.3 has the lowest validation error on average over variational on digits."
    assert best_beta({"digits": betas(_3=0.005, _30=0.02)}) == said
    assert "), 1 has" in best_beta({"digits": betas(_3=0.02, _30=0.02)}), "the one compared"
    both = {"digits": betas(_3=0.005), "mnist": betas(_3=0.009), "cifar10": {}}
    assert best_beta(both).endswith(" over variational on digits and MNIST.")
    assert best_beta({}) == best_beta({"digits": {}}) == "", "nothing was varied"


def test_betas_are_compared_on_the_same_data_sets_and_networks():
    """The one that failed on the hard data set does not win by the easy one, nor does a data set that lacks betas."""
    easy = betas(mse=0.0101, _1=0.0100, _3=0.0102)
    hard = betas(mse=0.02, _1=0.03, _3=0.019, failing=["_1"])
    assert "(0.3 and 1), 0.3 has" in best_beta({"digits": easy, "cifar10": hard})
    assert "(0.3 and 1), 0.3 has" in best_beta({"cifar10": betas(mse=0.02, _3=0.019), "digits": {}})
    failed = network(0.01)
    failed["facts"]["failed_seeds"] = {"2": "why"}
    assert list(varied({"variational": failed}, ablations(_3=0.02))["variational"]) == [0.3], "nor the one compared"


def test_how_to_sample():
    mixture = (
        "To sample, fit a mixture to the latents and do not draw from the prior: samples from the prior have 2 times"
    )
    assert samples([{"variational": network(0.01)}]).startswith(mixture)
    assert samples([{"variational": network(0.01, 0.9)}]).startswith("Samples from the prior are as good as ")
    assert samples([{"deep": network(0.01)}, {"variational": metrics_file([0.01])}]) == ""


def test_the_sentences_together():
    """Also where reconstruction was not measured, which takes none but the beta's away."""
    cell = {"verdict": "better"}
    verdicts = {"digits": {"pairs": [{"tasks": {"generation": {"": cell}}}]}}
    metrics = {"variational": network(0.01)}
    result = {"metrics": metrics, "ablations": ablations(_3=0.005)}
    first, beta, sampling = answer(["better"]), best_beta({"digits": betas(_3=0.005)}), samples([metrics])
    assert advice(verdicts, {"digits": result}) == f"{first} {beta} {sampling}"
    del metrics["variational"]["scores"]["reconstruction"]
    assert advice(verdicts, {"digits": result | {"ablations": {}}}) == f"{first} {sampling}"
    assert advice({"digits": {"pairs": []}}, {"digits": result | {"ablations": {}}}) == ""
