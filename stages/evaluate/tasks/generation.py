"""Generation: new images, decoded from random latents, that are like real ones, as varied, and no copies of them.

Compared in the features of a frozen network of the data set's own domain (stages/evaluate/classifier.py), so
the distances here are not the "FID" and "KID", whose network knows photographs only.
"""

from typing import NamedTuple

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
    label="Fréchet distance of samples",
    margin="relative",
    headline=("frechet",),
    columns={
        "frechet": "Fréchet",
        "kernel": "kernel",
        "density": "density",
        "coverage": "coverage",
        "nearest": "to nearest training image",
        "frechet_mixture": "mixture: Fréchet",
        "kernel_mixture": "kernel",
        "coverage_mixture": "coverage",
        "frechet_prior": "prior: Fréchet",
        "kernel_prior": "kernel",
        "coverage_prior": "coverage",
    },
    bounds=("training_images",),
    usable={"coverage": 0.5},
)

NEIGHBOURS = 5  # Naeem et al. 2020, section 4
SEARCHED = 500  # samples whose nearest training image is looked for, at most
BLOCK = 4096  # training images that are searched, as floats, at a time


class Samples(NamedTuple):
    """Images and their features."""

    images: np.ndarray  # float32 (n, height, width, channels) in [0, 1]
    features: np.ndarray  # (n, units)


def score(model: Functions, data: Data, seed: int, *, images: PositiveInt) -> dict[str, float | list]:
    """Of `images` samples against as many test images: frechet and kernel, distances between their distributions;
    density and coverage; and nearest, the median distance to the nearest training image, root mean square per pixel in
    [0, 1]: near 0 they are copies.

    Samples come from a mixture of ten Gaussians fitted to the training latents (Ghosh et al. 2020, "From variational to
    deterministic autoencoders") and, where there is one, from the prior. The headline is of the source with the smaller
    Frechet distance from validation images, frechet_validation_<source>; all of each is there with "_mixture" and
    "_prior" behind.
    Lists: source, the one taken; frechet_resampled.
    """
    samplers = {"mixture": model.sample_mixture} | ({} if model.sample is None else {"prior": model.sample})
    drawn = {source: _with_features(data, sampler(images, seed)) for source, sampler in samplers.items()}
    held = data.features(data.validation[spread(images, len(data.validation))])
    distances = {source: frechet_distance(held, samples.features) for source, samples in drawn.items()}
    real = _real(data, images)
    found = {source: _scores(samples, real, data.train) for source, samples in drawn.items()}
    taken = min(distances, key=distances.get)
    scores = found[taken] | {
        "frechet_resampled": resampled(frechet_distance, real, drawn[taken].features),
        "source": [taken],
    }
    for source, own in found.items():
        scores |= {f"{name}_{source}": value for name, value in own.items()}
        scores[f"frechet_validation_{source}"] = distances[source]
    return scores


def references(data: Data, seeds: list[int], *, images: PositiveInt) -> list[dict[str, dict]]:
    """One Gaussian fitted to the pixels; and training images in place of samples, which only a copy can match; with
    nearest_of_test_images, the median distance from real images not trained on to the nearest training image."""
    flat = data.train[spread(10_000, len(data.train))].reshape(-1, np.prod(data.train.shape[1:])) / 255
    mean, covariance = flat.mean(axis=0), np.cov(flat.T)
    del flat
    return [_references(data, seed, images, mean, covariance) for seed in seeds]


def _references(data: Data, seed: int, images: int, mean: np.ndarray, covariance: np.ndarray) -> dict[str, dict]:
    random = np.random.default_rng(seed)
    gaussian = random.multivariate_normal(mean, covariance, images, method="eigh")
    copies = data.train[np.sort(random.choice(len(data.train), min(images, len(data.train)), replace=False))]
    real, found = _real(data, images), {}
    for name, own in {"pixel_gaussian": gaussian, "training_images": copies / 255}.items():
        samples = _with_features(data, own.reshape(-1, *data.train.shape[1:]))
        found[name] = _scores(samples, real, data.train)
        found[name]["frechet_resampled"] = resampled(frechet_distance, real, samples.features)
    found["training_images"]["nearest_of_test_images"] = _nearest(data.test / np.float32(255), data.train)
    return found


def _with_features(data: Data, samples: np.ndarray) -> Samples:
    samples = np.clip(samples, 0, 1).astype(np.float32)
    return Samples(samples, data.features(samples).astype(np.float64))


def _real(data: Data, images: int) -> np.ndarray:
    return data.features(data.test[spread(images, len(data.test))]).astype(np.float64)


def _scores(samples: Samples, real: np.ndarray, train: np.ndarray) -> dict[str, float]:
    fake = samples.features
    density, coverage = density_and_coverage(real, fake[: len(real)])  # equal numbers, or coverage comes for free
    return {
        "frechet": frechet_distance(real, fake),
        "kernel": kernel_distance(real, fake),
        "density": density,
        "coverage": coverage,
        "nearest": _nearest(samples.images, train),
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


def kernel_distance(real: np.ndarray, fake: np.ndarray) -> float:
    """The squared maximum mean discrepancy of features (n, k) and (m, k) under the kernel (x . y / k + 1)^3, estimated
    without bias: about 0, and below it as often as above, where the distributions are the same.

    Binkowski et al. 2018, "Demystifying MMD GANs", section 3; Gretton et al. 2012, "A kernel two-sample test", equation
    3. The Frechet distance of few images is biased upwards, and sees no more than two moments.
    """

    def kernel(a, b):
        return (a @ b.T / a.shape[1] + 1) ** 3

    def within(a):
        values = kernel(a, a)
        return (values.sum() - np.trace(values)) / (len(a) * (len(a) - 1))

    real, fake = real.astype(np.float64), fake.astype(np.float64)
    return float(within(real) + within(fake) - 2 * kernel(real, fake).mean())


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
    searched = samples[spread(SEARCHED, len(samples))].reshape(-1, np.prod(train.shape[1:]))
    distances = np.full(len(searched), np.inf)
    for start in range(0, len(train), BLOCK):
        block = train[start : start + BLOCK]
        search = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(block.reshape(len(block), -1) / np.float32(255))
        distances = np.minimum(distances, search.kneighbors(searched)[0][:, 0])
    return float(np.median(distances) / np.sqrt(searched.shape[1]))
