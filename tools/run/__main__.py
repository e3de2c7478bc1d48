"""Brings stages up to date as `dvc repro` does, as many at a time as there are cores.

python -m tools.run [TARGETS ...] [--jobs 4]

What is stale, what the run cache has and what dvc.lock says are DVC's. The commands of stages run as tasks on Dask.
"""

import argparse
import logging
import os
import queue
import signal
import sys
import time
from collections import Counter, defaultdict
from graphlib import TopologicalSorter
from heapq import heappop, heappush
from statistics import fmean

from distributed import Client, Future, LocalCluster
from dvc.exceptions import DvcException
from dvc.repo import Repo, lock_repo
from dvc.stage import Stage
from tqdm import tqdm

from stages.catalogue import UserError, run
from tools.run import pipeline, work

BATCH = 30  # seconds until a finished stage that the run cache does not remember is in dvc.lock at the latest
STOPS = signal.SIGINT, signal.SIGTERM


class Run:
    """Stages on their way: waiting for others, ready, running, settled."""

    def __init__(self, repo: Repo, targets: list[str], client: Client, jobs: int):
        self.repo, self.client, self.jobs = repo, client, jobs
        upstream = pipeline.plan(repo, targets)
        self.plan = list(upstream)
        self.locks = pipeline.read_locks(self.plan)
        self.waiting = TopologicalSorter(upstream)
        self.waiting.prepare()
        self.depth = {}  # stage -> how many come before it, one after the other
        for stage, before in upstream.items():
            self.depth[stage] = 1 + max((self.depth[one] for one in before), default=-1)
        self.ready = []  # heap, the deepest first: a cell is scored before the next one is trained
        self.running = {}  # name -> stage
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
            while True:
                for stage in self.waiting.get_ready():
                    heappush(self.ready, (-self.depth[stage], self.plan.index(stage)))
                free = self.ready and len(self.running) < self.jobs
                if not free and not self.running:
                    break
                self.show()
                try:
                    future = self.events.get(timeout=0 if free else 1)
                except queue.Empty:
                    if free:
                        self.start(self.plan[heappop(self.ready)[1]])
                else:
                    if future is None:
                        self.stop()
                    self.finish(future)
                if self.exposed and time.monotonic() - self.exposed > BATCH:
                    self.record()
        finally:
            self.record()
            self.bar.close()
            for name, handler in former.items():
                signal.signal(name, handler)

    def start(self, stage: Stage) -> None:
        try:
            outcome = pipeline.settle(self.repo, stage)
        except DvcException as error:
            self.fail(stage, str(error))
            return
        if outcome:
            self.settle(stage, outcome)
            return
        name = stage.addressing
        self.running[name] = stage
        future = self.client.submit(work.run, **pipeline.commands(stage), key=name, pure=False)
        future.add_done_callback(self.events.put)

    def finish(self, future: Future) -> None:
        stage = self.running.pop(future.key)
        try:
            code, seconds, output = future.result()
        except Exception as error:
            self.fail(stage, f"its worker is lost: {error}")
            return
        if code:
            self.fail(stage, f"{output}its command ended with {code}")
            return
        try:
            pipeline.save(stage)
        except DvcException as error:
            self.fail(stage, f"{output}{error}")
            return
        self.seconds[kind(stage)].append(seconds)
        self.settle(stage, "ran", f" in {seconds:.1f} s")

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
        """End what runs, as if it had never begun. Raises UserError."""
        work.STOP.set()
        while work.COMMANDS:
            time.sleep(0.05)
        for stage in self.running.values():
            pipeline.put_back(self.repo, stage)
        raise UserError("stopped; what is finished is recorded, and the same command takes up from there")

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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="as for `dvc repro`; all stages without any")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="stages at a time; default: all cores")
    arguments = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)
    try:
        with (
            Repo() as repo,
            lock_repo(repo),
            repo.scm_context(quiet=True),
            LocalCluster(
                n_workers=arguments.jobs,
                threads_per_worker=1,
                processes=False,
                dashboard_address=None,
                silence_logs=logging.CRITICAL,
            ) as cluster,
            Client(cluster) as client,
        ):
            reproduction = Run(repo, arguments.targets, client, arguments.jobs)
            reproduction()
    except DvcException as error:
        raise UserError(str(error)) from None
    print(reproduction.summary())
    if failed := [stage.addressing for stage, outcome in reproduction.settled.items() if outcome == "failed"]:
        raise UserError(f"failed: {', '.join(failed)}; why stands above")


if __name__ == "__main__":
    run(main)
