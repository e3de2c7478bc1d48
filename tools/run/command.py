"""Brings stages up to date as `dvc repro` does, as many at a time as there are cores, or on a cluster.

python -m tools.run [TARGETS ...] [--jobs 4] [--remote NAME [--scheduler tcp://host:8786]] [--sweep KEY=A,B]

What is stale, what the run cache has and what dvc.lock says are DVC's. Stages are tasks on Dask; see docs/cluster.md.
"""

import argparse
import logging
import os
import sys

from dvc.exceptions import DvcException
from dvc.repo import Repo, lock_repo

from stages.common.stage import UserError
from tools.run.engine import Run
from tools.run.sweep import sweep


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="as for `dvc repro`; all stages without any")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="stages at a time here; default: all cores")
    parser.add_argument("--remote", metavar="NAME", help="take over runs and data from this DVC remote")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="tcp://host:8786, whose workers share in the remote")
    parser.add_argument("--sweep", action="append", metavar="KEY=A,B", help="run all combinations as DVC experiments")
    given = parser.parse_args()
    if given.scheduler and not given.remote:
        parser.error("--scheduler needs --remote: workers elsewhere hand over results through a DVC remote")
    sys.stdout.reconfigure(line_buffering=True)
    logging.disable(logging.ERROR)  # lines of DVC and Dask would run into ours; what goes wrong is raised
    try:
        with Repo(remote=given.remote) as repo:
            if given.sweep:
                sweep(repo, given)
            else:
                with lock_repo(repo):
                    Run(repo, given)()
    except (DvcException, UserError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("error: stopped; what is finished is recorded, and the same command takes up from there")
