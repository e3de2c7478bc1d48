"""Weights of a network as short text: rounded, in half precision, deflated. stages/page/engine.js unpacks them."""

import base64
import zlib

import numpy as np

from stages.common.stage import UserError
from stages.page.networks.layers import weights_of

BITS = 9  # significant bits of a weight, of the 11 of half precision: each bit is a twelfth of the page


def halved(model, name: str) -> np.ndarray:
    """All weights of encoder and decoder in the order of `layers.described`, as float16 of BITS significant bits.

    The model is left with them rounded. Raises UserError where a weight is beyond the range of float16.
    """
    flat = []
    for network in (model.encoder, model.decoder):
        network.set_weights([rounded(weight) for weight in network.get_weights()])
        flat += [weight.ravel() for layer in network.layers for weight in weights_of(layer)]
    weights = np.concatenate(flat).astype("<f2")
    if not np.isfinite(weights).all():
        raise UserError(f"{name} has weights beyond 65,504, which half precision cannot hold: it was not trained well")
    return weights


def rounded(weight: np.ndarray) -> np.ndarray:
    """A weight of BITS significant bits, in its own type; what holds no floats stays as it is."""
    if weight.dtype.kind != "f":
        return weight
    fraction, exponent = np.frexp(weight)
    with np.errstate(over="ignore"):
        return np.ldexp(np.round(fraction * 2**BITS) / 2**BITS, exponent).astype(np.float16).astype(weight.dtype)


def text_of(array: np.ndarray) -> str:
    """The bytes of an array in base 64; floats in half precision."""
    return base64.b64encode(array.astype("<f2" if array.dtype.kind == "f" else "u1").tobytes()).decode()


def packed(numbers: np.ndarray) -> str:
    """Numbers in half precision, deflated, as text of five letters for four bytes.

    All high bytes come first: signs and exponents, which are far from evenly spread, then stand together.
    """
    planes = numbers.astype(">f2").view("u1").reshape(-1, 2).T.tobytes()
    text = base64.b85encode(zlib.compress(planes, 9)).decode()
    return text.replace("<", ",")  # which would be written as six letters, lest it end the script that it stands in
