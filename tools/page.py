"""All charts and comparing pictures as one page that works without a network: Vega is in it.

python -m tools.page [--base main]     writes dvc_plots/index.html, or dvc_plots/<base>/index.html with both revisions
python -m tools.page --template        only the frame that `dvc plots show` and `dvc plots diff` fill (see .dvc/config)
"""

import argparse
import re
import subprocess
from pathlib import Path

import vl_convert

from stages.catalogue import UserError, read_params, run
from tools.diff import Revision

FRAME = Path(".dvc/tmp/page.html")  # made, not committed: nearly all of it is Vega
VEGA_LITE = "5.21"  # the templates in .dvc/plots are written for version 5
CHARTS = ("metrics/summary/{}", "plots/curves/{}.csv", "plots/rate_distortion/{}.csv", "plots/cost/{}.csv", "plots/{}")
OVERALL = ("plots/overview.png", "plots/sweeps")


def write_frame() -> None:
    """The page without its charts: DVC puts them in place of {plot_divs}."""
    frame = Path(__file__).with_suffix(".html").read_text()
    FRAME.parent.mkdir(parents=True, exist_ok=True)
    FRAME.write_text(frame.replace("VEGA", vl_convert.javascript_bundle(vl_version=VEGA_LITE), 1))


def targets() -> list[str]:
    """What compares architectures, of all data sets that have been compared. Pictures of single cells are left out:
    there are more than a hundred, and Git does not keep them."""
    datasets = read_params()["datasets"]
    paths = [chart.format(dataset) for dataset in datasets for chart in CHARTS] + list(OVERALL)
    found = [path for path in paths if Path(path).exists()]
    if not found:
        raise UserError("nothing to show: no data set has been compared; `make demo` compares the digits")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", help="a revision to show beside the working tree")
    parser.add_argument("--template", action="store_true", help="write only the frame that DVC fills")
    arguments = parser.parse_args()
    write_frame()
    if arguments.template:
        return
    folder, command = Path("dvc_plots"), ["show"]
    if arguments.base:
        Revision(arguments.base)  # says so where there is none
        folder, command = folder / re.sub(r"\W", "-", arguments.base), ["diff", arguments.base, "--targets"]
    done = subprocess.run(
        ["dvc", "plots", *command, *targets(), "--out", str(folder), "--html-template", str(FRAME)],
        text=True,
        capture_output=True,
    )
    page = folder / "index.html"
    if done.returncode or not page.exists():
        raise UserError(f"dvc plots {command[0]} failed:\n{done.stderr.strip()}")
    if done.stderr.strip():
        print(done.stderr.strip())
    print(f"open {page.resolve()} in a browser; it needs no network")


if __name__ == "__main__":
    run(main)
