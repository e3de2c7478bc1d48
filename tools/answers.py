"""Answers of a trained model to uint8 images of any size: reconstructions, errors, latents, anomaly scores and maps."""

from typing import NamedTuple

import numpy as np
from PIL import Image

from stages.common.patches import cut, joined
from stages.evaluate.measures.image_quality import mse
from stages.prepare.images import fitted, in_channels, stretched
from tools.trained import Trained


class Answer(NamedTuple):
    """What a model says of n images."""

    reconstructions: np.ndarray  # uint8 (n, height, width, channels), as large as the images were; denoised, by some
    errors: np.ndarray  # mean squared error in the model's own size, pixels in [0, 1], (n,)
    latents: np.ndarray | None  # (n, latent_size); None where the model has no latent
    scores: np.ndarray | None  # of anomaly, (n,), see evaluate/measures/anomaly_score.py; None without a threshold
    anomalous: np.ndarray | None  # whether the scores are above the threshold, (n,); None without one
    maps: np.ndarray | None  # where an image is unusual, in the model's own size, (n, height, width); or None


class Model(Trained):
    """A trained model that takes images of any size."""

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
        """What the model says of uint8 images (n, height, width, channels), brought to its size and back. Raises
        ValueError for arrays of another kind."""
        if images.dtype != np.uint8 or images.ndim != 4 or not len(images):
            raise ValueError(f"images are uint8 (n, height, width, channels), not {images.dtype} {images.shape}")
        answer = self.look(np.stack([self.fitted(image) for image in images]))
        pictures = [self.unfitted(image, images.shape[1:3]) for image in answer.reconstructions]
        return answer._replace(reconstructions=np.stack(pictures))


def as_bytes(images: np.ndarray) -> np.ndarray:
    """Float images in [0, 1] -> uint8."""
    return np.rint(images * 255).astype(np.uint8)
