"""Validation of params.yaml before anything runs: DVC deletes a stage's results before it starts the stage.

python -m stages.validate [--lists]
"""

from pathlib import Path

from stages.common.params import read_params
from stages.common.stage import run
from stages.train import determinism
from stages.validate.ablations import check_ablations
from stages.validate.published import check_published
from stages.validate.settings import check_lists, check_params


def main(lists: bool = False) -> None:
    """lists: check no more than that DVC can make stages of params.yaml, in a moment; writes nothing."""
    params = read_params()
    check_lists(params)
    if lists:
        return
    determinism.start(threads=1)  # loads TensorFlow without its notes
    check_params(params)
    check_ablations(params)
    check_published(params)
    Path("data/validated").write_text("params.yaml is valid\n")


if __name__ == "__main__":
    run(main)
