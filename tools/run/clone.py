"""One stage in a worker's own clone: bring its inputs, run it, share what it made.

python -m tools.run.clone STAGE REMOTE
"""

import sys

from dvc.exceptions import DvcException
from dvc.repo import Repo

from stages.catalogue import UserError
from tools.run import pipeline
from tools.run.work import UNFIT


def main() -> None:
    name, address = sys.argv[1:]
    with Repo(remote=address) as repo:
        try:
            remote = pipeline.storage(repo, address)
            repo.reproduce([name], pull=True, allow_missing=True)
            (stage,) = repo.stage.collect(name)
            pipeline.push(repo, stage, remote)
        except UserError as error:
            print(error)
            sys.exit(UNFIT)
        except DvcException as error:
            sys.exit(f"{error.__cause__ or error}")


if __name__ == "__main__":
    main()
