"""Stages brought up to date as `dvc repro` does it, but many at a time: on all cores, or on a cluster.

python -m tools run [TARGETS ...] [--jobs 4] [--remote NAME [--scheduler tcp://host:8786]] [--sweep KEY=A,B]

TARGETS: as for `dvc repro`; without any all stages
--jobs: stages at a time on this machine; without it as many as there are cores
--remote: runs and data are taken over from this DVC remote
--scheduler: address of a scheduler of Dask, whose workers share results through the remote; see docs/cluster.md
--sweep: settings and their values, all combinations of which run as DVC experiments; may be given several times

What is stale, what the run cache has and what dvc.lock says are DVC's.
"""

import io
import logging
import os
import sys
from argparse import Namespace

from dvc.exceptions import DvcException
from dvc.repo import Repo, lock_repo

from stages.common.stage import UserError
from tools.command import FailedError
from tools.run.engine import Run
from tools.run.steps import drop_damaged_list
from tools.run.sweep import sweep as run_grid


def main(
    *targets: str,
    jobs: int = os.cpu_count() or 1,
    remote: str | None = None,
    scheduler: str | None = None,
    sweep: list[str] | None = None,
) -> None:
    given = Namespace(targets=[*targets], jobs=jobs, remote=remote, scheduler=scheduler, sweep=sweep)
    if scheduler and not remote:
        raise UserError("--scheduler needs --remote: workers elsewhere hand over results through a DVC remote")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)
    logging.disable(logging.ERROR)  # lines of DVC and Dask would run into ours; what goes wrong is raised
    try:
        with Repo(remote=remote) as repo:
            if sweep:
                run_grid(repo, given)
            else:
                with lock_repo(repo):
                    drop_damaged_list(repo)
                    Run(repo, given)()
    except DvcException as error:
        raise UserError(str(error)) from None
    except KeyboardInterrupt:
        raise FailedError("stopped; what is finished is recorded, and the same command resumes there") from None
