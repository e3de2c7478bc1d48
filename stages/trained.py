"""Reads a trained cell from disk and wraps it in functions. Keras is imported late: runtime.start comes first."""

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
from sklearn.mixture import GaussianMixture

from stages.catalogue import load
from stages.cell import Data, Functions
from stages.sampling import spread

COMPONENTS = 10  # of the mixture (Ghosh et al. 2020, section 4: ten suffice)
FULL = 256  # dimensions up to which a covariance can be told from so many images
MIXTURE_IMAGES = 10_000  # training images that the mixture is fitted to, at most


def load_data(dataset: str) -> Data:
    """What the prepare stage wrote."""
    arrays = np.load(f"data/prepared/{dataset}/images.npz")
    return Data(*(arrays.get(name) for name in Data._fields[:7]))


def load_features(dataset: str) -> Callable[[np.ndarray], np.ndarray]:
    """Images (n, height, width, channels) -> features (n, units) of the data set's classifier."""
    import keras

    from stages.autoencoder import predict, scaled

    classifier = keras.models.load_model(f"data/classifiers/{dataset}/classifier.keras")
    features = keras.Model(classifier.inputs, classifier.get_layer("features").output)
    return lambda images: predict(lambda batch: features(scaled(batch), training=False), images)


def load_context(dataset: str, with_baselines: bool = True) -> Data:
    """A prepared data set with all that tasks hold models against: outliers, a classifier's features, baselines."""
    baselines = None
    if with_baselines:
        scores = json.loads(Path("metrics/baselines", f"{dataset}.json").read_text())["scores"]
        baselines = {
            task: {name: {measure: values[0] for measure, values in own.items()} for name, own in by_name.items()}
            for task, by_name in scores.items()
        }
    return load_data(dataset)._replace(
        outliers=np.load(f"data/outliers/{dataset}/images.npy"), features=load_features(dataset), baselines=baselines
    )


def load_model(path: str | Path, architecture: str):
    """A trained Autoencoder; importing its architecture registers its classes with Keras."""
    load("architectures", architecture)
    import keras

    return keras.models.load_model(path)


def remembering(function: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """The function, which runs once for each array however often it is asked: several tasks want the same latents."""
    known = {}  # keeps the arrays as well, so that no other can come to their address

    def ask(images):
        if id(images) not in known:
            known[id(images)] = (images, function(images))
        return known[id(images)][1]

    return ask


def fit_mixture(latents: np.ndarray, seed: int) -> GaussianMixture:
    """Ten Gaussians fitted to latents (n, k): full covariances, or diagonal ones where k is above 256."""
    latents = latents[spread(MIXTURE_IMAGES, len(latents))].astype(np.float64)
    shape = "full" if latents.shape[1] <= FULL else "diag"
    floor = 1e-4 * latents.var(axis=0).mean() + 1e-9
    components = min(COMPONENTS, len(latents))
    return GaussianMixture(components, covariance_type=shape, reg_covar=floor, tol=0.01, random_state=seed).fit(latents)


def draw(mixture: GaussianMixture, n: int, seed: int) -> np.ndarray:
    """n latents (n, k) in random order, float32."""
    mixture.random_state = seed
    return np.random.default_rng(seed).permutation(mixture.sample(n)[0]).astype(np.float32)


def functions_of(model, train: np.ndarray | None = None) -> Functions:
    """Wrap a trained Autoencoder in functions that take and give numpy arrays of any length.

    train: training images, to whose latents the mixture is fitted when samples are asked for
    """
    from stages.autoencoder import predict

    def posterior(images):
        means = predict(lambda batch: model.posterior(batch)[0], images)
        return means, predict(lambda batch: model.posterior(batch)[1], images)

    encode = remembering(lambda images: predict(model.encode, images))
    mixture = lru_cache(maxsize=1)(lambda seed: fit_mixture(encode(train), seed))
    return Functions(
        encode=encode,
        decode=lambda latents: predict(model.decode, latents),
        posterior=posterior if hasattr(model, "posterior") else None,
        sample=(lambda n, seed: np.asarray(model.sample(n, seed))) if model.generative else None,
        sample_mixture=None if train is None else lambda n, seed: predict(model.decode, draw(mixture(seed), n, seed)),
        code=(lambda images: predict(model.code, images)) if hasattr(model, "code") else None,
        codebook_size=getattr(model, "codebook_size", None),
    )
