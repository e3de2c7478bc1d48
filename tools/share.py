"""Sharing of every run that DVC remembers, so that another clone with the same code and settings trains nothing.

python -m tools.share

`dvc push` sends the records of runs and the outputs under data/, yet not its copies of the metrics and plots that Git
keeps, and a run without all its outputs is run again.
"""

from dvc.repo import Repo
from dvc.stage.cache import RunCacheNotSupported

from stages.common.stage import UserError, run


def main() -> None:
    with Repo() as repo:
        try:
            runs = repo.stage_cache.push(None)
        except RunCacheNotSupported as error:
            raise UserError(
                f"{error}; results are shared through a folder, SSH or S3: dvc remote add -d storage ADDRESS"
            ) from None
        outputs = repo.stage_cache.get_used_objs(runs)
        failed = sum(len(repo.cloud.push(own, odb=odb).failed) for odb, own in outputs.items())
    if failed:
        raise UserError(f"{failed} outputs did not reach the remote; the reasons stand above")
    print(f"shared {len(runs)} runs; elsewhere, with the same commit, `dvc repro --pull` takes them over")


if __name__ == "__main__":
    run(main)
