"""Web site of the project, for GitHub Pages: the live pages and the report.

python -m tools site     writes site/
"""

import itertools
import os
import re
import shutil
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt

from stages.common.names import spoken
from stages.common.stage import UserError, fresh

REPORT = Path("REPORT.md")  # the front page
PAGES = {
    "Report": REPORT,
    "Architectures": Path("plots/architectures.md"),
    "How it was measured": Path("plots/method.md"),
    "Reading the results": Path("docs/reading-the-results.md"),
}
STYLE = """
:root { color-scheme: light dark; }
body { margin: 0 auto; padding: 1.5rem; max-width: 76rem; font: 1rem/1.5 system-ui, sans-serif; }
nav { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; }
code { overflow-wrap: break-word; }
pre { overflow-x: auto; }
img { max-width: 100%; background: #fff; }
table { display: block; overflow-x: auto; border-collapse: collapse; font-size: 0.875rem; }
th, td { border: 1px solid #8888; padding: 0.25rem 0.5rem; }
"""


def address(page: Path) -> Path:
    """Where a page of the repository stands in the site."""
    return Path("index.html") if page == REPORT else page.with_suffix(".html")


def rendered(path: Path, pages: set[Path], live: list[str]) -> tuple[str, list[Path]]:
    """A Markdown page as HTML, its headings with the anchors that GitHub gives them, and the paths of its pictures.

    pages: all that the site has; a link to any other is to its front page. live: data sets with a live page
    """
    reader = MarkdownIt("commonmark", {"html": True}).enable("table")
    tokens = reader.parse(path.read_text())
    for heading, text in itertools.pairwise(tokens):
        if heading.type == "heading_open":
            heading.attrSet("id", re.sub(r"[^\w -]", "", text.content.lower()).replace(" ", "-"))

    def to_page(match: re.Match) -> str:
        target, anchor = Path(os.path.normpath(path.parent / match[1])), match[2] or ""
        target, anchor = (target, anchor) if target in pages else (REPORT, "")
        return f'href="{os.path.relpath(address(target), path.parent)}{anchor}"'

    body = re.sub(r'href="([^":#]+\.md)(#[^"]*)?"', to_page, reader.renderer.render(tokens, reader.options, {}))
    title = next(text.content for heading, text in itertools.pairwise(tokens) if heading.tag == "h1")
    links = {name: address(page) for name, page in PAGES.items()}
    links |= {f"Try every network: {spoken(name)}": Path(f"{name}.html") for name in live}
    listed = [f'<a href="{os.path.relpath(to, path.parent)}">{escape(name)}</a>' for name, to in links.items()]
    html = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<nav>{' '.join(listed)}</nav>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
    return html, [path.parent / picture for picture in re.findall(r'<img src="([^":]+)"', body)]


def main() -> None:
    live = sorted(path.parents[1].name for path in Path("data").glob("*/page/index.html"))
    if not live:
        raise UserError("there is no live page; `python -m tools page` writes those of all data sets with models")
    site = fresh("site")
    for name in live:
        shutil.copyfile(Path("data", name, "page", "index.html"), site / f"{name}.html")
    pages = {*PAGES.values(), *Path("plots").rglob("*.md")}
    pictures = set()
    for page in sorted(pages):
        html, shown = rendered(page, pages, live)
        (site / page).parent.mkdir(parents=True, exist_ok=True)
        (site / address(page)).write_text(html)
        pictures |= {Path(os.path.normpath(picture)) for picture in shown}
    for picture in sorted(pictures):
        (site / picture).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(picture, site / picture)
    print(f"site/ holds {len(live)} live pages, the report and {len(pages) - 1} pages with {len(pictures)} pictures")
