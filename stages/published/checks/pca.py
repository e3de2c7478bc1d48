"""PCA, and the mean image: the error of test images, which no chance enters."""

import numpy as np

from stages.evaluate.measures.image_quality import mse
from stages.train.autoencoder import predict

SIZES = (8, 16, 32, 64, 128, 256)


def measure(subject) -> dict[str, list[float]]:
    """Test MSE per pixel, not clipped, of the first 8 to 256 components of all training images, and of their mean."""
    data = subject.data
    train = np.concatenate([data.train, data.validation])
    model = subject.trainer(SIZES[-1], {})(train, data.validation, 0, 1, "components")
    images, latents = data.test / np.float32(255), predict(model.encode, data.test)
    mean = (train.mean(axis=0, dtype=np.float64) / 255).astype(np.float32)
    errors = {"mean image": [float(mse(images, mean).mean())]}
    for size in SIZES:
        first = np.where(np.arange(SIZES[-1]) < size, latents, np.float32(0))
        errors[f"{size} components"] = [float(mse(images, predict(model.decode, first)).mean())]
    return errors
