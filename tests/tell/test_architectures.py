"""The page of all architectures: what each is, its strengths and weaknesses, cost, warnings and pictures."""

import copy
import re

import pytest
from helpers import METRICS, metrics_file, result, task_of

from stages.common.registry import names
from stages.judge.across_datasets import judged
from stages.tell.architectures import docstring_of, warnings_of
from stages.tell.render import architectures_page, filled


@pytest.fixture
def written(params, tmp_path, monkeypatch):
    """A function that gives the page of some results."""
    monkeypatch.chdir(tmp_path)

    def write(**results):
        verdicts = {dataset: found["verdicts"] for dataset, found in results.items()}
        return architectures_page(results, [], judged(verdicts, results, params["verdicts"]))

    return write


def test_every_architecture_has_its_section(written):
    text = written(digits=result())
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["PCA", "vanilla", "deep", "denoising", "variational"]
    assert "| [vanilla](#vanilla) | 1 | 0 | 0 | 1 | 100 |" in text
    section = text.split("\n## vanilla\n")[1].split("\n## ")[0]
    assert "\nThe smallest autoencoder: " in section
    assert "- **When to use it:** for reconstruction on digits.\n" in section
    costly = text.split("\n## deep\n")[1].split("\n## ")[0]
    assert "- **Usable and as good as the best, at no less cost:** reconstruction on digits\n" in costly
    assert "](../REPORT.md#which-autoencoder)" in text
    assert "- **Cost:** 100 multiply-adds an image on digits, 1 x PCA, 10 weights\n" in section
    assert "- **Weakest in:** nothing: in no case worse than the best by more than the margin\n" in section
    assert "\n\n\n" not in text and "Over all data sets" not in text


def test_over_all_data_sets(written):
    text = written(digits=result(), mnist=result({name: METRICS[name] for name in ("pca", "deep", "vanilla")}))
    assert "\n## Over all data sets\n" in text and "| reconstruction | deep " in text
    assert "100 multiply-adds an image on digits, 1 x PCA, 10 weights; 100 multiply-adds an image on MNIST" in text


def test_what_is_not_known_is_no_strength(written):
    single = {name: metrics_file([mse]) for name, mse in (("pca", 0.01), ("deep", 0.005))}
    section = written(digits=result(single)).split("\n## PCA\n")[1]
    assert "- **Weakest in:** not known: one seed is no verdict\n" in section


def test_who_leads_a_case_is_named_in_every_line():
    """Whatever its chance; others only where they have one."""
    rows = {
        "weak": [("deep", 1.0), ("vanilla", 0.0), ("pca", 0.0)],
        "strong": [("deep", 0.004), ("vanilla", 0.5), ("pca", 0.496)],
    }
    cases = {
        case: {"rows": [{"architecture": name, "p_best": p} for name, p in own], "flips": {}}
        for case, own in rows.items()
    }
    across = {"scope": "x", "tasks": {"denoising": cases}}
    text = filled("architectures.md.j2", architectures={}, missing=[], across=across)
    assert "| denoising, weak | deep 1.00 |" in text
    assert "| denoising, strong | deep 0.00, vanilla 0.50, PCA 0.50 |" in text


def test_pictures_are_those_that_evaluation_leaves(written):
    """Test images and their reconstructions, or without a latent the strongest noise and what it makes of that; none
    of private images."""
    found = copy.deepcopy(result())
    found["tasks"]["denoising"] = task_of("denoising", gaussian=[0.1, 0.5])
    del found["metrics"]["vanilla"]["facts"]["latent_size"]
    shown = re.findall(r'<img src="([^"]+)"', written(digits=found))
    strips = dict.fromkeys(found["metrics"], ("original", "reconstruction"))
    strips["vanilla"] = ("noisy_0.5", "denoised_0.5")
    expected = {f"digits/shown/{name}/{strip}.png" for name, both in strips.items() for strip in both}
    assert set(shown) == expected and len(shown) == len(expected)
    found["verdicts"]["data"]["private"] = True
    assert "<img" not in written(digits=found)


def test_warnings_are_those_of_the_architecture():
    warned = {
        "training": {
            "overfits": [["convolutional", "12 %"], ["convolutional_sparse", "13 %"]],
            "fails": [["deep", "a (b)"], ["vanilla", ""]],
        }
    }
    results = {"digits": {"verdicts": {"warnings": warned}}, "mnist": {"verdicts": {"warnings": warned}}}
    assert warnings_of("convolutional", results) == {"overfits": ["digits: 12 %", "MNIST: 12 %"]}
    assert warnings_of("vanilla", results) == {"fails": ["digits", "MNIST"]}
    assert warnings_of("deep", results) == {"fails": ["digits: a (b)", "MNIST: a (b)"]}


def test_every_file_says_what_its_architecture_is():
    assert '"Contractive auto-encoders: ' in docstring_of("architectures", "contractive")
    kinds = ("architectures", "prepare/datasets")
    texts = [docstring_of(kind, name) for kind in kinds for name in names(kind)]
    assert all(len(text) > 40 and "\n" not in text for text in texts)
    assert docstring_of("prepare/datasets", "photos") == ""
