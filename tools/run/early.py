"""First answers: the page of a data set on the architectures that are scored already, while others are at work.

It stands until the page of all is there. No error in it is an error of the run.
"""

import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from statistics import fmean

from stages.common.names import spoken
from stages.common.results import read_metrics, read_references
from tools.run.early_page import remove_page, write_page
from tools.run.process import StoppedError
from tools.run.stage_names import parts

STEP = 3  # architectures that the first page needs, and each later one more than the one before


class Early:
    """What is known of data sets before all their cells are scored. names: of all stages; say: prints a line."""

    def __init__(self, names: list[str], say: Callable[[str], None]):
        self.say = say
        self.cells = defaultdict(list)  # data set -> architectures, in their order
        for kind, dataset, architecture in map(parts, names):
            if kind == "evaluate":
                self.cells[dataset].append(architecture)
        self.scored: defaultdict[str, set[str]] = defaultdict(set)  # data set -> architectures
        self.told: defaultdict[str, int] = defaultdict(int)  # data set -> of how many architectures its page tells
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


def in_front(dataset: str, architectures: list[str]) -> str:
    """Who has the best mean in most cases of which tasks, which need not be beyond chance, in words."""
    metrics, led = read_metrics(dataset, architectures), defaultdict(list)
    for name, task in read_references(dataset)[0].items():
        leaders = Counter[str]()
        for measure in (case.measure for case in task.by_case().values()):
            scores = {own: content["scores"].get(name, {}) for own, content in metrics.items()}
            means = {own: fmean(values[measure]) for own, values in scores.items() if measure in values}
            if means:
                leaders[(min if task.lower_is_better else max)(means, key=means.get)] += 1
        for leader, _ in leaders.most_common(1):
            led[leader].append(spoken(name))
    return "best so far: " + ", ".join(f"{spoken(leader)} ({', '.join(tasks)})" for leader, tasks in led.items())
