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

STYLE = """
:root { color-scheme: light dark; }
body { margin: 0 auto; padding: 1.5rem; max-width: 76rem; font: 1rem/1.5 system-ui, sans-serif; }
img { max-width: 100%; background: #fff; }
table { display: block; overflow-x: auto; border-collapse: collapse; font-size: 0.875rem; }
th, td { border: 1px solid #8888; padding: 0.25rem 0.5rem; }
"""


def framed(title: str, body: str) -> str:
    """An HTML page around a body."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )


def rendered(path: Path, pages: set[Path]) -> tuple[str, list[Path]]:
    """A Markdown page as HTML, its headings with the anchors that GitHub gives them, and the paths of its pictures.

    pages: all that the site has; a link to any other is to the front page of the site
    """
    reader = MarkdownIt("commonmark", {"html": True}).enable("table")
    tokens = reader.parse(path.read_text())
    for heading, text in itertools.pairwise(tokens):
        if heading.type == "heading_open":
            heading.attrSet("id", re.sub(r"[^\w -]", "", text.content.lower()).replace(" ", "-"))

    def to_page(match: re.Match) -> str:
        target, anchor = Path(os.path.normpath(path.parent / match[1])), match[2] or ""
        if target not in pages:
            return f'href="{os.path.relpath("index.html", path.parent)}"'
        return f'href="{os.path.relpath(target.with_suffix(".html"), path.parent)}{anchor}"'

    body = re.sub(r'href="([^":#]+\.md)(#[^"]*)?"', to_page, reader.renderer.render(tokens, reader.options, {}))
    title = next(text.content for heading, text in itertools.pairwise(tokens) if heading.tag == "h1")
    return framed(title, body), [path.parent / picture for picture in re.findall(r'<img src="([^":]+)"', body)]


def main() -> None:
    live = sorted(path for path in Path("data").glob("*/page/index.html"))
    if not live:
        raise UserError("there is no live page; `python -m tools page` writes those of all data sets with models")
    site, links = fresh("site"), []
    for page in live:
        name = page.parents[1].name
        shutil.copyfile(page, site / f"{name}.html")
        link = f'<a href="{name}.html">{escape(spoken(name))}</a>'
        links.append(f"<li>{link}: recommendations, and every network to try</li>")
    pages = {Path("REPORT.md"), *Path("plots").rglob("*.md")}
    pictures = set()
    for page in sorted(pages):
        html, shown = rendered(page, pages)
        (site / page).parent.mkdir(parents=True, exist_ok=True)
        (site / page).with_suffix(".html").write_text(html)
        pictures |= {Path(os.path.normpath(picture)) for picture in shown}
    for picture in sorted(pictures):
        (site / picture).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(picture, site / picture)
    links.append('<li><a href="REPORT.html">The whole report</a></li>')
    body = "\n".join(["<h1>Which autoencoder?</h1>", "<ul>", *links, "</ul>\n"])
    (site / "index.html").write_text(framed("Which autoencoder?", body))
    print(f"site/ holds {len(live)} live pages, the report and {len(pages) - 1} pages with {len(pictures)} pictures")
