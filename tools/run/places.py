"""Where the commands of stages run: in this workspace, or on workers elsewhere that have clones of their own."""

import hashlib
import json
import logging
import os
import subprocess
import time
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from distributed import Client, Future, LocalCluster, Security
from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc.stage import Stage

from stages.common.stage import UserError
from tools.run import pipeline, work


class Here:
    """This process, with a thread for each stage that may run at a time, and this workspace."""

    def __init__(self, repo: Repo, jobs: int):
        self.repo = repo
        self.client = Client(
            LocalCluster(
                n_workers=1,
                threads_per_worker=jobs,
                processes=False,
                dashboard_address=":0",
                silence_logs=logging.CRITICAL,
            ),
            set_as_default=False,
        )

    def submit(self, stage: Stage, upstream: Iterable[Stage]) -> Future:
        return self.client.submit(work.run, **pipeline.commands(stage), key=stage.addressing, pure=False)

    def experiment(self, name: str, settings: list[str], targets: list[str]) -> Future:
        command = work.experiment_command(name, settings, targets)
        return self.client.submit(work.run, [command], self.repo.root_dir, dict(os.environ), key=name, pure=False)

    def keep(self, stage: Stage) -> None:
        pipeline.save(stage)

    def stop(self, futures: list[Future]) -> None:
        """Returns once no command runs."""
        work.STOP.set()
        while work.COMMANDS:
            time.sleep(0.05)

    def close(self) -> None:
        self.client.cluster.close()
        self.client.close()


class Elsewhere:
    """The workers of a scheduler whose clones are at this commit and have these packages."""

    def __init__(self, repo: Repo, address: str, remote: str):
        self.repo, self.name = repo, remote
        self.remote = pipeline.storage(repo, remote)
        self.own = work.identity(repo.root_dir)
        self.params = Path(repo.root_dir, "params.yaml").read_text()
        self.refused = {}  # address of a worker -> why; nothing: it is admitted
        self.shared = set()  # stages that are in the remote
        if address.startswith("tls:") and not Security().tls_ca_file:
            raise UserError(f"{address} needs certificates, named in Dask's configuration: see docs/cluster.md")
        try:
            self.client = Client(address, timeout=10, set_as_default=False)
        except OSError as error:
            raise UserError(f"no scheduler at {address}: {error}") from None

    def check(self, stages: Iterable[Stage]) -> None:
        """Raises UserError where these stages read files that are not as in the commit, but for settings."""
        root = Path(self.repo.root_dir)
        changed = []
        for listed in ("diff --name-only --relative HEAD", "ls-files --others --exclude-standard"):
            done = subprocess.run(["git", *listed.split()], cwd=root, capture_output=True, text=True, check=True)
            changed += done.stdout.splitlines()
        read = {Path(stage.path) for stage in stages} | {Path(dep.fs_path) for stage in stages for dep in stage.deps}
        made = {Path(out.fs_path) for stage in self.repo.index.stages for out in stage.outs}

        def among(name: str, folders: set[Path]) -> bool:
            return not folders.isdisjoint((root / name, *(root / name).parents))

        if wrong := [name for name in changed if name != "params.yaml" and among(name, read) and not among(name, made)]:
            raise UserError(f"workers elsewhere have the commit alone; commit first: {', '.join(wrong)}")

    def share(self, stages: Iterable[Stage]) -> None:
        for stage in stages:
            if stage not in self.shared:
                pipeline.push(self.repo, stage, self.remote)
                self.shared.add(stage)

    def look(self) -> list[str]:
        """Admit workers that are new; what there is to say of them. Raises UserError where the scheduler is gone."""
        if self.client.status != "running":
            raise UserError(
                "the scheduler is gone; what is finished is recorded, and the same command takes up from there"
            )
        new = [worker for worker in self.client.scheduler_info()["workers"] if worker not in self.refused]
        found = self.client.run(work.admit, self.own, workers=new, on_error="return") if new else {}
        self.refused |= dict.fromkeys(found, "")
        return [self.refuse(worker, str(why)) if why else f"{worker} takes stages" for worker, why in found.items()]

    def refuse(self, worker: str, why: str) -> str:
        self.refused[worker] = why
        self.client.run(work.dismiss, workers=[worker], on_error="ignore")
        return f"{worker} is refused: {why}; bring its clone in line with this one and start it again"

    def submit(self, stage: Stage, upstream: Iterable[Stage]) -> Future:
        """upstream: all that comes before the stage; what of it others do not have yet goes to the remote first."""
        self.share(upstream)
        files = pipeline.lock_of(self.repo, upstream)
        files["params.yaml"] = self.params
        return self._submit("reproduce", stage.addressing, self.name, self.own, files)

    def experiment(self, name: str, settings: list[str], targets: list[str]) -> Future:
        return self._submit("experiment", name, self.name, self.own, self.params, settings, targets)

    def _submit(self, *given) -> Future:
        def do(function, *given):  # travels as it is: the scheduler reads it and need not know this project
            return getattr(import_module("tools.run.work"), function)(*given)

        # The same work, also of a client that was restarted, has the same key; tried again it has another.
        key = f"{given[1]}-{digest([given, list(filter(None, self.refused.values()))])}"
        return self.client.submit(do, *given, key=key, pure=False, resources={"clone": 1})

    def keep(self, stage: Stage) -> None:
        if not pipeline.adopt(self.repo, stage, self.remote):
            raise DvcException(
                "it ran, but not on the files of this commit: has the worker's clone changes of its own?"
            )
        pipeline.save(stage)
        self.shared.add(stage)

    def stop(self, futures: list[Future]) -> None:
        self.client.cancel(futures)

    def close(self) -> None:
        self.client.close()


def digest(what: object) -> str:
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:16]
