"""A trained model for use: uint8 images of any size in; reconstructions, anomaly scores and latents out.

from tools.model import load
model = load("data/digits/models/variational")
answer = model.apply(images)
"""

import json
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from stages.common import registry
from stages.common.file_errors import DAMAGE, whole
from stages.common.params import read_params, short
from stages.common.stage import UserError
from stages.evaluate.measures.anomaly_map import AnomalyMap, map_of
from stages.evaluate.measures.anomaly_score import AnomalyScore, score_of
from stages.evaluate.measures.image_quality import mse
from stages.evaluate.measures.latent_codec import Codec, codec_of
from stages.evaluate.usage_files import sum_of
from stages.prepare.images import fitted, in_channels, stretched
from stages.prepare.patches import cut, joined
from stages.prepare.values import WHITE
from tools import classical


class Answer(NamedTuple):
    """What a model says of n images."""

    reconstructions: np.ndarray  # uint8 (n, height, width, channels), as large as the images were; denoised, by some
    errors: np.ndarray  # mean squared error in the model's own size, pixels in [0, 1], (n,)
    latents: np.ndarray | None  # (n, latent_size); None where the model has no latent
    scores: np.ndarray | None  # of anomaly, (n,), see evaluate/measures/anomaly_score.py; None without a threshold
    anomalous: np.ndarray | None  # whether the scores are above the threshold, (n,); None without one
    maps: np.ndarray | None = None  # where an image is unusual, in the model's own size, (n, height, width); or None


