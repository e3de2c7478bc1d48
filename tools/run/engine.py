"""Stages of DVC's graph, settled and recorded as `dvc repro` does it, but side by side.

DVC does all that it does for a stage, but for two things: its command runs in a thread while DVC goes on with others,
and dvc.lock, which takes DVC seconds to read and write, is written once for all stages.
"""

import threading
from argparse import Namespace
from collections import Counter, defaultdict
from contextlib import nullcontext, suppress
from itertools import chain
from pathlib import Path
from statistics import fmean
from unittest import mock

import networkx as nx
from distributed import Client
from dvc.dvcfile import PROJECT_FILE, Lockfile
from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc.repo.reproduce import collect_stages, get_active_graph
from dvc.stage import PipelineStage, Stage
from dvc.stage.run import _enforce_cmd_list, _make_cmd, get_executable, prepare_kwargs
from dvc.stage.serialize import to_single_stage_lockfile
from tqdm import tqdm

from stages.common.stage import UserError
from tools.run import tasks
from tools.share import storage


class Run:
    """One reproduction; given: the arguments of the command line."""

    def __init__(self, repo: Repo, given: Namespace):
        self.repo, self.given = repo, given
        graph = get_active_graph(repo.index.graph)
        first = str(Path(repo.root_dir, PROJECT_FILE))  # by its name as a target it would be read once more
        targets = collect_stages(repo, given.targets) or [node for node in graph if node.path == first]
        # As `plan_repro` has it, but for that: the order of some targets hangs on the seed of Python's hashes there.
        plan = dict.fromkeys(chain.from_iterable(nx.dfs_postorder_nodes(graph, target) for target in targets))
        self.stages = {stage.addressing: stage for stage in plan}
        self.before = {stage.addressing: {other.addressing for other in nx.descendants(graph, stage)} for stage in plan}
        self.outcomes = {}  # name -> "unchanged", "cached", "ran" or "failed"
        self.failed = set()  # names of what failed
        self.begun = {}  # name of a stage whose outputs are gone and not there yet -> seconds that its command took
        self.finished = set()  # names of what is to be recorded
        self.locks = {}  # path of a lock file -> what it was when this run began
        self.dvc = threading.Lock()  # one thread at a time is in DVC
        self.seconds = defaultdict(list)  # kind of stage -> what each took
        self.bar = tqdm(total=len(plan), disable=None, bar_format="{n}/{total} |{bar}| {desc}")

    def __call__(self) -> None:
        """Settle all stages; whatever ends this, what is finished is recorded. Raises UserError where one fails."""
        # The lock of the repository is held for the whole run. To let it go for a command, and to lock single files, is
        # for commands of DVC that run side by side.
        command = mock.patch("dvc.stage.run.unlocked_repo", lambda _: self.command)
        try:
            with command, mock.patch("dvc.rwlock.rwlock", lambda *_: nullcontext()):
                if stale := self.stale():
                    self.settle(stale)
        finally:
            for name in self.begun:
                self.put_back(self.stages[name])
            self.record()
            self.bar.close()
        counts = Counter(self.outcomes.get(name, "not run as they need what failed") for name in self.stages)
        print(", ".join(f"{number} {outcome}" for outcome, number in counts.items()))
        if self.failed:
            raise UserError(f"failed: {', '.join(filter(self.failed.__contains__, self.stages))}; why stands above")

    def stale(self) -> list[str]:
        """Names of what is not up to date, after data that the remote has were brought."""
        if self.given.remote:
            known = [stage for stage in self.stages.values() if all(out.hash_info for out in stage.outs)]
            missing = [stage.addressing for stage in known if stage.changed() and not stage.changed(allow_missing=True)]
            if missing:
                with suppress(DvcException):  # what the remote lacks is made anew
                    self.repo.pull(missing)
        stale = []
        for name, stage in self.stages.items():
            if not self.before[name].isdisjoint(stale) or stage.changed():
                stale.append(name)
            else:
                self.note(name, "unchanged")
        return stale

    def settle(self, stale: list[str]) -> None:
        """Have workers elsewhere run what the run cache remembers, take that over, and run the rest here."""
        with tasks.here(self.given.jobs, self.reproduce) as (client, _):
            try:
                if self.given.scheduler:
                    with tasks.elsewhere(self.repo, self.given, self.bar.write) as (workers, home):
                        self.run(workers, [name for name in stale if remembered(self.stages[name])], home)
            finally:
                if self.given.remote:  # the records of its runs, as `dvc repro --pull` does
                    self.repo.stage_cache.transfer(storage(self.repo), self.repo.cache.legacy, force=False)
                self.run(client, [name for name in stale if name in self.outcomes], {})
            self.run(client, [name for name in stale if name not in self.outcomes], {})

    def run(self, client: Client, names: list[str], home: dict) -> None:
        """Run stages as tasks and note what becomes of them."""
        before = {name: self.before[name] for name in names if self.failed.isdisjoint({name} | self.before[name])}
        for name, error, result in tasks.run(client, before, "tools.run.tasks:reproduce", home):
            if not error and name not in self.outcomes:
                self.note(name, *result)
            elif error and self.before[name].isdisjoint(self.failed):
                self.failed.add(name)
                self.note(name, "failed", error)
            self.show(sum(map(len, client.processing().values())))

    def reproduce(self, name: str) -> tuple[str, float | None]:
        """What became of a stage that is settled here, and the seconds that its command took."""
        stage = self.stages[name]
        with self.dvc:
            try:
                changed = stage.reproduce(pull=bool(self.given.remote))
            except (DvcException, UserError) as error:
                self.begun.pop(name, None)
                raise UserError(str(error)) from None
            seconds = self.begun.pop(name, None)
            if not changed:
                return "unchanged", None
            self.finished.add(name)
            if not remembered(stage):
                self.record()  # in dvc.lock it survives kill -9; others do in the run cache
            return "cached" if seconds is None else "ran", seconds

    def command(self, stage: Stage, **_) -> None:
        """In the place of DVC's own function, which runs a command while nothing else happens."""
        if stage.addressing in self.outcomes:
            raise UserError("it ran, but not on the files of this commit: has the worker's clone changes of its own?")
        self.begun[stage.addressing] = None
        lines = [_make_cmd(get_executable(), line) for line in _enforce_cmd_list(stage.cmd)]
        self.dvc.release()
        try:
            self.begun[stage.addressing] = tasks.execute(lines, **prepare_kwargs(stage))
        finally:
            self.dvc.acquire()

    def put_back(self, stage: Stage) -> None:
        """Remove what an interrupted stage has written and bring back its outputs of dvc.lock that the cache has."""
        stage.remove_outs()
        if all(out.hash_info for out in stage.outs):
            # As the run cache does it: to this stage of DVC's also the metrics and plots that Git keeps are cached.
            former = self.repo.stage_cache._create_stage(to_single_stage_lockfile(stage), wdir=stage.wdir)
            if former.outs_cached():
                former.checkout()

    def record(self) -> None:
        """Write what is finished into lock files, at no moment half, and in an order that does not hang on chance."""
        finished = defaultdict(list)
        for name, stage in self.stages.items():
            if name in self.finished and isinstance(stage, PipelineStage):
                finished[Path(stage.dvcfile._lockfile.path)].append(stage)
            elif name in self.finished:
                stage.dump()
        for path, own in finished.items():
            new = Path(self.repo.tmp_dir, path.name)
            new.write_bytes(self.locks.setdefault(path, path.read_bytes() if path.exists() else b""))
            Lockfile(self.repo, str(new)).dump_stages(own)
            new.replace(path)

    def note(self, name: str, outcome: str, detail: object = None) -> None:
        """Say what became of a stage; detail: the seconds that it ran, or why it failed."""
        self.outcomes[name] = outcome
        if outcome == "ran":
            self.seconds[kind(name)].append(detail)
            self.bar.write(f"{name}: ran in {detail:.1f} s")
        elif outcome != "unchanged":
            self.bar.write(f"{name}: {outcome}" + f"\n{detail}\n" * (outcome == "failed"))

    def show(self, running: int) -> None:
        """Bring the bar up to date."""
        text = f"{running} running, {len(self.failed)} failed"
        if running and self.seconds:
            means = {name: fmean(taken) for name, taken in self.seconds.items()}
            rest = [means.get(kind(name), fmean(means.values())) for name in self.stages if name not in self.outcomes]
            text += f", {tqdm.format_interval(sum(rest) / running)} left"
        self.bar.n = len(self.outcomes)
        self.bar.set_description_str(text)


def kind(name: str) -> str:
    """The name of a stage without its place in the matrix."""
    return name.partition("@")[0]


def remembered(stage: Stage) -> bool:
    """Does the run cache take this stage? Not where Git keeps a plain output, nor where an output persists."""
    kept = any(out.persist or not (out.use_cache or out.is_metric or out.is_plot) for out in stage.outs)
    return bool(stage.cmd and stage.deps and stage.outs and not kept and not stage.always_changed)
