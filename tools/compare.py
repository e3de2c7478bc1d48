"""Comparison of a pull request: like diff, with the digits run from scratch at both commits.

python -m tools compare [--base main] [--head HEAD] [--jobs 4] [--address https://github.com/OWNER/REPOSITORY/raw]

Writes comparison/report.md and comparison/report.html, one file with all pictures before and after. Both commits run on
this machine, as another processor gives other bits; the other data sets take hours and are compared as committed.

--base: the revision that is compared with
--head: the revision that changed something
--jobs: how many stages run side by side; by default as many as there are cores
--address: where a picture of a commit is found, as <address>/<commit>/<path>
"""

import base64
import os
import tempfile
import time
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from stages.common.stage import fresh
from tools.clones import clone, demo
from tools.command import FailedError
from tools.diff import COLUMNS, cells, report, verdict
from tools.revision_scores import differences
from tools.revisions import Revision
from tools.significance import RULE

RESULTS = Path("comparison")
HOW = (
    "Digits: run from scratch at both commits on one machine, as another processor gives other bits. "
    "Other data sets: as committed."
)


def run_digits(revision: Revision, folder: Path, jobs: int) -> Revision:
    """Clone the commit into a folder and run its own `make demo` there. The revision whose results those are. Raises
    FailedError where the demo fails."""
    clone(revision.commit, folder)
    same_packages = (folder / "requirements.txt").read_bytes() == Path("requirements.txt").read_bytes()
    print(f"running the digits at {revision}", flush=True)
    start = time.monotonic()
    if demo(folder, jobs, set_up=not same_packages).wait():
        raise FailedError(f"`make demo` fails at {revision}, so there is nothing to compare; the reason is above")
    print(f"ran the digits at {revision} in {time.monotonic() - start:.0f} s", flush=True)
    return Revision(revision.name, folder)


def embedded(content: bytes | None) -> str | None:
    """A PNG as an address that holds it; None where there is no picture."""
    return f"data:image/png;base64,{base64.b64encode(content).decode()}" if content else None


def page(base: Revision, head: Revision) -> str:
    """The comparison as HTML that needs no other file."""
    found = differences(base, head)
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("compare.html.j2").render(
        verdict=verdict(found.rows, found.compared),
        base=base,
        head=head,
        how=HOW,
        rule=RULE,
        columns=COLUMNS,
        rows=[cells(row, found.tasks) for row in found.rows],
        settings=[(key, *("(none)" if side is ... else side for side in sides)) for key, *sides in found.settings],
        pictures=[(path, embedded(base.read(path)), embedded(head.read(path))) for path in found.pictures],
    )


def main(
    *, base: str = "main", head: str = "HEAD", jobs: int = os.cpu_count() or 1, address: str | None = None
) -> None:
    asked = {"base": Revision(base), "head": Revision(head)}
    with tempfile.TemporaryDirectory() as temporary:
        before, after = (run_digits(one, Path(temporary, name), jobs) for name, one in asked.items())
        fresh(RESULTS)
        text = f"{report(before, after, address)}\n{HOW} All pictures before and after: `report.html`.\n"
        (RESULTS / "report.md").write_text(text)
        (RESULTS / "report.html").write_text(page(before, after))
    print(f"{text.splitlines()[0]}\nread {RESULTS.resolve()}/report.md, or report.html beside it")
