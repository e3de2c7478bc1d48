"""Brings stages up to date as `dvc repro` does, as many at a time as there are cores, or on a cluster.

python -m tools.run [TARGETS ...] [--jobs 4] [--scheduler tcp://host:8786 --remote NAME] [--sweep KEY=A,B]

What is stale, what the run cache has and what dvc.lock says are DVC's. The commands of stages run as tasks on Dask; see
docs/cluster.md.
"""

import argparse
import logging
import os
import sys
from contextlib import ExitStack, closing

from dvc.exceptions import DvcException
from dvc.repo import Repo, lock_repo

from stages.common.stage import UserError
from tools.run.engine import Run
from tools.run.places import Elsewhere, Here
from tools.run.sweep import sweep


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="as for `dvc repro`; all stages without any")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="stages at a time here; default: all cores")
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="tcp://host:8786, whose workers have clones of their own"
    )
    parser.add_argument("--remote", metavar="NAME", help="the DVC remote through which they share what they make")
    parser.add_argument("--sweep", action="append", metavar="KEY=A,B", help="run all combinations as DVC experiments")
    arguments = parser.parse_args()
    if bool(arguments.scheduler) != bool(arguments.remote):
        raise UserError(
            "--scheduler and --remote belong together: workers elsewhere hand over results through a remote"
        )
    sys.stdout.reconfigure(line_buffering=True)
    logging.getLogger("dvc").setLevel(logging.CRITICAL)  # its lines and bars would run into ours; errors are raised
    try:
        with ExitStack() as stack:
            repo = stack.enter_context(Repo(remote=arguments.remote))
            here = stack.enter_context(closing(Here(repo, arguments.jobs)))
            elsewhere = None
            if arguments.scheduler:
                elsewhere = stack.enter_context(closing(Elsewhere(repo, arguments.scheduler, arguments.remote)))
            if arguments.sweep:
                sweep(repo, elsewhere or here, arguments.sweep, arguments.targets)
                return
            stack.enter_context(lock_repo(repo))
            stack.enter_context(repo.scm_context(quiet=True))
            reproduction = Run(repo, arguments.targets, here, elsewhere, arguments.jobs)
            reproduction()
    except DvcException as error:
        raise UserError(str(error)) from None
    print(reproduction.summary())
    if failed := [stage.addressing for stage in reproduction.plan if reproduction.settled.get(stage) == "failed"]:
        raise UserError(f"failed: {', '.join(failed)}; why stands above")


if __name__ == "__main__":
    try:
        main()
    except UserError as error:
        sys.exit(f"error: {error}")
