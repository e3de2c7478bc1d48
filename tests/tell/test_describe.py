"""Pages of a data set and of its ablations, from small metrics files that are judged."""

import json
import re
from pathlib import Path

import pytest
from helpers import METRICS, SPECTRUM, method, metrics_file, task_of

from stages.common.stage import UserError
from stages.judge import __main__ as judge
from stages.judge import ablations
from stages.tell import describe, describe_ablations
from stages.tell.render import filled


@pytest.fixture
def project(tmp_path, monkeypatch, params):
    """The digits compared in reconstruction, by settings that list what was compared."""
    monkeypatch.chdir(tmp_path)
    params = params | {"architectures": list(METRICS), "ablated": {"datasets": [], "architectures": ["deep"]}}
    params["data"]["digits"]["latent_size"] = 4
    for module in (describe, describe_ablations, judge, ablations):
        monkeypatch.setattr(module, "read_params", lambda: params)
    for folder in ("scores", "ablations"):
        (tmp_path / "metrics/digits" / folder).mkdir(parents=True)
    (tmp_path / "plots/digits").mkdir(parents=True)
    for name, content in METRICS.items():
        write(f"scores/{name}", content)
    scores = {"reconstruction": {"mean_image": method([0.06] * 3)}}
    content = {"classifier": {}, "tasks": [task_of("reconstruction")._asdict()], "scores": scores}
    write("references", content | {"pca_spectrum": SPECTRUM})
    return params


def write(name, content):
    Path(f"metrics/digits/{name}.json").write_text(json.dumps(content))


def described():
    """The page of the digits as judged and described."""
    judge.main("digits")
    describe.main("digits")
    return page("README")


def ablations_described():
    ablations.main("digits")
    describe_ablations.main("digits")
    return page("ablations")


def page(name):
    return Path(f"plots/digits/{name}.md").read_text()


def test_an_architecture_for_another_task_alone(project):
    """It has its cost, no latent, and no row where it does not take part, nor is it counted there."""
    content = metrics_file([0.1, 0.1, 0.1])
    del content["facts"]["latent_size"], content["facts"]["compression_ratio"], content["reconstruction"]
    write("scores/red_net", content | {"scores": {}})
    project["architectures"].append("red_net")
    text = described()
    assert "| RED-Net | 10 | 40 | 100 | none | | | " in text
    assert "RED-Net" not in text[: text.index("## Training and cost")] and "the best of 5" in text


def test_the_page_answers(project, tmp_path):
    text = described()
    assert text.startswith("# digits: which autoencoder?")
    assert "| [reconstruction](#reconstruction) | **vanilla** | more than 99 % sure to be as good as the best" in text
    answer = "**vanilla**; more than 99 % sure to be as good as the best of 5, as deep is; it costs least; "
    assert f"Answer: {answer}" in text
    assert "PCA keeps 90 % of the variance with 7 numbers" in text and "PCA needs 7" in text
    assert "> **Watch out:** " not in text and "ablations.md" not in text
    assert "| 5 | denoising | 0.0201 (" in text and "+50 %, better" in text and "-101 %, worse" in text
    assert "\n\n\n" not in text and "undefined" not in text.lower()
    assert (tmp_path / "plots/digits/latent_size.png").exists() and "](pictures/" not in text
    pictures = tmp_path / "plots/digits/pictures"
    pictures.mkdir()
    for name in ("tasks", "reconstructions", "denoised", "training"):
        (pictures / f"{name}.png").touch()
    describe.main("digits")
    shown = re.findall(r"\]\(pictures/(\w+)\.png\)", page("README"))
    assert shown == ["tasks", "reconstructions", "training"], "none of a task that was not measured"
    before = page("README")
    describe.main("digits")
    assert page("README") == before


@pytest.mark.parametrize(("minutes", "told"), [(None, False), (20, True)])
def test_a_comparison_that_was_given_a_time_says_so(project, minutes, told):
    project["data"]["digits"]["folder"] = {"architectures": list(METRICS), "minutes": minutes, "images": 130}
    described()
    assert ("20 minutes were given: where all would have taken longer" in page("README")) == told


