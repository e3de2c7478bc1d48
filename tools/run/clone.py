"""What a worker does in its own clone: bring the inputs of a stage, run it, share what it made.

python -m tools.run.clone [--experiment] NAME REMOTE
"""

import argparse
import subprocess
import sys

from dvc.exceptions import DvcException, UploadError
from dvc.repo import Repo, lock_repo

from stages.common.stage import UserError
from tools.run import pipeline
from tools.run.work import UNFIT


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", help="of the stage, or of an experiment that has run and is to be shared")
    parser.add_argument("remote")
    parser.add_argument("--experiment", action="store_true")
    arguments = parser.parse_args()
    with Repo(remote=arguments.remote) as repo:
        try:
            remote = pipeline.storage(repo, arguments.remote)
            if arguments.experiment:
                listed = ["git", "for-each-ref", "--format=%(refname)", f"refs/exps/**/{arguments.name}"]
                reference = subprocess.run(listed, capture_output=True, text=True, check=True).stdout.strip()
                repo.push(revs=[reference], remote=arguments.remote)
            else:
                with lock_repo(repo):
                    *upstream, _ = pipeline.plan(repo, [arguments.name])
                    for stage in upstream:
                        if pipeline.remembered(stage) and all(out.hash_info for out in stage.outs):
                            pipeline.bring(repo, stage)
                repo.reproduce([arguments.name], pull=True, allow_missing=True)
                (stage,) = repo.stage.collect(arguments.name)
                pipeline.push(repo, stage, remote)
        except (UserError, UploadError) as error:
            print(error)
            sys.exit(UNFIT)
        except DvcException as error:
            sys.exit(f"{error.__cause__ or error}")


if __name__ == "__main__":
    main()
