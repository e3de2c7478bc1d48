"""Pictures of every single architecture on one data set, from the arrays that evaluation kept.

python -m stages.draw.illustrate --dataset mnist
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from stages.common.file_errors import whole
from stages.common.names import spoken
from stages.common.params import read_params
from stages.common.registry import load
from stages.common.results import architectures_of
from stages.common.stage import fresh, run
from stages.draw.style import save


class Shown(NamedTuple):
    """What the figures of a single architecture see: the arrays of `single` in evaluate/picture_arrays.py by name, of
    which those without a default are always there, and the first of the others wherever there is a latent."""

    dataset: str
    architecture: str
    images: np.ndarray
    noisy: np.ndarray
    denoised: np.ndarray
    latents: np.ndarray | None = None
    explained: np.ndarray | None = None
    before: np.ndarray | None = None
    after: np.ndarray | None = None
    mixture_samples: np.ndarray | None = None
    worst_images: np.ndarray | None = None
    worst_reconstructions: np.ndarray | None = None
    worst_errors: np.ndarray | None = None
    best_images: np.ndarray | None = None
    best_reconstructions: np.ndarray | None = None
    best_errors: np.ndarray | None = None
    labels: np.ndarray | None = None
    classes: np.ndarray | None = None
    samples: np.ndarray | None = None
    interpolation: np.ndarray | None = None

    @property
    def name(self) -> str:
        """Architecture and data set as people write them."""
        return f"{spoken(self.architecture)} on {spoken(self.dataset)}"


def main(dataset: str) -> None:
    params = read_params()
    pictures = fresh(Path("data", dataset, "pictures"))
    for architecture in architectures_of(params, dataset):
        folder = Path("data", dataset, "shown", architecture)
        with whole(folder, f"dvc repro evaluate@{dataset}-{architecture}"):
            shown = Shown(dataset, architecture, **{path.stem: np.load(path) for path in folder.iterdir()})
        for name in params["figures"]["single"]:
            figure = load("draw/figures/single", name).draw(shown)
            if figure is not None:
                save(figure, pictures / architecture / f"{name}.png")
    print(f"{dataset}: {len(list(pictures.glob('*/*.png')))} pictures in {pictures}")


if __name__ == "__main__":
    run(main)
