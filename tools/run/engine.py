"""Stages of DVC's graph, settled and recorded as `dvc repro` does it, but side by side.

While the command of one runs, DVC goes on with others; dvc.lock, which takes DVC seconds to read and write, is written
once for all stages.
"""

import threading
from argparse import Namespace
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from dvc.repo import Repo
from dvc.stage import Stage

from stages.common.stage import UserError
from tools.command import FailedError
from tools.run import cluster, steps
from tools.run.forked import load, needs_tensorflow
from tools.run.process import StoppedError
from tools.run.progress import Progress
from tools.run.threads import here
from tools.share import storage


class Run:
    """One reproduction; given: the arguments of the command line."""

    def __init__(self, repo: Repo, given: Namespace):
        self.repo, self.given = repo, given
        plan = steps.plan(repo, given.targets)
        self.stages = {stage.addressing: stage for stage in plan}
        self.before = {stage.addressing: needs for stage, needs in plan.items()}
        self.failed = set[str]()  # names of what failed
        self.finished = set[str]()  # names of what is to be recorded
        self.locks: dict[Path, bytes] = {}  # path of a lock file -> what it was when this run began
        self.dvc = threading.Lock()  # one thread at a time is in DVC
        self.progress = Progress(list(self.stages))
        self.early = self.progress.early

    def __call__(self) -> None:
        """Settle all stages; whatever ends this, what is finished is recorded. Raises FailedError where one fails."""
        try:
            if stale := self.stale():
                self.settle(stale)
        finally:
            self.record()
            self.progress.bar.close()
        counts = Counter(self.progress.outcomes.get(name, "not run as they need what failed") for name in self.stages)
        print(", ".join(f"{number} {outcome}" for outcome, number in counts.items()))
        if failed := [name for name in self.stages if name in self.failed]:
            raise FailedError(f"failed: {', '.join(failed)}; the reason is above")

    def stale(self) -> list[str]:
        """Names of what is not up to date, after data that the remote has were brought."""
        if self.given.remote:
            steps.pull(self.repo, list(self.stages.values()))
        stale = list[str]()
        for name, stage in self.stages.items():
            if not self.before[name].isdisjoint(stale) or stage.status():
                stale.append(name)
            else:
                self.progress.note(name, "unchanged")
                self.early.settled(name)
        return stale

    def settle(self, stale: list[str]) -> None:
        """Have workers elsewhere run what the run cache remembers, take that over, and run the rest here."""
        if any(map(needs_tensorflow, stale)):
            load()
        with here(self.given.jobs) as run:
            try:
                if self.given.scheduler:
                    with cluster.elsewhere(self.repo, self.given, self.progress.bar.write) as run_elsewhere:
                        names = [name for name in stale if steps.remembered(self.stages[name])]
                        self.run(run_elsewhere, names, cluster.reproduce, self.given.remote)
            finally:
                if self.given.remote:  # the records of its runs, as `dvc repro --pull` does
                    self.repo.stage_cache.transfer(storage(self.repo), self.repo.cache.legacy, force=False)
                self.run(run, [name for name in stale if name in self.progress.outcomes], self.reproduce)
            self.run(run, [name for name in stale if name not in self.progress.outcomes], self.reproduce)

    def run(self, run: Callable, names: list[str], function: Callable, *given) -> None:
        """Run stages as tasks and note what becomes of them."""
        before = {name: self.before[name] for name in names if self.failed.isdisjoint({name} | self.before[name])}
        for name, error, result, running in run(before, function, *given):
            if not error and name not in self.progress.outcomes:
                self.progress.note(name, *result)
            elif error and self.before[name].isdisjoint(self.failed):
                self.failed.add(name)
                self.progress.note(name, "failed", error=error)
            self.progress.show(running)

    def reproduce(self, name: str, start: Callable) -> tuple[str, float | None]:
        """What became of a stage that is settled here, and the seconds that its command took."""
        stage = self.stages[name]
        with self.dvc:
            outcome = steps.begin(stage, bool(self.given.remote))
            if not outcome and name in self.progress.outcomes:
                raise UserError("it ran, but not on the files of this commit: has the worker's clone other changes?")
        seconds = None if outcome else self.command(stage, start)
        with self.dvc:
            if not outcome:
                steps.finish(stage)
            if outcome != "unchanged":
                self.finished.add(name)
                if not steps.remembered(stage):
                    self.record()  # in dvc.lock it survives kill -9; others do in the run cache
        self.early.settled(name, None if outcome else start)
        return outcome or "ran", seconds

    def command(self, stage: Stage, start: Callable) -> float:
        """Run the command of a stage; the seconds it took. One that is stopped leaves what was there before."""
        commands, settings = steps.command(stage)
        try:
            return start(commands, **settings)
        except StoppedError:
            with self.dvc:
                steps.put_back(stage)
            raise

    def record(self) -> None:
        """Write what is finished into lock files, in a fixed order."""
        steps.record(self.repo, [stage for name, stage in self.stages.items() if name in self.finished], self.locks)
