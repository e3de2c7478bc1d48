"""Generation: new images, decoded from random latents, that are like real ones, as varied, and no copies of them.

Compared in the features of a frozen network of the data set's own domain (stages/evaluate/classifier.py), so the
Frechet distance here is not the "FID", whose network knows photographs only.
"""

import numpy as np
from pydantic import PositiveInt
from sklearn.neighbors import NearestNeighbors

from stages.common.subset import spread
from stages.common.task import Task
from stages.evaluate.measures.resampling import resampled
from stages.evaluate.protocol import Data, Functions

TASK = Task(
    measure="frechet",
    better="lower",
    label="Fréchet distance of samples from the mixture",
    margin="relative",
    headline=("frechet",),
    columns={
        "frechet": "mixture: Fréchet",
        "density": "density",
        "coverage": "coverage",
        "nearest": "to nearest training image",
        "frechet_prior": "prior: Fréchet",
        "density_prior": "density",
        "coverage_prior": "coverage",
    },
    bounds=("training_images",),
)

NEIGHBOURS = 5  # Naeem et al. 2020, section 4
SEARCHED = 500  # samples whose nearest training image is looked for, at most


def score(model: Functions, data: Data, seed: int, *, images: PositiveInt) -> dict[str, float | list]:
    """Of `images` samples from a mixture of ten Gaussians fitted to the training latents (Ghosh et al. 2020, "From
    variational to deterministic autoencoders"), against as many test images: frechet, density and coverage; and
    nearest, the median distance to the nearest training image, root mean square per pixel in [0, 1]: near 0 they are
    copies.

    The same with "_prior" for samples from N(0, I), or what prior the architecture has, where it has one.
    """
    scores = _scores(model.sample_mixture(images, seed), data, images)
    if model.sample is not None:
        prior = _scores(model.sample(images, seed), data, images)
        scores |= {
            name.replace("frechet", "frechet_prior"): value for name, value in prior.items() if "frechet" in name
        }
        scores |= {f"{name}_prior": prior[name] for name in ("density", "coverage", "nearest")}
    return scores


def references(data: Data, seed: int, *, images: PositiveInt) -> dict[str, dict]:
    """One Gaussian fitted to the pixels; and training images in place of samples, which only a copy can match; with
    nearest_of_test_images, the median distance from real images not trained on to the nearest training image."""
    random = np.random.default_rng(seed)
    flat = data.train[spread(10_000, len(data.train))].reshape(-1, np.prod(data.train.shape[1:])) / 255
    drawn = random.multivariate_normal(flat.mean(axis=0), np.cov(flat.T), images, method="eigh")
    real = data.train[np.sort(random.choice(len(data.train), min(images, len(data.train)), replace=False))]
    bound = _scores(real / np.float32(255), data, images)
    bound["nearest_of_test_images"] = _nearest(data.test / np.float32(255), data.train)
    return {
        "pixel_gaussian": _scores(drawn.reshape(-1, *data.train.shape[1:]), data, images),
        "training_images": bound,
    }


def _scores(samples: np.ndarray, data: Data, images: int) -> dict[str, float | list]:
    samples = np.clip(samples, 0, 1).astype(np.float32)
    real = data.features(data.test[spread(images, len(data.test))])
    fake = data.features(samples)
    density, coverage = density_and_coverage(real, fake[: len(real)])  # equal numbers, or coverage comes for free
    return {
        "frechet": frechet_distance(real, fake),
        "frechet_resampled": resampled(frechet_distance, real, fake),
        "density": density,
        "coverage": coverage,
        "nearest": _nearest(samples, data.train),
    }


def frechet_distance(real: np.ndarray, fake: np.ndarray) -> float:
    """Between Gaussians fitted to features (n, k) and (m, k): |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)).

    Dowson and Landau 1982; Heusel et al. 2017, equation 6.
    """
    real, fake = real.astype(np.float64), fake.astype(np.float64)
    first, second = np.cov(real.T), np.cov(fake.T)
    values, vectors = np.linalg.eigh(first)
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    # (C1 C2)^(1/2) has the trace of (C1^(1/2) C2 C1^(1/2))^(1/2), which is symmetric.
    shared = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ second @ root), 0)).sum()
    distance = np.sum((real.mean(axis=0) - fake.mean(axis=0)) ** 2) + np.trace(first + second) - 2 * shared
    return float(max(distance, 0))


def density_and_coverage(real: np.ndarray, fake: np.ndarray) -> tuple[float, float]:
    """How deep samples lie among real images, and the share of real images that have a sample near.

    Naeem et al. 2020, "Reliable fidelity and diversity metrics for generative models", equations 3 and 4; both are 1 in
    expectation, the coverage nearly, where the distributions are the same.
    """
    search = NearestNeighbors(n_neighbors=NEIGHBOURS + 1, algorithm="brute").fit(real)
    radii = search.kneighbors(real)[0][:, -1]
    distances = np.sqrt(np.maximum(np.sum(real**2, 1)[:, None] + np.sum(fake**2, 1)[None] - 2 * real @ fake.T, 0))
    inside = distances <= radii[:, None]
    return float(inside.sum(axis=0).mean() / NEIGHBOURS), float(inside.any(axis=1).mean())


def _nearest(samples: np.ndarray, train: np.ndarray) -> float:
    flat = train.reshape(len(train), -1) / np.float32(255)
    search = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(flat)
    searched = samples[spread(SEARCHED, len(samples))].reshape(-1, flat.shape[1])
    return float(np.median(search.kneighbors(searched)[0]) / np.sqrt(flat.shape[1]))