def test_images_without_labels(project):
    """Nothing is known by class."""
    for name, content in METRICS.items():
        scores = {
            measure: values for measure, values in content["scores"]["reconstruction"].items() if "class" not in measure
        }
        facts = content["facts"] | {"classes": [None]}
        write(f"scores/{name}", content | {"scores": content["scores"] | {"reconstruction": scores}, "facts": facts})
    described()
    assert "hardest class" not in page("README") and "Answer: **vanilla**" in page("README")


def test_warnings_stand_beside_what_they_concern(project):
    shaky = METRICS["deep"] | {"scores": dict(METRICS["deep"]["scores"])}
    shaky["scores"]["reconstruction"] = shaky["scores"]["reconstruction"] | {"mse": [0.004, 0.005, 0.006]}
    shaky["scores"]["latent_use"] = {"active_units": [1.0], "dead_units": [3.0]}
    write("scores/deep", shaky)
    section = described().split("\n## Reconstruction\n")[1]
    own, training = section.split("\n## Training and cost\n")
    assert "> **Watch out:** depends on the seed: deep (standard deviation 20 %)" in own
    assert "> **Watch out:** latent dimensions that never vary: deep (3 of 4)" in training


def test_what_masks_say_of_maps_has_a_table_where_there_are_masks(project):
    """Best overlap first, of whoever has maps; kinds stand beside it where there are several."""
    assert "Where the defects are" not in described()
    located = {
        "detectors": [["error or density", "anomaly map"]],
        "anomalies": [["classes never seen", "other data set"]],
        "auroc_by_anomaly": [[[0.1, 0.2], [0.3, 0.9]], [[0.1, 0.2], [0.3, 0.8]], [[0.1, 0.2], [0.3, 0.7]]],
        "kinds_with_masks": [["cut|", "dent"]] * 3,
        "pixel_auroc": [0.7, 0.8, 0.9],
        "pixel_auroc_by_kind": [[0.6, 0.95]] * 3,
        "pro_by_kind": [[0.5, 0.75]] * 3,
    }
    for name, overlap in (("deep", 0.4), ("vanilla", 0.6)):
        own = METRICS[name]["scores"]["reconstruction"] | located | {"pro": [overlap] * 3}
        write(f"scores/{name}", METRICS[name] | {"scores": METRICS[name]["scores"] | {"reconstruction": own}})
    _, table, kinds, _ = described().split("Where the defects are")[1].split("\n\n", 3)
    assert table.splitlines()[0] == "| | pixel AUROC | PRO | images |"
    assert table.splitlines()[2:] == ["| vanilla | 0.8 | 0.6 | 0.8 |", "| deep | 0.8 | 0.4 | 0.8 |"]
    rows = [row.replace("\\|", "*") for row in kinds.splitlines()[2:]]
    assert rows[:2] == ["| cut* | vanilla | 0.6 | 0.5 |", "| dent | vanilla | 0.95 | 0.75 |"] and len(rows) == 4


def test_no_table_is_wider_than_a_page(project):
    """At most eight columns, whatever a task measures."""
    content = json.loads(Path("metrics/digits/references.json").read_text())
    content["tasks"][0]["columns"] |= {f"measure_{i}": f"column {i}" for i in range(6)}
    write("references", content)
    tables = re.findall(r"^\|[ -].*\n\| -.*$", described(), re.MULTILINE)
    assert len(content["tasks"][0]["columns"]) > 8 and len(tables) > 4
    assert all(table.partition("\n")[0].count("|") <= 9 for table in tables), tables


def test_classical_methods_stand_among_the_others(project):
    """In their order, an architecture with failed seeds after all."""
    content = json.loads(Path("metrics/digits/references.json").read_text())
    content["scores"]["reconstruction"]["wavelet"] = method([0.007] * 3)
    write("references", content)
    table = described().split("<summary>All that were compared")[1].split("\n\n")[1]
    names = re.findall(r"^\| [^|]* \| (\*?[^|]+?) \| 0\.", table.replace("| | *", "| - | *"), re.MULTILINE)
    assert names == ["deep", "vanilla", "*wavelet*", *[name for name in names if name in ("PCA", "variational")],
                     "denoising", "*mean image*"]  # fmt: skip
    assert "| *wavelet* | 0.007 (" in table and "| *classical* |" in table and "| *to measure by* |" in table


