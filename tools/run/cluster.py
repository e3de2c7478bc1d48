"""Tasks on Dask's workers elsewhere, which have clones of their own."""

import platform
import re
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib import metadata
from pathlib import Path
from pkgutil import resolve_name

from distributed import Client, Future, Reschedule, Security, Status, as_completed, get_worker
from distributed.utils import sync
from dvc.repo import Repo
from dvc.utils import dict_sha256

from stages.common.stage import UserError
from tools.command import FailedError
from tools.revisions import git
from tools.run.process import StoppedError, execute
from tools.run.threads import urgency
from tools.share import UnreachableError, share, storage


@contextmanager
def elsewhere(repo: Repo, given: Namespace, say: Callable[[str], None]) -> Iterator[Callable]:
    """`run` on the workers of a scheduler, for whom data and runs were pushed.

    given: the arguments of the command line. Raises UserError where the scheduler cannot be reached, and where a stage
    reads what is not committed.
    """
    if given.scheduler.startswith("tls:") and not Security().tls_ca_file:  # type: ignore[attr-defined]
        raise UserError(f"{given.scheduler} needs certificates, named in Dask's configuration: see docs/cluster.md")
    home = home_of(repo, given.remote)
    try:
        client = Client(given.scheduler, timeout=10)
    except OSError as error:
        raise UserError(f"no scheduler at {given.scheduler}: {error}") from None
    with client:
        client.subscribe_topic("refused", lambda event: say(event[1]))
        share(repo)
        repo.push()
        yield partial(run, client, home)


def run(client: Client, home: dict, before: dict[str, set[str]], function: Callable, *given) -> Iterator[tuple]:
    """As `threads.run`, but a task fails with those before it. home: what the workers' clones have to be like.

    What is called travels as text, since the scheduler reads it and need not know this project. Raises FailedError
    where the scheduler goes away.
    """
    names, futures = dict[Future, str](), dict[str, Future]()
    for name, needs in before.items():
        futures[name] = client.submit(
            lambda name, needs, *given: resolve_name("tools.run.cluster:work")(name, *given),
            *(name, [futures[other] for other in needs if other in futures]),
            *(home, f"{function.__module__}:{function.__name__}", *given),
            key=f"{name}-{dict_sha256(home)[:16]}",
            priority=urgency(name, needs),
            resources={"clone": 1},
            pure=False,
        )
        names[futures[name]] = name
    futures.clear()  # what nobody holds any more is not done again when the worker that did it goes away
    for future in as_completed(list(names)):
        if future.cancelled():
            raise FailedError("the scheduler is gone; what is finished is recorded, and the same command resumes")
        error, running = future.exception(), sum(map(len, client.processing().values()))
        yield names.pop(future), error, None if error else future.result(), running


def home_of(repo: Repo, remote: str) -> dict:
    """What workers' clones have to be like. Raises UserError where a stage reads what is not committed."""
    read = {dep.fs_path for dep in repo.index.deps} | {stage.path for stage in repo.index.stages}
    made = [f":(exclude){path}" for path in ("params.yaml", *(out.fs_path for out in repo.index.outs))]
    status = git("status", "--porcelain", "--no-renames", "--untracked-files=all", "--", *read, *made)
    if changed := [line[3:] for line in status.splitlines()]:
        raise UserError(f"workers elsewhere have the commit alone; commit first: {', '.join(changed)}")
    return {"remote": remote, "params": Path(repo.root_dir, "params.yaml").read_text(), "identity": identity(repo)}


def identity(repo: Repo) -> dict[str, str]:
    """Commit, Python and the packages of requirements.txt."""
    versions = {"commit": repo.scm.get_rev(), "Python": platform.python_version()}
    for name in re.findall(r"^([\w.-]+)==", Path(repo.root_dir, "requirements.txt").read_text(), re.MULTILINE):
        with suppress(metadata.PackageNotFoundError):
            versions[name] = metadata.version(name)
    return versions


def work(name: str, home: dict, function: str, *given) -> object:
    """Result of a task at this worker. function: "module:name"."""
    return resolve_name(function)(name, partial(share_after, home), *given)


def reproduce(name: str, start: Callable, remote: str) -> tuple[str, float]:
    """Bring a stage up to date by a run of this tool in a clone."""
    return "ran", start([[sys.executable, "-m", "tools", "run", "--jobs", "1", "--remote", remote, name]])


def share_after(home: dict, commands: list) -> float:
    """Run commands in this worker's clone, made as the client wants it, and share the runs; the seconds they took.

    Where the clone cannot be made so, or cannot share, the task moves on and no other comes here.
    """
    worker = get_worker()
    try:
        with Repo(remote=home["remote"]) as repo:
            present, wanted = identity(repo), home["identity"]
            if wrong := [f"{key} {present.get(key)}, not {it}" for key, it in wanted.items() if present.get(key) != it]:
                raise UnreachableError("; ".join(wrong))
            storage(repo)
            git("checkout", "--quiet", "--force", "HEAD", "--", ".")
            Path("params.yaml").write_text(home["params"])
            seconds = execute(commands, taken_back())
            share(repo)
        return seconds
    except UnreachableError as error:
        worker.log_event("refused", f"{worker.address} is refused: {error}; mend that and start this worker again")
        sync(worker.loop, worker.set_resources, clone=0)
        raise Reschedule from None
    except StoppedError:
        raise Reschedule from None


def taken_back() -> Callable[[], bool]:
    """Does Dask take back the task that calls this, or does its worker close?"""
    worker = get_worker()
    task = worker.state.tasks[worker.get_current_task()]
    return lambda: worker.status != Status.running or task.state != "executing"
