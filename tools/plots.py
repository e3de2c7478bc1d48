"""All charts and comparing pictures on one page that opens without an internet connection.

python -m tools plots [--base main]     writes dvc_plots/index.html, or dvc_plots/<base>/index.html of both revisions
python -m tools plots --template

--base: the revision that is compared with
--template: only the frame that `dvc plots show` and `dvc plots diff` fill (see .dvc/config)
"""

import re
import subprocess
import sys
from pathlib import Path

import vl_convert

from stages.common.params import read_params
from stages.common.stage import UserError
from tools.command import FailedError
from tools.revisions import Revision

FRAME = Path(".dvc/tmp/page.html")  # made, not committed: nearly all of it is Vega
VEGA_LITE = "5.21"  # the templates in .dvc/plots are written for version 5
CHARTS: tuple[str, ...] = ("metrics/{}/summary", "plots/{}/curves.csv", "plots/{}/rate_distortion.csv")
CHARTS += ("plots/{}/cost.csv", "plots/{}/pictures", "plots/{}/latent_size.png", "plots/{}/ablations")
OVERALL = ("plots/overview.png",)


def write_frame() -> None:
    """The page without its charts: DVC puts them in place of {plot_divs}."""
    frame = Path(__file__).with_suffix(".html").read_text()
    FRAME.parent.mkdir(parents=True, exist_ok=True)
    vega = vl_convert.javascript_bundle(vl_version=VEGA_LITE)  # type: ignore[call-arg]  # its stub asks for a snippet
    FRAME.write_text(frame.replace("VEGA", vega, 1))


def targets() -> list[str]:
    """Charts and pictures that compare architectures, of all data sets that have been compared. Pictures of single
    architectures are left out: there are more than a hundred, and Git does not keep them."""
    datasets = read_params()["datasets"]
    paths = [chart.format(dataset) for dataset in datasets for chart in CHARTS] + list(OVERALL)
    found = [path for path in paths if Path(path).is_file() or any(Path(path).glob("[!.]*"))]
    if not found:
        raise UserError("nothing to show: no data set has been compared; `make demo` compares the digits")
    return found


def main(*, base: str | None = None, template: bool = False) -> None:
    write_frame()
    if template:
        return
    folder, command = Path("dvc_plots"), ["show"]
    if base:
        Revision(base)  # says so where there is none
        folder, command = folder / re.sub(r"\W", "-", base), ["diff", base, "--targets"]
    drawing = [sys.executable, "-m", "dvc", "plots", *command, *targets()]
    drawing += ["--out", str(folder), "--html-template", str(FRAME)]
    done = subprocess.run(drawing, text=True, capture_output=True)
    page = folder / "index.html"
    if done.returncode or not page.exists():
        raise FailedError(f"dvc plots {command[0]} failed:\n{done.stderr.strip()}")
    if done.stderr.strip():
        print(done.stderr.strip())
    print(f"open {page.resolve()} in a browser; it works offline")
