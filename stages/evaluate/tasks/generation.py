"""Generation: new images, decoded from random latents, that are like real ones, as varied, and no copies of them.

Compared in the features of a frozen network of the data set's own domain (stages/evaluate/classifier.py), so
the distances here are not the "FID" and "KID", whose network knows photographs only.
"""

from collections.abc import Callable

import numpy as np
from pydantic import PositiveInt

from stages.common.subset import spread
from stages.common.task import Task
from stages.evaluate.measures.resampling import resampled
from stages.evaluate.task_interface import Data, Functions, Scores, Warnings

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
        "kernel_mixture": "mixture: kernel",
        "coverage_mixture": "mixture: coverage",
        "frechet_prior": "prior: Fréchet",
        "kernel_prior": "prior: kernel",
        "coverage_prior": "prior: coverage",
    },
    bounds=("training_images",),
    usable={"coverage": 0.5},
)

PRIOR = 2  # Frechet distance from the prior over that from the mixture
COPIES = 0.5  # distance of samples to the nearest training image over that of real images not trained on
RULE = (
    f"a Fréchet distance from the prior more than {PRIOR} times that from the mixture; samples nearer to training "
    f"images than {COPIES} times what real images are"
)


def method(*, images: PositiveInt) -> str:
    """How generation is measured."""
    return (
        f"Generation: {images:,} samples from a mixture of ten Gaussians fitted to the training latents, and from the "
        "prior where there is one (for a discrete latent an autoregressive model fitted to the codes of training "
        "images), against test images, in the features of a classifier of the same data set, which sees large images "
        "at 32 x 32 pixels at most: comparable within a data set only, and not the FID or KID. The source that is "
        "nearer to validation images counts. Kernel distance: the unbiased squared maximum mean discrepancy (Binkowski "
        "et al. 2018). Density and coverage after Naeem et al. 2020. To the nearest training image: median root mean "
        "square distance per pixel."
    )


def score(model: Functions, data: Data, seed: int, *, images: PositiveInt) -> Scores:
    """Of `images` samples against as many test images: frechet and kernel, distances between their distributions;
    density and coverage; and nearest, the median distance to the nearest training image, root mean square per pixel in
    [0, 1]: near 0 they are copies.

    The mixture is that of Ghosh et al. 2020, "From variational to deterministic autoencoders". The headline is of the
    source with the smaller Frechet distance from validation images, frechet_validation_<source>; all of each is there
    with "_mixture" and "_prior" behind.
    Lists: source, the one taken; frechet_resampled.
    """
    from stages.evaluate.measures.sample_distances import distances, frechet_distance

    samplers = {"mixture": model.sample_mixture} | ({} if model.sample is None else {"prior": model.sample})
    drawn = {source: _drawn(sampler(images, seed), data) for source, sampler in samplers.items()}
    held = data.features(data.validation[spread(images, len(data.validation))])
    from_held = {source: frechet_distance(held, features) for source, (_, features) in drawn.items()}
    real = _real(data, images)
    by_source = {source: distances(*samples, real, data.train) for source, samples in drawn.items()}
    taken = min(from_held, key=from_held.get)
    again = resampled(frechet_distance, real, drawn[taken][1])
    scores = by_source[taken] | {"frechet_resampled": again, "source": [taken]}  # type: Scores
    for source, values in by_source.items():
        scores |= {f"{name}_{source}": value for name, value in values.items()}
        scores[f"frechet_validation_{source}"] = from_held[source]
    return scores


def references(data: Data, seeds: list[int], *, images: PositiveInt) -> list[dict[str, dict]]:
    """One Gaussian fitted to the pixels; and training images in place of samples, which only a copy can match; with
    nearest_of_test_images, the median distance from real images not trained on to the nearest training image."""
    from stages.evaluate.measures.budgets import examples

    some = examples(data.train[spread(10_000, len(data.train))])
    gaussian = _pixel_gaussian(some.reshape(len(some), -1) / 255)
    return [_references(data, seed, images, gaussian) for seed in seeds]


def warnings(metrics: dict[str, dict], references: dict[str, dict]) -> Warnings:
    """Priors that the decoder does not know, and copies."""
    real = np.mean(references.get("training_images", {}).get("nearest_of_test_images", 0))
    for name, content in metrics.items():
        scores = content["scores"]["generation"]
        ratio = np.mean(scores.get("frechet_prior", 0)) / np.mean(scores["frechet_mixture"])
        if ratio > PRIOR:
            what = "to be sampled from the mixture, not from the prior, whose Fréchet distance is so much larger"
            yield what, name, f"{ratio:.0f} times"
        if (nearness := np.mean(scores["nearest"])) < COPIES * real:
            what = "copies? Samples lie nearer to training images than new real images do"
            yield what, name, f"{nearness / real:.2f} times their distance"


def _pixel_gaussian(flat: np.ndarray) -> Callable:
    """A function of a random generator and n that draws (n, pixels) from the Gaussian of the moments of flat (images,
    pixels). Where it has fewer images than pixels, draws are random sums of them: a covariance of that rank."""
    mean, (images, pixels) = flat.mean(axis=0), flat.shape
    if images < pixels:
        spans = (flat - mean) / np.sqrt(images - 1)
        return lambda random, n: mean + random.normal(size=(n, images)) @ spans
    covariance = np.cov(flat.T)
    return lambda random, n: random.multivariate_normal(mean, covariance, n, method="eigh")


def _references(data: Data, seed: int, images: int, pixel_gaussian: Callable) -> dict[str, dict]:
    from stages.evaluate.measures.sample_distances import distances, frechet_distance, nearest

    random = np.random.default_rng(seed)
    gaussian = pixel_gaussian(random, images)
    copies = data.train[np.sort(random.choice(len(data.train), min(images, len(data.train)), replace=False))]
    real, scores = _real(data, images), {}  # type: np.ndarray, dict[str, dict]
    for name, drawn in {"pixel_gaussian": gaussian, "training_images": copies / 255}.items():
        samples, features = _drawn(drawn.reshape(-1, *data.train.shape[1:]), data)
        scores[name] = distances(samples, features, real, data.train)
        scores[name]["frechet_resampled"] = resampled(frechet_distance, real, features)
    scores["training_images"]["nearest_of_test_images"] = nearest(data.test / np.float32(255), data.train)
    return scores


def _drawn(images: np.ndarray, data: Data) -> tuple[np.ndarray, np.ndarray]:
    """Float images (n, height, width, channels), clipped to [0, 1], and their features (n, units)."""
    images = np.clip(images, 0, 1).astype(np.float32)
    return images, data.features(images).astype(np.float64)


def _real(data: Data, images: int) -> np.ndarray:
    return data.features(data.test[spread(images, len(data.test))]).astype(np.float64)
