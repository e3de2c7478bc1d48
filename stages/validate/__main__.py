"""Validation of params.yaml before anything runs: DVC deletes a stage's results before it starts the stage.

python -m stages.validate
"""

from pathlib import Path

from stages.common.params import read_params
from stages.common.stage import run
from stages.train import determinism
from stages.validate.settings import check_ablations, check_params


def main() -> None:
    params = read_params()
    determinism.start(threads=1)  # loads TensorFlow without its notes
    check_params(params)
    check_ablations(params)
    Path("data/validated").write_text("params.yaml is valid\n")


if __name__ == "__main__":
    run(main)
