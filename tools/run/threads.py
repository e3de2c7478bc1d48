"""Tasks on threads of this process."""

import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial

from tools.run.process import execute
from tools.run.stage_names import parts

# What every cell of a data set waits for to be scored goes first; what no cell waits for goes last.
URGENCY = {"references": 10_000, "ablate": -10_000}
# More for the last networks, which then go before what is to be scored: else one worker trains in the end, others idle.
LAST = {"tune": 1_000, "train": 1_000}


def urgency(name: str, needs: set[str]) -> int:
    """Of the stages that are ready the one with the most goes first: the deepest, so that a cell is scored before the
    next one is trained. needs: all that it needs, however far."""
    return len(needs) + URGENCY.get(parts(name)[0], 0)


@contextmanager
def here(jobs: int) -> Iterator[Callable]:
    """`run` on threads. Once this is closed, no command goes on running, and no signal stops this process."""
    ending = threading.Event()
    with ThreadPoolExecutor(jobs) as pool:
        try:
            yield partial(run, pool, jobs, partial(execute, stop=ending.is_set))
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)  # what is left takes seconds, and is to be whole
            ending.set()


def run(
    pool: Executor, jobs: int, start: Callable, before: dict[str, set[str]], function: Callable, *given
) -> Iterator[tuple]:
    """Name, error and result of tasks as they end, and how many run then; what needs one that fails never begins.

    before: name of a task -> names of all that it needs, however far. function: called with the name, with `start`,
    which runs commands and gives the seconds that they took, and with what else is given.
    """
    waiting = {name: needs & before.keys() for name, needs in before.items()}
    running, ended, done = dict[Future, str](), dict[str, Future](), set[str]()
    while True:
        ready = [name for name, needs in waiting.items() if needs <= done]
        networks = {parts(name)[1:] for name in waiting if parts(name)[0] in LAST}
        last = LAST if jobs > 1 and len(networks) <= jobs else {}
        ready.sort(key=lambda name: -urgency(name, before[name]) - last.get(parts(name)[0], 0))
        for name in ready[: jobs - len(running)]:
            del waiting[name]
            running[pool.submit(function, name, start, *given)] = name
        for name, future in ended.items():
            error = future.exception()
            yield name, error, None if error else future.result(), len(running)
        if not running:
            return
        ended = {running.pop(future): future for future in wait(running, return_when=FIRST_COMPLETED).done}
        done |= {name for name, future in ended.items() if not future.exception()}
