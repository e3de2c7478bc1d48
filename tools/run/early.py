"""First answers: the page of a data set on the architectures that are scored already, while others are at work.

It is made by the code of the stages that make the page of all, in a copy of their settings, and stands where neither
Git nor DVC looks, data/<data set>/early/, until that page is there. No error in it is an error of the run.
"""

import json
import os
import re
import shutil
import sys
import tempfile
import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import fmean

from stages.common.names import spoken
from stages.common.params import read_params
from stages.common.results import read_metrics, read_references
from stages.common.stage import fresh
from tools.run.process import StoppedError

STEP = 3  # architectures that the first page needs, and each later one more than the one before
FIGURES = ("tasks", "reconstructions", "denoised", "samples")  # others take most of the seconds
STAGES = """
import runpy
for name in ("stages.judge", "stages.draw", "stages.tell.describe"):
    runpy.run_module(name, run_name="__main__")
"""


class Early:
    """What is known of data sets before all their cells are scored. names: of all stages; say: prints a line."""

    def __init__(self, names: list[str], say: Callable[[str], None]):
        self.say = say
        self.cells = defaultdict(list)  # data set -> architectures, in their order
        for kind, dataset, architecture in map(parts, names):
            if kind == "evaluate":
                self.cells[dataset].append(architecture)
        self.scored = defaultdict(set)  # data set -> architectures
        self.told = defaultdict(int)  # data set -> of how many architectures its page tells
        self.writing = threading.Lock()

    def settled(self, name: str, start: Callable | None = None) -> None:
        """Take note of a stage that is up to date. start: of one that has just run, what runs commands; then the page
        is written where it would tell more, others are still at work and none is being written."""
        kind, dataset, architecture = parts(name)
        if kind == "describe":
            remove_page(dataset)
        if kind != "evaluate":
            return
        self.scored[dataset].add(architecture)
        more = len(self.scored[dataset]) - self.told[dataset] >= STEP
        if start and more and len(self.scored[dataset]) < len(self.cells[dataset]) and self.writing.acquire(False):
            try:
                self._write(dataset, start)
            finally:
                self.writing.release()

    def _write(self, dataset: str, start: Callable) -> None:
        first, everyone = not self.told[dataset], self.cells[dataset]
        scored = [name for name in everyone if name in self.scored[dataset]]
        self.told[dataset] = len(scored)
        try:
            page = write_page(dataset, scored, len(everyone), start)
        except StoppedError:
            return
        except Exception as error:  # whatever it is, the page of all will say it better
            self.told[dataset] = len(everyone)  # so that it is said once
            self.say(f"no first answer on {dataset}: {' '.join(str(error).splitlines()[-2:])[-200:]}")
        else:
            if first:
                self.say(f"first answer, of {len(scored)} architectures: {page}")

    def known(self, name: str) -> str:
        """What the line of a stage says besides: of a scored cell, which networks are the best so far; else ""."""
        kind, dataset, _ = parts(name)
        scored = [name for name in self.cells[dataset] if name in self.scored[dataset]]
        try:
            return f"; {in_front(dataset, scored)}" if kind == "evaluate" and len(scored) > 1 else ""
        except Exception:  # it is no more than a line
            return ""


def parts(name: str) -> tuple[str, str, str]:
    """Kind, data set and architecture of a stage, "" for what it has not."""
    kind, _, place = name.partition("@")
    dataset, _, architecture = place.partition("-")
    return kind, dataset, architecture


def in_front(dataset: str, architectures: list[str]) -> str:
    """Who has the best mean in most cases of which tasks, which need not be beyond chance, in words."""
    metrics, led = read_metrics(dataset, architectures), defaultdict(list)
    for name, task in read_references(dataset)[0].items():
        leaders = Counter()
        for measure in (case.measure for case in task.by_case().values()):
            scores = {own: content["scores"].get(name, {}) for own, content in metrics.items()}
            means = {own: fmean(values[measure]) for own, values in scores.items() if measure in values}
            if means:
                leaders[(min if task.lower_is_better else max)(means, key=means.get)] += 1
        for leader, _ in leaders.most_common(1):
            led[leader].append(spoken(name))
    return "best so far: " + ", ".join(f"{spoken(leader)} ({', '.join(tasks)})" for leader, tasks in led.items())


def write_page(dataset: str, architectures: list[str], count: int, start: Callable) -> Path:
    """Write the page on some architectures, of `count` in all; its path. start: runs commands.

    Raises UserError where a stage does.
    """
    with tempfile.TemporaryDirectory() as place:
        metrics, plots = Path(place, "metrics", dataset), Path(place, "plots", dataset)
        for folder, names in ((metrics, ("scores", "tuning", "references.json")), (plots, ("shown",))):
            folder.mkdir(parents=True)
            for name in names:  # links, as cells that are at work replace files there
                (folder / name).symlink_to(Path(folder.relative_to(place), name).absolute())
        Path(place, "params.yaml").write_text(json.dumps(settings(read_params(), dataset, architectures)))
        path = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
        start([[sys.executable, "-c", STAGES, "--dataset", dataset]], cwd=place, env=os.environ | {"PYTHONPATH": path})
        early = fresh(folder_of(dataset))
        for name in ("pictures", "latent_size.png"):
            shutil.move(plots / name, early / name)
        text = (plots / "README.md").read_text().replace("](../../", "](../../../")
        text = re.sub(r"\]\(\.\./(?!\.\.)", "](../../../plots/", text)
    note = (
        f"> A first answer, of {len(architectures)} of {count} architectures; that of all: `plots/{dataset}/README.md`"
    )
    (early / "README.md").write_text(text.replace("\n\n", f"\n\n{note}\n\n", 1))
    return early / "README.md"


def settings(params: dict, dataset: str, architectures: list[str]) -> dict:
    """Settings under which a page tells of these architectures alone, with the pictures that take little time."""
    folder = params["data"][dataset]["folder"]
    params["architectures"] = architectures
    params["data"][dataset]["folder"] = folder and folder | {"architectures": architectures}
    params["figures"]["dataset"] = [name for name in params["figures"]["dataset"] if name in FIGURES]
    params["ablated"]["datasets"] = []
    return params


def folder_of(dataset: str) -> Path:
    """Where the early page of a data set stands."""
    return Path("data", dataset, "early")


def remove_page(dataset: str) -> None:
    """Remove the early page of a data set, if there is one: that of all architectures is there."""
    shutil.rmtree(folder_of(dataset), ignore_errors=True)
