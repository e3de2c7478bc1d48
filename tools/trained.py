"""Trained networks with their names, and with all that is fixed for their use; raw arrays in and out."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from stages.common.stage import UserError
from stages.evaluate.measures.anomaly_map import AnomalyMap
from stages.evaluate.measures.anomaly_score import AnomalyScore
from stages.evaluate.measures.latent_codec import Codec
from stages.prepare.values import WHITE

if TYPE_CHECKING:  # it imports Keras
    from stages.train.autoencoder import Autoencoder


def predicted(function: Callable, inputs: np.ndarray) -> np.ndarray:
    """What a function of a network gives, batch by batch; it loads Keras."""
    from stages.train.autoencoder import predict

    return predict(function, inputs)


class Trained(NamedTuple):
    """A trained network, and what preparation and evaluation have fixed for its use."""

    path: Path  # data/<data set>/models/<architecture>/seed-<seed>.keras, absolute
    network: "Autoencoder"
    sha256: str  # of its file; "" of a classical method, which has none
    score: AnomalyScore | None = None  # None, as what is below up to codec, where this very file was not evaluated
    threshold: float | None = None  # of the scores, fixed without labels
    map: AnomalyMap | None = None
    map_threshold: float | None = None
    validation: np.ndarray | None = None  # scores of validation images, and where there are maps their largest values
    codec: Codec | None = None
    fit: str | None = None  # how images become square: "crop", "pad", or stretched
    white: int = WHITE  # the value of more than eight bits that is white
    black: int = 0  # and the one that is black
    whole: int | None = None  # height and width of images that it sees patches of; None where it sees them whole

    @property
    def name(self) -> str:
        """For messages: <data set>/<architecture>/<file>, or <data set>/<classical method>."""
        return "/".join((self.dataset, *self.path.parts[-2:])[: 3 if self.sha256 else 2])

    @property
    def dataset(self) -> str:
        """The data set that it was trained on."""
        return self.path.parts[-4]

    @property
    def cell(self) -> str:
        """What stages of this cell have behind the @ in their names."""
        return f"{self.dataset}-{self.path.parent.name}"

    @property
    def root(self) -> Path:
        """The folder of the project that has trained it."""
        return Path(os.path.normpath(self.path.parent / "../../../.."))

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of the images that it was trained on."""
        return self.network.image_shape

    def encode(self, images: np.ndarray) -> np.ndarray:
        """uint8 images (n, *image_shape) -> latents (n, latent_size)."""
        return predicted(self.network.encode, images)

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Latents (n, latent_size) -> float32 images (n, *image_shape) in [0, 1]."""
        return np.clip(predicted(self.network.decode, latents), 0, 1)

    def reconstruct(self, images: np.ndarray) -> np.ndarray:
        """uint8 images (n, *image_shape) -> float32 images in [0, 1], also of a model without a latent."""
        return np.clip(predicted(self.network, images), 0, 1)

    def check_latent(self) -> None:
        """Raises UserError where the model has no latent."""
        if self.network.encoder is None:
            raise UserError(f"{self.name} has no latent; it denoises alone")

    def with_false_alarms(self, share: float) -> Self:
        """The model with those thresholds that this share of validation images is above. Raises UserError where that is
        no share, or where these scores are not known."""
        if not 0 < share < 1:
            raise UserError(f"a share of false alarms lies between 0 and 1, such as 0.01, not {share:g}")
        if self.validation is None:
            self.check_map()
        if share * self.validation.shape[1] < 1:
            count = self.validation.shape[1]
            print(f"{count:,} validation images cannot tell {share:g} of false alarms from none: less than one image")
        return self.with_thresholds(*map(float, np.quantile(self.validation, 1 - share, axis=1)))

    def with_thresholds(self, scores: float | None = None, maps: float | None = None) -> Self:
        """The model with these thresholds of its scores and maps; its present ones where they are None."""
        scores, maps = self.threshold if scores is None else scores, self.map_threshold if maps is None else maps
        return self._replace(threshold=scores, map_threshold=maps)

    def check_trained(self) -> None:
        """Raises UserError where it is a classical method, which has no latent, file or codec."""
        if not self.sha256:
            raise UserError(f"{self.name} is a classical method: `apply` takes one, all else needs a trained model")

    def check_whole(self) -> None:
        """Raises UserError where the model sees patches: an image shrunk to one of them would be another image."""
        if self.whole:
            raise UserError(
                f"{self.name} sees patches of {self.image_shape[0]} pixels, cut from images of {self.whole}: of such "
                "models there are images, scores and maps alone; `make own` under another NAME=, without PATCH=, "
                "compares them on whole images"
            )

    def check_map(self) -> None:
        """Raises UserError where the model has no anomaly map."""
        self.check_latent()
        if self.map is None and not self.sha256:
            raise UserError(f"{self.name}: a classical method has no anomaly map")
        if self.map is None:
            heal = f"`dvc repro evaluate@{self.cell}` does"
            raise UserError(f"{self.name} has no anomaly map: it was not evaluated; {heal}")
