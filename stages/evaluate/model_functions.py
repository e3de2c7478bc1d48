"""Functions of a trained model that take and give numpy arrays, for tasks and pictures."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture

from stages.common.subset import spread
from stages.evaluate.code_prior import Coded, CodePrior, fit_code_prior
from stages.evaluate.measures.latent_coder import fitted_coder
from stages.evaluate.task_interface import Functions, Mixture
from stages.train.components import solver

COMPONENTS = 10  # of the mixture (Ghosh et al. 2020, section 4: ten suffice)
AXES = 64  # dimensions of it, at most: a covariance of more cannot be told from a thousand images
MIXTURE_IMAGES = 10_000  # training images that the mixture is fitted to, at most

Images = np.ndarray | None  # uint8 (n, height, width, channels)


def remembering(function: Callable, splits: tuple[np.ndarray | None, ...]) -> Callable[[np.ndarray], np.ndarray]:
    """A function of images that runs once for each of the splits, whose latents several tasks want, also as a copy.
    What it makes of other images, such as damaged ones, nobody wants again: that is not kept."""
    known = {}

    def ask(images):
        same = (i for i, split in enumerate(splits) if images is split or np.array_equal(images, split))
        if (split := next(same, None)) is None:
            return function(images)
        if split not in known:
            known[split] = function(images)
        return known[split]

    return ask


def fit_mixture(latents: np.ndarray, seed: int) -> Mixture:
    """Ten Gaussians fitted to latents (n, k), on their 64 leading principal axes where k is above 64, as it is with
    latents that are maps: diagonal covariances of all of them would not know what goes with what."""
    latents = latents[spread(MIXTURE_IMAGES, len(latents))].astype(np.float64)
    axes, centre = np.eye(latents.shape[1]), latents.mean(axis=0)
    if len(axes) > AXES:
        principal = PCA(min(AXES, len(latents)), svd_solver=solver(*latents.shape), random_state=0)
        axes = principal.fit(latents).components_.T
    inner = latents @ axes
    floor = 1e-4 * inner.var(axis=0).mean() + 1e-9
    gaussians = GaussianMixture(min(COMPONENTS, len(inner)), reg_covar=floor, tol=0.01, random_state=seed).fit(inner)
    return Mixture(gaussians, axes, centre - centre @ axes @ axes.T)


def draw(mixture: Mixture, n: int, seed: int) -> np.ndarray:
    """n latents (n, k) in random order, float32."""
    mixture.gaussians.random_state = seed
    drawn = mixture.gaussians.sample(n)[0] @ mixture.axes.T + mixture.rest
    return np.random.default_rng(seed).permutation(drawn).astype(np.float32)


def _code_prior(model, code: Callable, encode: Callable, train: np.ndarray, validation: np.ndarray) -> CodePrior:
    grid = model.encoder.get_layer("vectors").output.shape[1:3]  # whose vectors the codes replace
    known, held = (Coded(code(images), encode(images)) for images in (train, validation))
    return fit_code_prior(known, held, grid, model.codebook_size)


def functions_of(model, train: Images = None, validation: Images = None, test: Images = None) -> Functions:
    """Functions of a trained Autoencoder, that take and give numpy arrays of any length; images clipped to [0, 1].

    train, validation: images to which mixture, coder and the prior of codes are fitted, once, when asked for; the
    latents of these and of test are kept as long as the functions are"""
    from stages.train.autoencoder import predict

    if model.encoder is None:
        return Functions(None, lambda images: np.clip(predict(model, images), 0, 1))

    def posterior(images):
        return tuple(predict(lambda batch, part=part: model.posterior(batch)[part], images) for part in (0, 1))

    def decode(latents):
        return np.clip(predict(model.decode, latents), 0, 1)

    splits = (train, validation, test)
    encode = remembering(lambda images: predict(model.encode, images), splits)
    code = remembering(lambda images: predict(model.code, images), splits) if hasattr(model, "code") else None
    mixture = lru_cache(maxsize=1)(lambda seed: fit_mixture(encode(train), seed))
    code_prior = lru_cache(maxsize=1)(lambda: _code_prior(model, code, encode, train, validation))

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
        mixture=None if train is None else mixture,
        coder=None if train is None else lru_cache(maxsize=1)(lambda: fitted_coder(encode(train), decode)),
        train=train,
        code=code,
        codebook_size=getattr(model, "codebook_size", None),
        kept={},
    )
