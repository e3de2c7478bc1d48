"""Pictures of every single architecture on one data set, from the arrays that evaluation kept.

python -m stages.compare.illustrate --dataset mnist
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from stages.common.damage import whole
from stages.common.params import read_params
from stages.common.registry import load
from stages.common.stage import fresh, run
from stages.compare.results import architectures_of
from stages.compare.style import save


class Shown(NamedTuple):
    """What the figures of a single architecture see: the arrays of `single` in stages/evaluate/shown.py by name, of
    which those without a default are always there."""

    dataset: str
    architecture: str
    images: np.ndarray
    before: np.ndarray
    after: np.ndarray
    latents: np.ndarray
    explained: np.ndarray
    mixture_samples: np.ndarray
    worst_images: np.ndarray
    worst_reconstructions: np.ndarray
    worst_errors: np.ndarray
    best_images: np.ndarray
    best_reconstructions: np.ndarray
    best_errors: np.ndarray
    labels: np.ndarray | None = None
    classes: np.ndarray | None = None
    samples: np.ndarray | None = None
    interpolation: np.ndarray | None = None


def main(dataset: str) -> None:
    params = read_params()
    pictures = fresh(Path("data/pictures", dataset))
    for architecture in architectures_of(params, dataset):
        folder = Path("data/shown", dataset, architecture)
        with whole(folder, f"dvc repro evaluate@{dataset}-{architecture}"):
            shown = Shown(dataset, architecture, **{path.stem: np.load(path) for path in folder.iterdir()})
        for name in params["figures"]["single"]:
            figure = load("compare/figures/single", name).draw(shown)
            if figure is not None:
                save(figure, pictures / architecture / f"{name}.png")
    print(f"{dataset}: {len(list(pictures.glob('*/*.png')))} pictures in {pictures}")


if __name__ == "__main__":
    run(main)
