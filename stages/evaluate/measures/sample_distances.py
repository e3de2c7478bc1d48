"""Distances of generated images from real ones, in features of both, and from the training images."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from stages.common.subset import spread

NEIGHBOURS = 5  # Naeem et al. 2020, section 4
SEARCHED = 500  # samples whose nearest training image is looked for, at most
BLOCK = 4096  # training images that are searched, as floats, at a time


def distances(samples: np.ndarray, fake: np.ndarray, real: np.ndarray, train: np.ndarray) -> dict[str, float]:
    """All of them, see tasks/generation.py, of samples in [0, 1], whose features are fake (m, units), from features of
    real images (n, units), and from uint8 images of train."""
    density, coverage = density_and_coverage(real, fake[: len(real)])  # equal numbers, or coverage comes for free
    scores = {"frechet": frechet_distance(real, fake), "kernel": kernel_distance(real, fake)}
    return scores | {"density": density, "coverage": coverage, "nearest": nearest(samples, train)}


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
        values = a @ b.T / a.shape[1] + 1
        return values * values * values  # ten times as fast as the power

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
    neighbours = min(NEIGHBOURS, len(real) - 1)
    search = NearestNeighbors(n_neighbors=neighbours + 1, algorithm="brute").fit(real)
    radii = search.kneighbors(real)[0][:, -1]
    distances = np.sqrt(np.maximum(np.sum(real**2, 1)[:, None] + np.sum(fake**2, 1)[None] - 2 * real @ fake.T, 0))
    inside = distances <= radii[:, None]
    return float(inside.sum(axis=0).mean() / neighbours), float(inside.any(axis=1).mean())


def nearest(samples: np.ndarray, train: np.ndarray) -> float:
    """Median root mean square distance per pixel of samples, floats, to the nearest of uint8 images of train."""
    searched = samples[spread(SEARCHED, len(samples))].reshape(-1, np.prod(train.shape[1:]))
    distances = np.full(len(searched), np.inf)
    for start in range(0, len(train), BLOCK):
        block = train[start : start + BLOCK]
        search = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(block.reshape(len(block), -1) / np.float32(255))
        distances = np.minimum(distances, search.kneighbors(searched)[0][:, 0])
    return float(np.median(distances) / np.sqrt(searched.shape[1]))
