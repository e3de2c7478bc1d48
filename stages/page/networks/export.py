"""What the live page needs of a network, and which networks fit into a page.

Weights are rounded to nine significant bits and packed, so that a page of MNIST holds all networks; all that goes with
a network here (latents, thresholds, samples) is of the rounded one. stages/page/engine.js runs the layers.
"""

import json

import numpy as np

from stages.common.registry import about, load
from stages.evaluate.code_prior import Coded, fit_code_prior
from stages.evaluate.functions import draw, fit_mixture
from stages.evaluate.measures.image_quality import mse
from stages.page.networks.layers import described
from stages.page.networks.packing import halved, packed, text_of

IMAGES = 400  # test images in the page, the first ones
DRAWN = 120  # latents from the mixture, and from the prior, that samples are decoded from
OUTSIDE = 0.0005  # share of training latents beyond either end of the range that bits are spent on
LARGEST = 9_700_000  # bytes of all networks and images together: a page stays below 10 MB


def exported(model, name: str, data, seed: int, quantile: float | None) -> dict:
    """What the page needs of one network, beside its layers and weights.

    latent_size; codebook_size of a discrete latent, else None
    low, high: (latent_size,), the range of training latents that bits are spent on
    threshold: the `quantile` of errors (MSE) of validation images; None where no quantile is given
    points: (IMAGES, 2), latents of the first test images on their first two principal axes
    mixture, prior: DRAWN latents each; prior None where the architecture has none
    """
    from stages.train.autoencoder import predict

    weights = halved(model, name)
    latents = predict(model.encode, data.train)
    some = predict(model.encode, data.test[:IMAGES])
    centred = some - some.mean(axis=0)
    axes = np.linalg.svd(centred, full_matrices=False)[2][:2]
    restored = np.clip(predict(model.decode, predict(model.encode, data.validation)), 0, 1)
    errors = mse(data.validation / np.float32(255), restored)
    prior = _prior_draws(model, data, latents, seed)
    return {
        "about": about(load("architectures", name)),
        "latent_size": latents.shape[1],
        "codebook_size": getattr(model, "codebook_size", None),
        "code_size": model.codebook.code_size if hasattr(model, "codebook") else None,
        "encoder": described(model.encoder),
        "decoder": described(model.decoder),
        "weights": packed(weights),
        "numbers": len(weights),
        "low": _short(np.quantile(latents, OUTSIDE, axis=0)),
        "high": _short(np.quantile(latents, 1 - OUTSIDE, axis=0)),
        "threshold": None if quantile is None else float(np.quantile(errors, quantile)),
        "points": [_short(point) for point in centred @ axes.T],
        "mixture": text_of(draw(fit_mixture(latents, seed), DRAWN, seed)),
        "prior": None if prior is None else text_of(prior),
    }


def _short(values: np.ndarray) -> list[float]:
    return [float(f"{value:.5g}") for value in values]


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
    return {name: own for name, own in networks.items() if name in kept}, [n for n in networks if n not in kept]