class Model(NamedTuple):
    """A trained model, and what preparation and evaluation have fixed for its use."""

    path: Path  # data/<data set>/models/<architecture>/seed-<seed>.keras, absolute
    network: object  # stages.train.autoencoder.Autoencoder
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
    def root(self) -> Path:
        """The folder of the project that has trained it."""
        return Path(os.path.normpath(self.path.parent / "../../../.."))

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of the images that it was trained on."""
        return self.network.image_shape

    def encode(self, images: np.ndarray) -> np.ndarray:
        """uint8 images (n, *image_shape) -> latents (n, latent_size)."""
        from stages.train.autoencoder import predict

        return predict(self.network.encode, images)

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Latents (n, latent_size) -> float32 images (n, *image_shape) in [0, 1]."""
        from stages.train.autoencoder import predict

        return np.clip(predict(self.network.decode, latents), 0, 1)

    def reconstruct(self, images: np.ndarray) -> np.ndarray:
        """uint8 images (n, *image_shape) -> float32 images in [0, 1], also of a model without a latent."""
        from stages.train.autoencoder import predict

        return np.clip(predict(self.network, images), 0, 1)

    def check_latent(self) -> None:
        """Raises UserError where the model has no latent."""
        if self.network.encoder is None:
            raise UserError(f"{self.name} has no latent; it denoises alone")

    def with_false_alarms(self, share: float) -> "Model":
        """The model with those thresholds that this share of validation images is above. Raises UserError where that is
        no share, or where these scores are not known."""
        if not 0 < share < 1:
            raise UserError(f"a share of false alarms lies between 0 and 1, such as 0.01, not {share:g}")
        if self.validation is None:
            self.check_map()
        if share * self.validation.shape[1] < 1:
            count = self.validation.shape[1]
            print(f"{count:,} validation images cannot tell {share:g} of false alarms from none: less than one image")
        thresholds = map(float, np.quantile(self.validation, 1 - share, axis=1))
        return self._replace(**dict(zip(("threshold", "map_threshold"), thresholds, strict=False)))

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
        if self.map is None:
            name = f"{self.dataset}-{self.path.parent.name}"
            if not self.sha256:
                raise UserError(f"{self.name}: a classical method has no anomaly map")
            raise UserError(f"{self.name} has no anomaly map: it was not evaluated; `dvc repro evaluate@{name}` does")

    def fitted(self, image: np.ndarray) -> np.ndarray:
        """uint8 (height, width, channels) -> uint8 image_shape, or the size whose patches have it, as in training."""
        size, channels = self.whole or self.image_shape[0], self.image_shape[2]
        return in_channels(fitted(image, size, self.fit) if self.fit else stretched(image, size), channels)

    def unfitted(self, image: np.ndarray, size: tuple[int, int], how=Image.Resampling.BICUBIC) -> np.ndarray:
        """What `fitted` gives, or a map of it in grey -> uint8 (height, width, channels) of that size; of what was
        cropped only the square."""
        side = image.shape[0]
        if self.fit == "crop":
            size = (min(size), min(size))
        elif self.fit == "pad":
            inner = [max(1, round(side * own / max(size))) for own in size]
            top, left = ((side - own) // 2 for own in inner)
            image = image[top : top + inner[0], left : left + inner[1]]
        picture = Image.fromarray(image.squeeze(2) if image.shape[2] == 1 else image)
        return np.asarray(picture.resize(size[::-1], how)).reshape(*size, -1)

    def look(self, images: np.ndarray) -> Answer:
        """What the model says of uint8 images (n, *image_shape), or of the size whose patches have it. The scores of
        patches are then the highest of each image, as in evaluation, and there are no latents."""
        if not self.whole:
            return self._look(images)
        answers = [self._look(cut(image, self.image_shape[0])) for image in images]

        def stitched(name):
            arrays = [getattr(answer, name) for answer in answers]
            return None if arrays[0] is None else np.stack([joined(array, self.whole, self.whole) for array in arrays])

        scores = None if self.score is None else np.array([answer.scores.max() for answer in answers])
        return Answer(
            np.rint(stitched("reconstructions")).astype(np.uint8),
            np.array([answer.errors.mean() for answer in answers]),
            None,
            scores,
            None if scores is None else scores > self.threshold,
            stitched("maps"),
        )

    def _look(self, images: np.ndarray) -> Answer:
        latents = None if self.network.encoder is None else self.encode(images)
        decoded = self.reconstruct(images) if latents is None else self.decode(latents)
        errors = mse(images / np.float32(255), decoded)
        scores = self.score and self.score.of(errors, latents)
        anomalous = None if scores is None else scores > self.threshold
        maps = self.map and self.map.of(images / np.float32(255), decoded)
        return Answer(as_bytes(decoded), errors, latents, scores, anomalous, maps)

    def apply(self, images: np.ndarray) -> Answer:
        """What the model says of uint8 images (n, height, width, channels), brought to its size and back.

        Raises ValueError for arrays of another kind.
        """
        if images.dtype != np.uint8 or images.ndim != 4 or not len(images):
            raise ValueError(f"images are uint8 (n, height, width, channels), not {images.dtype} {images.shape}")
        answer = self.look(np.stack([self.fitted(image) for image in images]))
        pictures = [self.unfitted(image, images.shape[1:3]) for image in answer.reconstructions]
        return answer._replace(reconstructions=np.stack(pictures))


def as_bytes(images: np.ndarray) -> np.ndarray:
    """Float images in [0, 1] -> uint8."""
    return np.rint(images * 255).astype(np.uint8)


def load(path: str | Path) -> Model:
    """The model of a folder, data/<data set>/models/<architecture>, with its first seed; that of one .keras file; or a
    classical method, data/<data set>/<method>, see tools/classical.py.

    Keras loads it in its safe mode: no code that the file holds is run. Raises UserError where it is no such model.
    """
    path = Path(path)
    if classical.is_classical(path):
        known = classical.known(path)
        place = path.parent.absolute() / "classical" / path.name / "references.json"
        return _settled(Model(place, known.network, "", known.score, known.threshold, validation=known.validation))
    if path.is_dir():
        training = path / "training.json"
        with whole(training, f"dvc repro train@{path.parents[1].name}-{path.name}"):
            path = path / f"seed-{json.loads(training.read_text())['seeds'][0]}.keras"
    model = _settled(Model(path.absolute(), _network(path), sum_of(path)))
    dataset, architecture = model.dataset, model.path.parent.name
    for kept in sorted((model.root / "data" / dataset / "usage" / architecture).glob("seed-*")):
        model = _evaluated(model, kept, f"dvc repro evaluate@{dataset}-{architecture}")
    return model


def _settled(model: Model) -> Model:
    """With the way in which images of its data set were brought to their size, as params.yaml has it."""
    if not (model.root / "params.yaml").exists():
        return model
    folder = read_params(model.root / "params.yaml").get("data", {}).get(model.dataset, {}).get("folder") or {}
    return model._replace(**{name: folder[name] for name in ("fit", "white", "black", "whole") if name in folder})


def _evaluated(model: Model, path: Path, heal: str) -> Model:
    """With what evaluation has kept in a folder, where that is of this very file."""
    with whole(path, heal):
        arrays = {file.stem: np.load(file, allow_pickle=False) for file in path.glob("*.npy")}
        if arrays["sha256"] != model.sha256:
            return model
        if "threshold" in arrays:
            known = np.stack([arrays["validation_scores"], arrays["map_validation_scores"]])
            fixed = {name: float(arrays[name]) for name in ("threshold", "map_threshold")}
            model = model._replace(score=score_of(arrays), map=map_of(arrays), validation=known, **fixed)
        return model._replace(codec=codec_of(arrays)) if "chances" in arrays else model


def _network(path: Path):
    """The Autoencoder of a file."""
    for name in registry.names("architectures"):
        registry.load("architectures", name)  # registers its classes with Keras
    import keras

    from stages.train.autoencoder import Autoencoder

    try:
        network = keras.models.load_model(path, safe_mode=True)
    except DAMAGE as error:
        raise UserError(f"{path} is no model that can be loaded: {short(str(error))}") from None
    if not isinstance(network, Autoencoder):
        raise UserError(f"{path} holds a {type(network).__name__}, no model of this project")
    return network
