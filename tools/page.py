"""Live page of every data set whose models are here, to try each network in a browser.

python -m tools page                      writes data/<data set>/page/index.html for each
python -m tools page --picture page.png   takes a picture of the digits' page with Chromium

--picture: the file that the picture is written to
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from stages.common.params import read_params
from stages.common.results import architectures_of
from stages.common.stage import UserError
from tools.command import FailedError

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DATASET, WIDTH, HEIGHT = "digits", 1280, 1000  # of the picture
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
IN_PLACE = """<script>
// In place of the worker: Chromium waits for what the page itself does, not for a worker, before it takes a picture.
window.Worker = function () {
  const behind = { postMessage: (data) => this.onmessage({ data }) };
  const code = ["engine.js", "worker"].map((id) => document.getElementById(id).textContent).join("");
  new Function("self", code)(behind);
  this.postMessage = (data) => behind.onmessage({ data });
};
</script>"""


def ready(params: dict) -> list[str]:
    """Data sets that have been compared and whose models are all here."""
    compared = [name for name in params["datasets"] if any(Path("metrics", name, "summary").glob("*.json"))]
    models = {name: Path("data", name, "models") for name in compared}
    return [
        name
        for name, folder in models.items()
        if all((folder / own / "training.json").exists() for own in architectures_of(params, name))
    ]


def page_of(dataset: str) -> Path:
    return Path("data", dataset, "page/index.html")


def take(page: Path, picture: Path) -> None:
    """A picture of a page as it opens, a PNG. Raises UserError where there is no Chromium."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not browser:
        raise UserError(f"taking a picture needs a browser: install one of {', '.join(BROWSERS)}")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "page.html"
        copy.write_text(POLICY.sub(lambda _: IN_PLACE, page.read_text(), count=1))
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder}"]
        options += [f"--window-size={WIDTH},{HEIGHT}", "--virtual-time-budget=20000"]
        options += [f"--screenshot={picture.resolve()}"]
        done = subprocess.run([browser, *options, copy.as_uri()], text=True, capture_output=True)
    if done.returncode or not picture.exists():
        raise FailedError(f"{browser} took no picture:\n{done.stderr.strip()}")


def main(*, picture: str = "") -> None:
    if picture:
        if not page_of(DATASET).exists():
            raise UserError(f"{page_of(DATASET)} is missing: `python -m tools page` writes it")
        take(page_of(DATASET), Path(picture))
        return
    datasets = ready(read_params())
    if not datasets:
        raise UserError("no data set has all its models here; `make demo` trains those of the digits, in minutes")
    stages = [f"{stage}@{dataset}" for stage in ("export", "page") for dataset in datasets]
    if subprocess.run([sys.executable, "-m", "dvc", "repro", "--single-item", *stages]).returncode:
        raise FailedError("the pages could not be made; the reason is above")
    for dataset in datasets:
        print(f"open {page_of(dataset).resolve()} in a browser; it works offline")
