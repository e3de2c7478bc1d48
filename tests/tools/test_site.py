"""The web site: every link and picture is in it, and the report and its pages are pages."""

import os
import re
import shutil

import pytest
from helpers import ROOT

from stages.common.stage import UserError
from tools import site


def test_the_site_is_whole(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "REPORT.md", ".")
    shutil.copytree(ROOT / "plots", "plots")
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / "docs/reading-the-results.md", "docs")
    with pytest.raises(UserError, match="`python -m tools page` writes"):
        site.main()
    (tmp_path / "data/fashion_mnist/page").mkdir(parents=True)
    (tmp_path / "data/fashion_mnist/page/index.html").write_text("<p>the page")
    site.main()
    folder = tmp_path / "site"
    pages = {path.relative_to(folder): path.read_text() for path in folder.rglob("*.html")}
    named = {str(path): text for path, text in pages.items()}
    assert named["fashion_mnist.html"] == "<p>the page"
    for path, text in named.items():
        assert path == "fashion_mnist.html" or ">Try every network: Fashion-MNIST</a>" in text, (
            "each leads to all others"
        )
    links = [
        (path, link, anchor)
        for path, text in pages.items()
        for link, anchor in re.findall(r'(?:href|src)="([^"#:]*)(?:#([^"]+))?"', text)
    ]
    assert len(links) > 20
    for path, link, anchor in links:
        target = folder / os.path.normpath(path.parent / link) if link else folder / path
        assert target.exists(), (path, link)
        assert not anchor or f'id="{anchor}"' in target.read_text(), (path, link, anchor)
    for text in (named["index.html"], named["plots/digits/README.html"]):
        assert text.count("<table>") > 3 and "\n| " not in text, "tables are tables, folded too"
