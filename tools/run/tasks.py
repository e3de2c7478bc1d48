"""Tasks of Dask: where they run, on threads of this process or on workers that have clones of their own, and how."""

import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import metadata
from pathlib import Path
from pkgutil import resolve_name

from distributed import Client, LocalCluster, Reschedule, Security, Status, as_completed, get_worker
from distributed.utils import sync
from dvc.repo import Repo
from dvc.utils import dict_sha256

from stages.common.stage import UserError
from tools.revisions import git
from tools.share import UnreachableError, share, storage


@contextmanager
def here(jobs: int, reproduce: Callable | None = None) -> Iterator[tuple[Client, dict]]:
    """Threads of this process. Once this is closed, no command goes on running, and no signal stops this process.

    reproduce: for tasks to find at their worker, since a stage of DVC cannot travel, not even to a thread.
    """
    with LocalCluster(n_workers=1, threads_per_worker=jobs, processes=False, dashboard_address=":0") as cluster:
        # Tasks wait at the scheduler for a free thread, so that a cell is scored before the next one is trained.
        cluster.scheduler.WORKER_SATURATION, cluster.scheduler.is_rootish = 1.0, lambda task: True
        cluster.workers[0].reproduce = reproduce
        with Client(cluster, set_as_default=False) as client:
            try:
                yield client, {}
            finally:
                for number in (signal.SIGINT, signal.SIGTERM):
                    signal.signal(number, signal.SIG_IGN)  # what is left takes seconds, and is to be whole


@contextmanager
def elsewhere(repo: Repo, given: Namespace, say: Callable[[str], None]) -> Iterator[tuple[Client, dict]]:
    """Workers of a scheduler, for whom data and runs were pushed, and what their clones have to be like.

    given: the arguments of the command line. Raises UserError where the scheduler cannot be reached, and where a stage
    reads what is not committed.
    """
    if given.scheduler.startswith("tls:") and not Security().tls_ca_file:
        raise UserError(f"{given.scheduler} needs certificates, named in Dask's configuration: see docs/cluster.md")
    home = home_of(repo, given.remote)
    try:
        client = Client(given.scheduler, timeout=10, set_as_default=False)
    except OSError as error:
        raise UserError(f"no scheduler at {given.scheduler}: {error}") from None
    with client:
        client.subscribe_topic("refused", lambda event: say(event[1]))
        share(repo)
        repo.push()
        yield client, home


def run(client: Client, before: dict[str, set[str]], function: str, home: dict, *given) -> Iterator[tuple]:
    """Name, error and result of tasks as they end; each depends on those before it, and fails with them.

    function: "module:name", called with the name, home and what else is given; as text, since the scheduler reads what
    travels and need not know this project. Raises UserError where the scheduler goes away.
    """
    names, futures = {}, {}
    for name, own in before.items():
        futures[name] = client.submit(
            lambda name, needs, *given: resolve_name(function)(name, *given),
            *(name, [futures[other] for other in own if other in futures], home, *given),
            key=f"{name}-{dict_sha256(home)[:16]}",
            priority=len(own),  # the deepest that is ready goes first
            resources={"clone": 1} if home else None,
            pure=False,
        )
        names[futures[name]] = name
    futures.clear()  # what nobody holds any more is not done again when the worker that did it goes away
    for future in as_completed(list(names), loop=client.loop):
        if future.cancelled():
            raise UserError("the scheduler is gone; what is finished is recorded, and the same command takes up")
        yield names.pop(future), future.exception(), None if future.exception() else future.result()


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


def reproduce(name: str, home: dict) -> tuple[str, float | None]:
    """Bring a stage up to date: by DVC in this process, or by a run of this tool in a clone."""
    if not home:
        return get_worker().reproduce(name)
    command = [sys.executable, "-m", "tools.run", "--jobs", "1", "--remote", home["remote"], name]
    return "ran", share_after(home, command)


def share_after(home: dict, command: list[str]) -> float:
    """Run a command in this worker's clone, made as the client wants it, and share the runs; seconds of the command.

    Where the clone cannot be made so, or cannot share, the task moves on and no other comes here.
    """
    worker = get_worker()
    try:
        with Repo(remote=home["remote"]) as repo:
            own, wanted = identity(repo), home["identity"]
            if wrong := [f"{key} {own.get(key)}, not {it}" for key, it in wanted.items() if own.get(key) != it]:
                raise UnreachableError("; ".join(wrong))
            storage(repo)
            git("checkout", "--quiet", "--force", "HEAD", "--", ".")
            Path("params.yaml").write_text(home["params"])
            seconds = execute([command])
            share(repo)
        return seconds
    except UnreachableError as error:
        worker.log_event("refused", f"{worker.address} is refused: {error}; mend that and start this worker again")
        sync(worker.loop, worker.set_resources, clone=0)
        raise Reschedule from None


def execute(commands: list, **settings) -> float:
    """Run commands one after the other; the seconds they took. settings: of Popen.

    A command ends with its task: when Dask takes the task back, when the worker closes, and when this process dies,
    even by kill -9. Raises UserError with all output where one fails, Reschedule where one is made to end.
    """
    worker, start = get_worker(), time.monotonic()
    task = worker.state.tasks[worker.get_current_task()]
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        settings |= {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": subprocess.STDOUT}
        for command in commands:
            process = subprocess.Popen(command, start_new_session=True, **settings)
            # The pipe closes at the latest when this process dies; a line says that the command has ended by itself.
            watch = ["sh", "-c", f"read ended || kill -s KILL -- -{process.pid}"]
            guard = subprocess.Popen(watch, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
            while process.returncode is None and worker.status == Status.running and task.state == "executing":
                with suppress(subprocess.TimeoutExpired):
                    process.wait(0.5)
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGTERM)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(5)
                guard.communicate()
                process.wait()
                raise Reschedule
            guard.communicate(b"ended\n")
            if process.returncode:
                output.seek(0)
                raise UserError(f"{output.read()}its command ended with {process.returncode}")
    return time.monotonic() - start
