"""Pages of a data set and of its ablations, from small files as the stages before write them."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from helpers import METRICS, SPECTRUM, method, result, rows_of, task_of

from stages.common.stage import UserError
from stages.report import describe, describe_ablations


@pytest.fixture
def project(tmp_path, monkeypatch, params):
    """The digits compared in reconstruction, by settings that list what was compared."""
    monkeypatch.chdir(tmp_path)
    params = params | {"architectures": list(METRICS), "ablated": {"datasets": [], "architectures": ["deep"]}}
    params["data"]["digits"]["latent_size"] = 4
    for module in (describe, describe_ablations):
        monkeypatch.setattr(module, "read_params", lambda: params)
    for folder in ("summary/digits", "digits", "ablations/digits"):
        (tmp_path / "metrics" / folder).mkdir(parents=True)
    write("summary/digits/reconstruction", rows_of())
    for name, content in METRICS.items():
        write(f"digits/{name}", content)
    scores = {"reconstruction": {"mean_image": method([0.06] * 3)}}
    content = {"classifier": {}, "tasks": [task_of("reconstruction")._asdict()], "scores": scores}
    write("digits/references", content | {"pca_spectrum": SPECTRUM})
    return params


def write(name, content):
    Path(f"metrics/{name}.json").write_text(json.dumps(content))


def page(name):
    return Path(f"plots/digits/{name}.md").read_text()


def test_the_page_answers(project, tmp_path):
    describe.main("digits")
    text = page("README")
    assert text.startswith("# digits: which autoencoder?")
    assert "| [reconstruction](#reconstruction) | **vanilla** | equivalent, P(best) 0." in text
    assert "Answer: **vanilla**; equivalent, P(best) 0." in text
    assert "PCA keeps 90 % of the variance with 7 numbers" in text and "PCA needs as many as 7" in text
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
    project["data"]["digits"]["folder"] = {"architectures": list(METRICS), "minutes": minutes}
    describe.main("digits")
    assert ("20 minutes were given: where all would have taken longer" in page("README")) == told


def test_images_without_labels(project):
    """Nothing is known by class."""
    for name, content in METRICS.items():
        scores = {
            measure: values for measure, values in content["scores"]["reconstruction"].items() if "class" not in measure
        }
        facts = content["facts"] | {"classes": [None]}
        write(f"digits/{name}", content | {"scores": content["scores"] | {"reconstruction": scores}, "facts": facts})
    describe.main("digits")
    assert "hardest class" not in page("README") and "Answer: **vanilla**" in page("README")


def test_warnings_stand_beside_what_they_concern(project):
    shaky = METRICS["deep"] | {"scores": dict(METRICS["deep"]["scores"])}
    shaky["scores"]["reconstruction"] = shaky["scores"]["reconstruction"] | {"mse": [0.004, 0.005, 0.006]}
    shaky["scores"]["latent_use"] = {"active_units": [1.0], "dead_units": [3.0]}
    write("digits/deep", shaky)
    describe.main("digits")
    section = page("README").split("\n## Reconstruction\n")[1]
    own, training = section.split("\n## Training and cost\n")
    assert "> **Watch out:** depends on the seed: deep (standard deviation 20 %)" in own
    assert "> **Watch out:** latent dimensions that never vary: deep (3 of 4)" in training


def test_a_page_without_results_says_how_to_get_them(project):
    with pytest.raises(UserError, match=r"nothing to tell of mnist: .*`dvc repro describe@mnist`"):
        describe.main("mnist")


def test_one_seed_has_no_verdicts(project):
    for name, content in METRICS.items():
        scores = {measure: values[:1] for measure, values in content["scores"]["reconstruction"].items()}
        facts = content["facts"] | {"seeds": [0]}
        curves = {"0": content["curves"]["0"]}
        own = content["scores"] | {"reconstruction": scores}
        write(f"digits/{name}", content | {"scores": own, "facts": facts, "curves": curves})
    describe.main("digits")
    text = page("README")
    assert "1 seed: figures, no verdicts." in text and "| (1) | deep | " in text
    assert not any(f"| {word} |" in text for word in ("best", "equivalent", "worse", "undecided"))


def test_the_page_of_ablations(project, tmp_path):
    base = METRICS["deep"]
    own = {name: [values, values] for name, values in base["scores"]["reconstruction"].items()}
    own["mse"] = [[0.03, 0.031, 0.029], [0.001, 0.00101, 0.00099]]
    own["validation_mse"] = own["mse"]
    content = {
        "settings": ["latent_size", "optimizer"],
        "values": [2, "sgd"],
        "compared": [4, "adam"],
        "changes": [{"data.digits.latent_size": 2}, {"training.optimizer": "sgd"}],
        "scores": own,
        "cost": {name: [value, value] for name, value in base["cost"].items()},
    }
    write("ablations/digits/deep", content)
    describe_ablations.main("digits")
    text = page("ablations")
    assert text.startswith("# digits: does a setting matter?")
    assert "Does it matter? Yes, 1 of 1 changes are told from the value compared, the error rises by up to" in text
    assert "they pay for deep." in text and "| adam | sgd |\n" in text
    pictures = set(re.findall(r"\]\((ablations/[^)]+)\)", text))
    assert pictures == {"ablations/latent_size.png", "ablations/optimizer.png"}
    assert all((tmp_path / "plots/digits" / name).exists() for name in pictures)


def test_ablations_of_nothing(project, tmp_path):
    describe_ablations.main("digits")
    assert "No setting was varied alone." in page("ablations")
    assert [path.name for path in (tmp_path / "plots/digits/ablations").iterdir()] == [".gitkeep"]


def test_the_page_and_the_report_read_the_same_rows():
    np.testing.assert_equal(result()["tables"]["reconstruction"], rows_of())
