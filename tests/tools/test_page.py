"""Live pages: which data sets have one, and what is said where there is none."""

import pytest

from stages.common.stage import UserError
from tools import page


@pytest.fixture
def params(tmp_path, monkeypatch):
    """A folder in which the digits were compared, and of MNIST only one of two models is there."""
    monkeypatch.chdir(tmp_path)
    for dataset, trained in {"digits": ("pca", "deep"), "mnist": ("pca",)}.items():
        (tmp_path / "metrics" / dataset / "summary").mkdir(parents=True)
        (tmp_path / "metrics" / dataset / "summary" / "reconstruction.json").write_text("[]")
        for name in trained:
            folder = tmp_path / "data" / dataset / "models" / name
            folder.mkdir(parents=True)
            (folder / "training.json").write_text("{}")
    found = {"datasets": ["digits", "mnist", "cifar10"], "architectures": ["pca", "deep"]}
    found["data"] = {name: {"folder": {}} for name in found["datasets"]}
    monkeypatch.setattr(page, "read_params", lambda: found)
    return found


def test_pages_are_made_where_all_models_are(params):
    assert page.ready(params) == ["digits"]
    params["data"]["mnist"]["folder"] = {
        "architectures": ["pca"]
    }  # of one's own images: all that were chosen are there
    assert page.ready(params) == ["digits", "mnist"]


def test_where_no_model_is_the_way_is_told(params):
    params["architectures"] += ["sparse"]
    with pytest.raises(UserError, match="`make demo` trains those of the digits"):
        page.main()


def test_a_picture_needs_a_page_and_a_browser(params, monkeypatch):
    with pytest.raises(UserError, match="`python -m tools page` writes it"):
        page.main(picture="page.png")
    page.page_of("digits").parent.mkdir(parents=True)
    page.page_of("digits").write_text("<p>")
    monkeypatch.setattr(page.shutil, "which", lambda name: None)
    with pytest.raises(UserError, match="install one of chromium"):
        page.main(picture="page.png")
