"""Recipe of training: the settings that all cells share, in one file, so that dvc.lock has them once.

python -m stages.train.recipe
"""

import json
from pathlib import Path

from stages.common.params import read_params
from stages.common.settings import read_block
from stages.common.stage import run
from stages.train.settings import Training, Tuning

RECIPE = Path("metrics/recipe.json")
BLOCKS = {"training": Training, "tuning": Tuning}  # type: dict[str, type[Training] | type[Tuning]]


def read_recipe() -> dict:
    """The blocks of params.yaml that `main` has written, by name."""
    return {name: block for name, (block,) in json.loads(RECIPE.read_text()).items()}


def main() -> None:
    """In lists, since DVC takes every other number for a score."""
    params = read_params()
    content = {name: [read_block(kind, params, name).model_dump()] for name, kind in BLOCKS.items()}
    RECIPE.parent.mkdir(exist_ok=True)
    RECIPE.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    run(main)
