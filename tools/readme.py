"""Takeaways of REPORT.md, brought to README.md with the date and the machine of the results.

python -m tools.readme

Run it where the results were made: the machine that it names is the one that it runs on.
"""

import os
import platform
import re
import subprocess
from datetime import date
from importlib.metadata import version
from pathlib import Path

from stages.common.stage import UserError, run
from tools.revisions import git

BLOCK = re.compile(r"(<!-- takeaways\b[^>]*-->\n)(.*?)(<!-- end of takeaways -->)", re.DOTALL)
ORIGIN = re.compile(
    r"^Results of (?P<date>\d{4}-\d\d-\d\d), made on .+, \d+ cores?, "
    r"with Python [\d.]+\S*, TensorFlow [\d.]+\S* and DVC [\d.]+\S*\.$",
    re.MULTILINE,
)
RESULTS = ("dvc.lock", "metrics")  # the paths whose last change is the date


def block_of(text: str, path: str) -> str:
    """What stands between the two markers. Raises UserError where they are missing."""
    found = BLOCK.search(text)
    if not found:
        raise UserError(f"{path} has no <!-- takeaways --> and <!-- end of takeaways -->")
    return found[2].strip("\n")


def takeaways(block: str) -> str:
    """A block without its line of date and machine."""
    return ORIGIN.sub("", block).strip("\n")


def filled(readme: str, report: str, origin: str) -> str:
    """README.md with the takeaways of REPORT.md and a line that says where they come from."""
    own = takeaways(block_of(report, "REPORT.md"))
    block_of(readme, "README.md")  # says so where there is none
    return BLOCK.sub(lambda found: f"{found[1]}{own}\n\n{origin}\n{found[3]}", readme)


def processor() -> str:
    """Name of this machine's processor, as the system tells it."""
    if platform.system() == "Darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, text=True, capture_output=True).stdout.strip()
    known = Path("/proc/cpuinfo")
    named = re.search(r"^model name\s*: (.+)$", known.read_text() if known.exists() else "", re.MULTILINE)
    return named[1].strip() if named else platform.machine()


def origin_of(block: str) -> str:
    """The line of date and machine.

    The date is that of the last commit that changed the results, or today where the working tree has others. A line in
    `block` that has this date and committed results behind it stays: it may be of another machine than this one.
    """
    changed = git("status", "--porcelain", "--", *RESULTS)
    when = str(date.today()) if changed else git("log", "-1", "--format=%cs", "--", *RESULTS).strip()
    standing = ORIGIN.search(block)
    if standing and standing["date"] == when and not changed:
        return standing[0]
    cores = os.cpu_count()
    return (
        f"Results of {when}, made on {processor()}, {cores} core{'s' if cores > 1 else ''}, with Python "
        f"{platform.python_version()}, TensorFlow {version('tensorflow')} and DVC {version('dvc')}."
    )


def main() -> None:
    readme, report = Path("README.md"), Path("REPORT.md")
    if not report.exists():
        raise UserError("REPORT.md is missing; `make demo` makes it from the digits")
    text = readme.read_text()
    new = filled(text, report.read_text(), origin_of(block_of(text, "README.md")))
    readme.write_text(new)
    print("README.md has the takeaways of REPORT.md" + ("" if new != text else " already"))


if __name__ == "__main__":
    run(main)
