"""What the live page needs of a network, and which networks fit into a page.

Weights are rounded to nine significant bits and packed, so that a page of MNIST holds all networks; all that goes with
a network here (latents, anomaly scores and maps, samples) is of the rounded one. stages/page/engine.js runs the layers.
"""

import json

import numpy as np

from stages.common.registry import about, load
from stages.evaluate.code_prior import Coded, fit_code_prior
from stages.evaluate.measures.anomaly_map import WIDER, fitted_map
from stages.evaluate.measures.anomaly_score import AnomalyScore, Tail, density_of, fitted
from stages.evaluate.measures.detectors import errors_and_latents, usual
from stages.evaluate.model_functions import draw, fit_mixture, functions_of
from stages.evaluate.task_interface import Mixture
from stages.page.networks.layers import described, halved, packed, rounded, text_of

IMAGES = 400  # test images in the page, the first ones
DRAWN = 120  # latents from the mixture, and from the prior, that samples are decoded from
OUTSIDE = 0.0005  # share of training latents beyond either end of the range that bits are spent on
LARGEST = 9_700_000  # bytes of all networks and images together: a page stays below 10 MB


def exported(model, name: str, data, seed: int, quantile: float | None) -> dict:
    """What the page needs of one network, beside its layers and weights.

    latent_size; codebook_size of a discrete latent, else None
    low, high: (latent_size,), the range of training latents that bits are spent on
    score: see `written_score`; threshold: the `quantile` of anomaly scores of validation images; None without one
    map: see `written_map`; None without a quantile
    points: (IMAGES, 2), latents of the first test images on their first two principal axes
    mixture, prior: DRAWN latents each; prior None where the architecture has none
    Without a latent: encoder, latent_size, threshold and map are None, and there is nothing of latents.
    """
    weights = halved(model, name)
    network = {
        "about": about(load("architectures", name)),
        "encoder": None if model.encoder is None else described(model.encoder),
        "decoder": described(model.decoder),
        "weights": packed(weights),
        "numbers": len(weights),
    }
    if model.encoder is None:
        return network | {"latent_size": None, "codebook_size": None, "threshold": None, "map": None}
    return network | _of_latent(model, data, seed, quantile)


def _of_latent(model, data, seed: int, quantile: float | None) -> dict:
    from stages.train.autoencoder import predict

    latents = predict(model.encode, data.train)
    some = predict(model.encode, data.test[:IMAGES])
    centred = some - some.mean(axis=0)
    axes = np.linalg.svd(centred, full_matrices=False)[2][:2]
    mixture = fit_mixture(latents, seed)
    functions, validation = functions_of(model), usual(data.validation)
    scale, usual_ones = float(latents.std()) or 1.0, errors_and_latents(functions, validation)
    score = rounded_score(mixture, *usual_ones, scale)
    prior = _prior_draws(model, data, latents, seed)
    return {
        "latent_size": latents.shape[1],
        "codebook_size": getattr(model, "codebook_size", None),
        "code_size": model.codebook.code_size if hasattr(model, "codebook") else None,
        "low": _short(np.quantile(latents, OUTSIDE, axis=0)),
        "high": _short(np.quantile(latents, 1 - OUTSIDE, axis=0)),
        "score": written_score(score, scale),
        "threshold": None if quantile is None else float(np.quantile(score.of(*usual_ones), quantile)),
        "map": None if quantile is None else written_map(validation, functions.reconstruct(validation), quantile),
        "points": [_short(point) for point in centred @ axes.T],
        "mixture": text_of(draw(mixture, DRAWN, seed)),
        "prior": None if prior is None else text_of(prior),
    }


def rounded_score(mixture: Mixture, errors: np.ndarray, latents: np.ndarray, scale: float) -> AnomalyScore:
    """The anomaly score with a density whose numbers half precision holds once latents are divided by `scale`; errors
    (n,) and latents (n, k) are those of validation images."""
    exact = density_of(mixture)
    means, factors = scale * rounded(exact.means / scale), rounded(exact.factors * scale) / scale
    return fitted(exact._replace(axes=rounded(exact.axes), means=means, factors=factors), errors, latents)


def written_score(score: AnomalyScore, scale: float) -> dict:
    """What the page needs of an anomaly score.

    heights of the Gaussians; size: their dimensions; numbers: axes, then means and factors, of latents that are divided
    by scale; of the tails of error and density the knots, which lie evenly between the surprisals low and high, and the
    slope beyond the last
    """

    def written(tail: Tail):
        low, high = tail.surprisals[[0, -1]].tolist()
        return {"knots": _short(tail.knots, 10), "low": low, "high": high, "slope": float(tail.slopes[-1])}

    density = score.density
    parts = density.axes, density.means / scale, density.factors * scale
    numbers = packed(np.concatenate([part.ravel() for part in parts]))
    shared = {"scale": scale, "heights": density.heights.tolist(), "numbers": numbers, "size": density.axes.shape[1]}
    return shared | {"error": written(score.error_tail), "density": written(score.density_tail)}


def written_map(validation: np.ndarray, restored: np.ndarray, quantile: float) -> dict:
    """What the page needs of an anomaly map, from uint8 validation images (n, ...) and their reconstructions.

    sigmas: in pixels, of error and of steepness; flat, slope: of the map; mean: over flat, which half precision holds;
    threshold: the `quantile` of the largest values in the maps of validation images
    """
    known, largest = fitted_map(validation / np.float32(255), restored)
    flat, slope, sigma = map(float, (known.flat, known.slope, known.sigma))
    shared = {"sigmas": [sigma, WIDER * sigma], "flat": flat, "slope": slope, "mean": text_of(known.mean / flat)}
    return shared | {"threshold": float(np.quantile(largest, quantile))}


def _short(values: np.ndarray, digits: int = 5) -> list[float]:
    return [float(f"{value:.{digits}g}") for value in values]


def _prior_draws(model, data, latents: np.ndarray, seed: int) -> np.ndarray | None:
    """Latents (DRAWN, latent_size) from N(0, I), from the prior over codes where the latent is discrete."""
    from stages.train.autoencoder import predict

    if not model.generative:
        return None
    if not hasattr(model, "code"):
        return np.random.default_rng(seed).standard_normal((DRAWN, latents.shape[1]))
    known = Coded(predict(model.code, data.train), latents)
    held = Coded(predict(model.code, data.validation), predict(model.encode, data.validation))
    grid = model.encoder.get_layer("vectors").output.shape[1:3]
    codes = fit_code_prior(known, held, grid, model.codebook_size).draw(DRAWN, seed)
    return predict(model.codebook.look_up, codes)


def fitting(networks: dict[str, dict], images: str) -> tuple[dict[str, dict], list[str]]:
    """The networks that fit into a page beside its images, in the order that is given, and the names of the others.

    The smallest come first.
    """
    room, kept = LARGEST - len(images), set()
    for name in sorted(networks, key=lambda name: len(networks[name]["weights"])):
        room -= len(json.dumps(networks[name]))
        if room >= 0:
            kept.add(name)
    return {name: network for name, network in networks.items() if name in kept}, [n for n in networks if n not in kept]