def test_intervals_are_of_the_level_of_the_settings(project):
    project["verdicts"] = project["verdicts"] | {"level": 0.9}
    text = described()
    assert " (90 %) | verdict (chance" in text and "(95 %)" not in text


def test_a_page_without_results_says_how_to_get_them(project):
    with pytest.raises(UserError, match=r"nothing to tell of mnist: .*`dvc repro describe@mnist`"):
        describe.main("mnist")


def test_one_seed_has_no_verdicts(project):
    for name, content in METRICS.items():
        scores = content["scores"]["reconstruction"]
        scores = {measure: values if "resampled" in measure else values[:1] for measure, values in scores.items()}
        facts = content["facts"] | {"seeds": [0]}
        curves = {"0": content["curves"]["0"]}
        own = content["scores"] | {"reconstruction": scores}
        write(f"scores/{name}", content | {"scores": own, "facts": facts, "curves": curves})
    text = described()
    assert "1 seed: figures, no verdicts." in text and "| (1) | deep | " in text
    assert not any(f"| {word} |" in text for word in ("best", "equivalent", "worse", "undecided"))


def test_the_page_of_ablations(project, tmp_path):
    base = METRICS["deep"]
    facts = {"latent_size": [4], "compression_ratio": [64.0], "parameters": [10], "multiply_adds": [100]}
    variants = [
        {"setting": "latent_size", "value": 2, "compared": 4, "mse": 0.03, "changes": {"data.digits.latent_size": 2}},
        {
            "setting": "optimizer",
            "value": "sgd",
            "compared": "adam",
            "mse": 0.001,
            "changes": {"training.optimizer": "sgd"},
        },
        {"setting": "wide", "value": None, "compared": None, "mse": 0.03, "changes": {"data.digits.epochs": 5}},
    ]
    for row in variants:
        luck = [row["mse"] * factor for factor in (1, 1.03, 0.97)]
        row["scores"] = base["scores"]["reconstruction"] | {"mse": luck, "validation_mse": luck}
        row |= {"further": {"compression": {"rates": [[0.1, 0.2]] * 3, "psnrs": [[10.0, 20.0]] * 3}}, "facts": facts}
    variants[2]["facts"] = facts | {"multiply_adds": [800]}
    content = {"variants": variants}
    write("ablations/deep", content)
    text = ablations_described()
    assert text.startswith("# digits: does a setting matter?")
    assert "## Latent size\n\n2 raises the error by 501 %; seeds alone spread it by " in text
    assert "| compression ratio | 64 | 64 |\n" in text
    assert (
        "Recommended for reconstruction: 4 or more for deep, with a gain up to" in text and "| adam | sgd |\n" in text
    )
    changed = "The error is 6.01 times that of what is compared, with 2 times the multiply-adds and 1 times the latent."
    assert "## Wide: deep\n\n`data.digits.epochs`: 5.\n" in text and f"\n{changed}\n" in text
    pictures = set(re.findall(r"\]\((ablations/[^)]+)\)", text))
    assert pictures == {f"ablations/{name}.png" for name in ("latent_size", "rate_distortion", "optimizer")}
    assert all((tmp_path / "plots/digits" / name).exists() for name in pictures)


def test_values_that_not_all_have_stand_in_their_columns():
    """An architecture whose compared value was tuned has another one."""

    def point(value, **options):
        return {"value": value, "mean": value, "compared": False, "chosen": False, "words": "worse"} | options

    curves = {"deep": [point(0.001), point(0.003, compared=True)], "pca": [point(0.001), point(0.01, compared=True)]}
    settings = {"learning_rate": {"answer": "x.", "curves": curves}}
    values_of = describe_ablations.values_of
    text = filled("ablations.md.j2", dataset="digits", level=0.95, values_of=values_of, settings=settings, blocks=[])
    assert "| | 0.001 | 0.003 | 0.01 |\n" in text
    assert "| deep | 0.00100, worse | 0.00300 (compared) |  |\n" in text
    assert "| PCA | 0.00100, worse |  | 0.01000 (compared) |\n" in text
    assert values_of({"deep": [point("sgd"), point("adam")]}) == ["sgd", "adam"]


def test_ablations_of_nothing(project, tmp_path):
    assert "No setting was varied alone." in ablations_described()
    assert [path.name for path in (tmp_path / "plots/digits/ablations").iterdir()] == [".gitkeep"]
