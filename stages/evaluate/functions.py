"""Functions of a trained model that take and give numpy arrays, for tasks and pictures."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from sklearn.mixture import GaussianMixture

from stages.common.subset import spread
from stages.evaluate.code_prior import Coded, fit_code_prior
from stages.evaluate.protocol import Functions

COMPONENTS = 10  # of the mixture (Ghosh et al. 2020, section 4: ten suffice)
FULL = 256  # dimensions up to which a covariance can be told from so many images
MIXTURE_IMAGES = 10_000  # training images that the mixture is fitted to, at most


def remembering(function: Callable, splits: tuple[np.ndarray | None, ...]) -> Callable[[np.ndarray], np.ndarray]:
    """A function of images that runs once for each of the splits, whose latents several tasks want. What it makes of
    other images, such as damaged ones, nobody wants again: that is not kept."""
    known = {}

    def ask(images):
        if not any(images is split for split in splits):
            return function(images)
        if id(images) not in known:
            known[id(images)] = function(images)
        return known[id(images)]

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


def functions_of(
    model, train: np.ndarray | None = None, validation: np.ndarray | None = None, test: np.ndarray | None = None
) -> Functions:
    """Functions of a trained Autoencoder, that take and give numpy arrays of any length; images clipped to [0, 1].

    train, validation: images to whose latents the mixture is fitted when samples are asked for, and to whose codes the
    prior over codes is where the latent is discrete; without them such a model has the prior of its own
    The latents of train, validation and test are kept, for as long as the functions are.
    """
    from stages.train.autoencoder import predict

    def posterior(images):
        means = predict(lambda batch: model.posterior(batch)[0], images)
        return means, predict(lambda batch: model.posterior(batch)[1], images)

    def decode(latents):
        return np.clip(predict(model.decode, latents), 0, 1)

    splits = (train, validation, test)
    encode = remembering(lambda images: predict(model.encode, images), splits)
    code = remembering(lambda images: predict(model.code, images), splits) if hasattr(model, "code") else None
    mixture = lru_cache(maxsize=1)(lambda seed: fit_mixture(encode(train), seed))

    @lru_cache(maxsize=1)
    def code_prior():
        grid = model.encoder.get_layer("vectors").output.shape[1:3]  # whose vectors the codes replace
        known, held = (Coded(code(images), encode(images)) for images in (train, validation))
        return fit_code_prior(known, held, grid, model.codebook_size)

    def sample(n, seed):
        if code is None or train is None:
            return np.clip(model.sample(n, seed), 0, 1)
        return decode(predict(model.codebook.look_up, code_prior().draw(n, seed)))

    return Functions(
        encode=encode,
        decode=decode,
        posterior=posterior if hasattr(model, "posterior") else None,
        sample=sample if model.generative else None,
        sample_mixture=None if train is None else lambda n, seed: decode(draw(mixture(seed), n, seed)),
        code=code,
        codebook_size=getattr(model, "codebook_size", None),
    )
