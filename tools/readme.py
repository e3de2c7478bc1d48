"""Takeaways of REPORT.md and what DVC shows of some scores, copied to README.md with date and machine.

python -m tools readme

Run it where results were made: the machine that it names for new ones is the one that it runs on.
"""

import os
import platform
import re
import subprocess
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

from stages.common.names import spoken
from stages.common.stage import UserError
from tools.command import FailedError
from tools.revisions import git

BLOCKS = {
    name: re.compile(rf"(<!-- {name}\b[^>]*-->\n)(.*?)(<!-- end of {name} -->)", re.DOTALL)
    for name in ("takeaways", "scores")
}
SHOWN = ("pca", "convolutional", "variational")  # of the digits
ORIGIN = re.compile(
    r"^Results of (?P<date>\d{4}-\d\d-\d\d) on (?P<datasets>.+), made on (?P<machine>.+, \d+ cores?, "
    r"with Python [\d.]+\S*, TensorFlow [\d.]+\S* and DVC [\d.]+\S*)\.$",
    re.MULTILINE,
)


def parts_of(name: str, text: str, path: str = "README.md") -> list[str]:
    """A page around a block: what comes before, the first marker, the block, the second marker, and what comes after.
    Raises UserError where they are missing."""
    parts = BLOCKS[name].split(text, maxsplit=1)
    if len(parts) == 1:
        raise UserError(f"{path} has no <!-- {name} --> and <!-- end of {name} -->")
    return parts


def block_of(name: str, text: str, path: str = "README.md") -> str:
    """What stands between the two markers."""
    return parts_of(name, text, path)[2].strip("\n")


def takeaways(block: str) -> str:
    """A block without its lines of date and machine."""
    return ORIGIN.sub("", block).strip("\n")


def scores() -> str:
    """What `dvc metrics show --md` says of SHOWN. Raises FailedError where it fails."""
    paths = [f"metrics/digits/scores/{name}.json" for name in SHOWN]
    command = [sys.executable, "-m", "dvc", "metrics", "show", "--md", *paths]
    done = subprocess.run(command, text=True, capture_output=True)
    if done.returncode or "failed to load" in done.stderr:  # of a file that it cannot read it shows an empty row
        raise FailedError(f"`dvc metrics show` fails: {done.stderr.strip()}")
    return done.stdout.strip()


def processor() -> str:
    """Name of this machine's processor, as the system tells it."""
    if platform.system() == "Darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, text=True, capture_output=True).stdout.strip()
    known = Path("/proc/cpuinfo")
    named = re.search(r"^model name\s*: (.+)$", known.read_text() if known.exists() else "", re.MULTILINE)
    return named[1].strip() if named else platform.machine()


def machine() -> str:
    """This machine's processor, and how many cores it has."""
    cores = os.cpu_count()
    return f"{processor()}, {cores} core{'s' if cores > 1 else ''}"


def origin_of(block: str) -> str:
    """Lines of date and machine, one for all data sets that share both.

    The date is that of the last commit that changed a data set's results, or today where the working tree has others.
    What `block` says of a data set with this date and committed results stays: it may be of another machine.
    """
    standing = {name: line for line in ORIGIN.finditer(block) for name in line["datasets"].split(", ")}
    python, tensorflow, dvc = platform.python_version(), version("tensorflow"), version("dvc")
    here = f"{machine()}, with Python {python}, TensorFlow {tensorflow} and DVC {dvc}"
    names: dict[tuple[str, str], list[str]] = {}
    for dataset in sorted(path.parent.name for path in Path("metrics").glob("*/verdicts.json")):
        results, name = f"metrics/{dataset}", spoken(dataset)
        changed = git("status", "--porcelain", "--", results)
        when = str(date.today()) if changed else git("log", "-1", "--format=%cs", "--", results).strip()
        known = not changed and name in standing and standing[name]["date"] == when
        names.setdefault((when, standing[name]["machine"] if known else here), []).append(name)
    lines = (f"Results of {when} on {', '.join(sets)}, made on {machine}." for (when, machine), sets in names.items())
    return "\n".join(lines)


def main() -> None:
    readme, report = Path("README.md"), Path("REPORT.md")
    if not report.exists():
        raise UserError("REPORT.md is missing; `make demo` makes it from the digits")
    text = readme.read_text()
    origin = origin_of(block_of("takeaways", text))
    lines = takeaways(block_of("takeaways", report.read_text(), "REPORT.md"))
    new = text
    for name, content in {"takeaways": f"{lines}\n\n{origin}", "scores": f"\n{scores()}\n"}.items():
        before, begin, _, end, after = parts_of(name, new)
        new = f"{before}{begin}{content}\n{end}{after}"
    readme.write_text(new)
    print("README.md has the takeaways of REPORT.md and the scores" + ("" if new != text else " already"))
