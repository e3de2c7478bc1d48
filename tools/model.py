"""A trained model for use: uint8 images of any size in; reconstructions, anomaly scores and latents out.

from tools.model import load
model = load("data/models/digits/variational")
answer = model.apply(images)
"""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from stages.common import registry
from stages.common.damage import DAMAGE, whole
from stages.common.params import read_params, short
from stages.common.stage import UserError
from stages.evaluate.applied import sum_of
from stages.evaluate.measures.image_quality import mse
from stages.evaluate.measures.latent_codec import Codec, codec_of
from stages.prepare.images import in_channels, stretched
from stages.prepare.reader import WHITE, fitted


class Answer(NamedTuple):
    """What a model says of n images."""

    reconstructions: np.ndarray  # uint8 (n, height, width, channels), as large as the images were; denoised, by some
    scores: np.ndarray  # mean squared error in the model's own size, pixels in [0, 1], (n,)
    latents: np.ndarray  # (n, latent_size)
    anomalous: np.ndarray | None  # whether the scores are above the threshold, (n,); None without one


class Model(NamedTuple):
    """A trained model, and what preparation and evaluation have fixed for its use."""

    path: Path  # data/models/<data set>/<architecture>/seed-<seed>.keras, absolute
    network: object  # stages.train.autoencoder.Autoencoder
    sha256: str  # of its file
    threshold: float | None = None  # of the scores, fixed without labels; None where this very file was not evaluated
    codec: Codec | None = None  # the same; of the first seed alone
    fit: str | None = None  # how images become square: "crop", "pad", or stretched
    white: int = WHITE  # the value of more than eight bits that is white

    @property
    def name(self) -> str:
        """For messages: <data set>/<architecture>/<file>."""
        return "/".join(self.path.parts[-3:])

    @property
    def root(self) -> Path:
        """The folder of the project that has trained it."""
        return Path(self.path.parent, "../../../..")

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of the images that it was trained on."""
        return self.network.encoder.input_shape[1:]

    def encode(self, images: np.ndarray) -> np.ndarray:
        """uint8 images (n, *image_shape) -> latents (n, latent_size)."""
        from stages.train.autoencoder import predict

        return predict(self.network.encode, images)

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Latents (n, latent_size) -> float32 images (n, *image_shape) in [0, 1]."""
        from stages.train.autoencoder import predict

        return np.clip(predict(self.network.decode, latents), 0, 1)

    def fitted(self, image: np.ndarray) -> np.ndarray:
        """uint8 (height, width, channels) -> uint8 image_shape, as the training images were made."""
        size, _, channels = self.image_shape
        return in_channels(fitted(image, size, self.fit) if self.fit else stretched(image, size), channels)

    def unfitted(self, image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """uint8 image_shape -> uint8 (height, width, channels) of that size; of what was cropped only the square."""
        side = self.image_shape[0]
        if self.fit == "crop":
            size = (min(size), min(size))
        elif self.fit == "pad":
            inner = [max(1, round(side * own / max(size))) for own in size]
            top, left = ((side - own) // 2 for own in inner)
            image = image[top : top + inner[0], left : left + inner[1]]
        picture = Image.fromarray(image.squeeze(2) if image.shape[2] == 1 else image)
        return np.asarray(picture.resize(size[::-1], Image.Resampling.BICUBIC)).reshape(*size, -1)

    def look(self, images: np.ndarray) -> Answer:
        """What the model says of uint8 images (n, *image_shape)."""
        latents = self.encode(images)
        decoded = self.decode(latents)
        scores = mse(images / np.float32(255), decoded)
        return Answer(as_bytes(decoded), scores, latents, None if self.threshold is None else scores > self.threshold)

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
    """The model of a folder, data/models/<data set>/<architecture>, with its first seed; or that of one .keras file.

    Keras loads it in its safe mode: no code that the file holds is run. Raises UserError where it is no such model.
    """
    path = Path(path)
    if path.is_dir():
        training = path / "training.json"
        with whole(training, f"dvc repro train@{path.parent.name}-{path.name}"):
            path = path / f"seed-{json.loads(training.read_text())['seeds'][0]}.keras"
    model = Model(path.absolute(), _network(path), sum_of(path))
    dataset, architecture = model.path.parent.parent.name, model.path.parent.name
    if (model.root / "params.yaml").exists():
        folder = read_params(model.root / "params.yaml").get("data", {}).get(dataset, {}).get("folder") or {}
        model = model._replace(**{name: folder[name] for name in ("fit", "white") if name in folder})
    kept = model.root / "data/applied" / dataset / f"{architecture}.npz"
    return _evaluated(model, kept, f"dvc repro evaluate@{dataset}-{architecture}") if kept.exists() else model


def _evaluated(model: Model, path: Path, heal: str) -> Model:
    """With what evaluation has kept, as far as it is of this very file."""
    with whole(path, heal), np.load(path, allow_pickle=False) as kept:
        arrays = {name: kept[name] for name in kept.files}
        places = np.flatnonzero(arrays["sha256"] == model.sha256)
        if len(places) and "threshold" in arrays:
            model = model._replace(threshold=float(arrays["threshold"][places[0]]))
        if 0 in places and "chances" in arrays:
            model = model._replace(codec=codec_of(arrays))
    return model


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
