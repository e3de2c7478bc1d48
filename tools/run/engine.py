"""Takes stages from DVC's graph one after the other, hands them out and records what comes back."""

import queue
import signal
import time
from collections import Counter, defaultdict
from graphlib import TopologicalSorter
from heapq import heappop, heappush
from statistics import fmean

from distributed import Future
from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc.stage import Stage
from tqdm import tqdm

from stages.common.stage import UserError
from tools.run import pipeline, work
from tools.run.places import Elsewhere, Here

BATCH = 30  # seconds until a finished stage that the run cache does not remember is in dvc.lock at the latest
STOPS = signal.SIGINT, signal.SIGTERM


class Run:
    """Stages on their way: waiting for others, ready, running, settled."""

    def __init__(self, repo: Repo, targets: list[str], here: Here, elsewhere: Elsewhere | None, jobs: int):
        self.repo, self.here, self.elsewhere, self.jobs = repo, here, elsewhere, jobs
        upstream = pipeline.plan(repo, targets)
        self.plan = list(upstream)
        if elsewhere:
            elsewhere.check(self.plan)
        self.locks = pipeline.read_locks(self.plan)
        self.waiting = TopologicalSorter(upstream)
        self.waiting.prepare()
        self.before = {}  # stage -> all that come before it
        for stage, own in upstream.items():
            self.before[stage] = own.union(*(self.before[one] for one in own))
        self.ready = []  # heap, the deepest first: a cell is scored before the next one is trained
        self.running = {}  # future -> stage and place
        self.settled = {}  # stage -> "unchanged", "cached", "checked", "ran" or "failed"
        self.recorded = 0  # how many stages are in their lock files
        self.exposed = None  # since when there is a finished stage that kill -9 would undo
        self.seconds = defaultdict(list)  # kind of stage -> what each took
        self.events = queue.SimpleQueue()  # futures that have ended; None: stop
        self.bar = tqdm(total=len(self.plan), disable=None, bar_format="{n}/{total} |{bar}| {desc}")

    def __call__(self) -> None:
        """Settle all stages; whatever ends this, what is finished is recorded."""
        # A signal waits for DVC to end what it writes.
        former = {name: signal.signal(name, lambda *_: self.events.put(None)) for name in STOPS}
        try:
            with pipeline.locked(self.repo, self.plan):
                while self.step():
                    self.show()
        finally:
            try:
                self.stop()
            finally:
                self.record()
            self.repo.scm_context.ignored_paths.clear()  # an error is no reason to show Git what is finished
            self.bar.close()
            for name, handler in former.items():
                signal.signal(name, handler)

    def step(self) -> bool:
        """Take note of a task that has ended, or start a stage, or wait a second. False once all is settled."""
        for stage in self.waiting.get_ready():
            heappush(self.ready, (-len(self.before[stage]), self.plan.index(stage)))
        for news in self.elsewhere.look() if self.elsewhere else ():
            self.bar.write(news)
        free = self.ready and (self.elsewhere or len(self.running) < self.jobs)
        if not free and not self.running:
            return False
        try:
            future = self.events.get(timeout=0 if free else 1)
        except queue.Empty:
            if free:
                self.start(self.plan[heappop(self.ready)[1]])
        else:
            if not future:
                raise UserError("stopped; what is finished is recorded, and the same command takes up from there")
            self.finish(future)
        if self.exposed and time.monotonic() - self.exposed > BATCH:
            self.record()
        return True

    def start(self, stage: Stage) -> None:
        try:
            outcome = pipeline.settle(self.repo, stage, self.elsewhere and self.elsewhere.remote)
            if outcome:
                self.settle(stage, outcome)
            else:
                self.submit(stage)
        except DvcException as error:
            self.fail(stage, str(error))

    def submit(self, stage: Stage) -> None:
        place = self.elsewhere if self.elsewhere and pipeline.remembered(stage) else self.here
        future = place.submit(stage, self.before[stage])
        self.running[future] = stage, place
        future.add_done_callback(self.events.put)

    def finish(self, future: Future) -> None:
        stage, place = self.running.pop(future)
        try:
            result = future.result()
        except Exception as error:  # Dask's own, such as a worker that died with this stage again and again
            self.fail(stage, str(error))
            return
        if result.code == work.UNFIT and place is self.elsewhere:
            self.bar.write(place.refuse(result.worker, result.output.strip()))
            self.submit(stage)
        elif result.code:
            self.fail(stage, f"{result.output}its command ended with {result.code}")
        else:
            try:
                place.keep(stage)
            except DvcException as error:
                self.fail(stage, f"{result.output}{error}")
            else:
                self.seconds[kind(stage)].append(result.seconds)
                self.settle(stage, "ran", f" in {result.seconds:.1f} s")

    def settle(self, stage: Stage, outcome: str, detail: str = "") -> None:
        self.settled[stage] = outcome
        self.waiting.done(stage)
        self.bar.update()
        if outcome != "unchanged":
            self.bar.write(f"{stage.addressing}: {outcome}{detail}")
            if not pipeline.remembered(stage):
                self.exposed = self.exposed or time.monotonic()

    def fail(self, stage: Stage, why: str) -> None:
        """Without a word to those who wait for it, they are never ready."""
        self.settled[stage] = "failed"
        self.bar.update()
        self.bar.write(f"{stage.addressing}: failed\n{why.rstrip()}\n")

    def record(self) -> None:
        settled = [stage for stage in self.plan if self.settled.get(stage) in ("cached", "checked", "ran")]
        if len(settled) > self.recorded:
            pipeline.record(self.repo, settled, self.locks)
        self.recorded, self.exposed = len(settled), None

    def stop(self) -> None:
        """End what runs, as if it had never begun."""
        for place in {place for _, place in self.running.values()}:
            place.stop([future for future, (_, own) in self.running.items() if own is place])
        for stage, _ in self.running.values():
            pipeline.put_back(self.repo, stage)

    def show(self) -> None:
        counts = Counter(self.settled.values())
        text = f"{len(self.running)} running, {counts['failed']} failed"
        means = {name: fmean(taken) for name, taken in self.seconds.items()}
        if means and self.running:
            rest = [means.get(kind(stage), fmean(means.values())) for stage in self.plan if stage not in self.settled]
            text += f", {tqdm.format_interval(sum(rest) / len(self.running))} left"
        self.bar.set_description_str(text)

    def summary(self) -> str:
        counts = Counter(self.settled.values())
        counts["not run as they need what failed"] = len(self.plan) - len(self.settled)
        return ", ".join(f"{number} {outcome}" for outcome, number in counts.items() if number)


def kind(stage: Stage) -> str:
    """The name of a stage without its place in the matrix."""
    return stage.addressing.partition("@")[0]
