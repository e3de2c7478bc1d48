"""Words that no page and no message uses, since readers who know the field would stop at them."""

import ast
import re

import pytest
from helpers import ROOT

from tools import readme

WORDS = {  # what is not said -> what is
    r"\bhouse\b|\brooms\b": "layout of the code, folders",
    r"\bwhat to take\b": "recommended",
    r"\bmethods? without a network\b|\bgains? on no network\b|\bneeds? no network\b": "classical method; works offline",
    r"\btold (from|apart)\b|\b(is|are|was) told\b": "differ significantly; is said, is reported",
    r"\bg[ia]v(e|en|es)( \w+)? back\b": "reconstructs",
    r"\bwon back\b": "PSNR gain",
    r"\bin front\b": "best network",
    r"\bstops? paying\b": "larger latents no longer help",
    r"\bnumbers in : out\b|\bsqueezed into\b": "compression ratio, size of the latent",
    r"\blowest of these\b": "worst case",
    r"\bone's own\b|\b(the|an|each|every|all) own\b": "your, its; a noun after the possessive",
    r"\bworth it\b": "worth a network",
    r"\bluck\b": "noise, chance, variance over seeds",
    r"\btakes? up\b": "resumes",
}
PAGES = [
    *(ROOT / f"{name}.md" for name in ("README", "REPORT", "CONTRIBUTING", "CHANGELOG")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "plots").rglob("*.md")),
    *(path for kind in ("j2", "js") for path in sorted((ROOT / "stages").rglob(f"*.{kind}"))),
    *sorted((ROOT / ".dvc/plots").glob("*.json")),
]
CODE = [path for folder in ("stages", "tools") for path in sorted((ROOT / folder).rglob("*.py"))]


def said(path):
    """The text of a page without what is written by tools into it, or docstrings and messages of a module."""
    if path.suffix != ".py":
        return readme.BLOCKS["takeaways"].sub("", path.read_text())
    nodes = ast.walk(ast.parse(path.read_text()))
    return "\n".join(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


@pytest.mark.parametrize("path", PAGES + CODE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_words(path):
    text = " ".join(said(path).split())
    for word, instead in WORDS.items():
        found = re.search(word, text, re.IGNORECASE)
        assert not found, f"'{text[max(0, found.start() - 40) : found.end() + 40]}': rather {instead}"
