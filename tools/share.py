"""Upload of all runs to the DVC remote, so that a clone with the same code and settings trains nothing.

python -m tools share

Also of what this commit has under data/, as by `dvc push`. That alone sends the records of runs too, yet not DVC's
copies of the metrics and plots that Git keeps, and a run without all its outputs is run again.
"""

import subprocess
import sys
from pathlib import Path

from dvc.repo import Repo
from dvc.stage.cache import RunCacheNotSupported
from dvc_data.hashfile.db import HashFileDB
from dvc_objects.fs.generic import copy

from stages.common.stage import UserError
from tools.command import FailedError


class UnreachableError(UserError):
    """The DVC remote cannot be reached, or cannot hold runs."""


def storage(repo: Repo) -> HashFileDB:
    """The default DVC remote. Raises UnreachableError where it cannot be reached or cannot hold runs."""
    name = repo.config["core"].get("remote", "")
    try:
        remote = repo.cloud.get_remote_odb(name, "push --run-cache", hash_name="md5-dos2unix")
        if remote.fs.protocol in ("http", "https"):
            raise RunCacheNotSupported("HTTP cannot hold runs")
        remote.fs.makedirs(remote.path, exist_ok=True)
        remote.fs.exists(remote.path)  # asks a store that has no folders to make
    except Exception as error:  # each kind of storage has its own
        raise UnreachableError(
            f"the DVC remote '{name}' cannot be reached: {error}; "
            "results are shared through a folder, SSH or S3: dvc remote add -d storage ADDRESS"
        ) from None
    return remote


def share(repo: Repo) -> int:
    """Push all runs that the remote lacks; how many.

    What they made goes before their records, so that no one finds a record of nothing. Raises UnreachableError where
    something does not arrive.
    """
    remote, local = storage(repo), repo.cache.legacy
    known = {Path(path).parts[-2:] for path in remote.fs.find(remote.fs.join(remote.path, "runs"))}
    runs = {path.parts[-2:] for path in Path(repo.stage_cache.cache_dir).glob("*/*/*")} - known
    outputs = repo.stage_cache.get_used_objs(runs)
    if failed := sum(len(repo.cloud.push(objects, odb=odb).failed) for odb, objects in outputs.items()):
        raise UnreachableError(f"{failed} outputs did not reach the DVC remote")
    for key, value in runs:
        record, copied = (odb.fs.join(odb.path, "runs", key[:2], key, value) for odb in (local, remote))
        copy(local.fs, record, remote.fs, copied)
    return len(runs)


def main() -> None:
    with Repo() as repo:
        shared = share(repo)
    if subprocess.run([sys.executable, "-m", "dvc", "push", "--no-run-cache"]).returncode:
        raise FailedError("`dvc push` failed; the reason is above")
    print(f"shared {shared} runs; elsewhere, with the same commit, `dvc repro --pull` takes them over")
