"""The order in which threads take up tasks."""

import signal
from threading import Event

import pytest

from stages.common.stage import UserError
from tools.run.process import StoppedError
from tools.run.threads import here

# `last` needs `score`, and that `train`; `other` needs nothing.
BEFORE = {"train": set(), "other": set(), "more": set(), "score": {"train"}, "last": {"train", "score"}}


@pytest.fixture
def signals():
    """Heard again after the test."""
    heard = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in heard.items():
        signal.signal(number, handler)


def test_the_deepest_goes_first_and_how_many_run_is_known(signals):
    with here(1) as run:
        ended = list(run(BEFORE, lambda name, start, ending: name + ending, "!"))
    assert [name for name, *_ in ended] == ["train", "score", "last", "other", "more"]
    assert [(error, result) for _, error, result, _ in ended] == [(None, f"{name}!") for name, *_ in ended]
    assert [running for *_, running in ended] == [1, 1, 1, 1, 0]


def test_what_all_cells_wait_for_goes_first_and_what_none_waits_for_last(signals):
    """So that some cells are scored early: not all are tuned before the first is scored."""
    before = {"tune@d-a": {"prepare"}, "train@d-a": {"prepare", "tune@d-a"}, "ablate@d-a": {"prepare", "tune@d-a", "x"}}
    before |= {name.replace("-a", "-b"): {need.replace("-a", "-b") for need in needs} for name, needs in before.items()}
    for cell in ("d-a", "d-b"):
        before[f"evaluate@{cell}"] = {"prepare", "references@d", f"tune@{cell}", f"train@{cell}"}
    with here(1) as run:
        names = [name for name, *_ in run(before | {"references@d": {"prepare"}}, lambda name, start: None)]
    cells = [f"{kind}@d-{name}" for name in "ab" for kind in ("tune", "train", "evaluate")]
    assert names == ["references@d", *cells, "ablate@d-a", "ablate@d-b"]


def test_the_last_networks_are_trained_before_others_are_scored(signals):
    """So that in the end no worker is idle while the last network is trained, then scored."""
    before = {f"train@d-{cell}": set() for cell in "abc"} | {
        f"evaluate@d-{cell}": {f"train@d-{cell}"} for cell in "abc"
    }
    begun, last = [], Event()

    def task(name, start):
        begun.append(name)
        if name == "train@d-c":
            last.set()
        if name == "train@d-b":
            assert last.wait(60)

    with here(2) as run:
        assert not any(error for _, error, *_ in run(before, task))
    assert begun.index("train@d-c") < begun.index("evaluate@d-a")


def test_what_needs_a_failed_task_never_begins(signals):
    def task(name, start):
        start([["sh", "-c", f"test {name} != train || (echo why; false)"]])

    with here(2) as run:
        ended = {name: error for name, error, *_ in run(BEFORE, task)}
    assert ended.keys() == {"train", "other", "more"} and not ended["other"] and not ended["more"]
    assert isinstance(ended["train"], UserError) and str(ended["train"]).startswith("why\n")


def test_an_interrupt_ends_what_runs(signals):
    """Of two commands that would take minutes; what waits for one of them never begins."""
    begun, stopped = {"one": Event(), "other": Event()}, []

    def task(name, start):
        if name == "quick":
            return all(event.wait(60) for event in begun.values())
        begun[name].set()
        try:
            return start([["sleep", "600"]])
        except StoppedError:
            stopped.append(name)
            raise

    with pytest.raises(KeyboardInterrupt), here(3) as run:
        tasks = run({"one": set(), "other": set(), "quick": set(), "later": {"one"}}, task)
        assert next(tasks) == ("quick", None, True, 2)
        raise KeyboardInterrupt
    assert sorted(stopped) == ["one", "other"]
