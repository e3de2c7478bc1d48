"""Layers and weights of a Keras model as text that stages/page/engine.js runs: weights are rounded, in half precision
and deflated."""

import base64
import zlib

import numpy as np

from stages.common.stage import UserError

BITS = 9  # significant bits of a weight, of the 11 of half precision: each bit is a twelfth of the page
OPTIONS = {  # of the layers that the engine runs, by the names of Keras
    "Activation": ("activation",),
    "Add": (),
    "Codebook": ("code_size",),
    "Conv2D": ("kernel_size", "strides", "activation"),
    "Conv2DTranspose": ("kernel_size", "strides", "activation"),
    "Cropping2D": ("cropping",),
    "Dense": ("activation",),
    "Dropout": (),
    "Flatten": (),
    "LayerNormalization": ("epsilon",),
    "MaxPooling2D": ("pool_size", "strides"),
    "Permute": ("dims",),
    "Reshape": (),
    "UpSampling2D": ("size",),
}
ACTIVATIONS = ("linear", "relu", "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid")
FIXED = {  # other values of these the engine does not know
    "dilation_rate": (1, 1),
    "groups": 1,
    "output_padding": None,
    "data_format": "channels_last",
    "interpolation": "nearest",
    "scale": True,
    "center": True,
    "rms_scaling": False,
}


def described(network) -> list[dict]:
    """The layers of a Keras model with one input and one output, in an order in which they can run.

    kind: the name of the Keras class; inputs: indices of what comes in, 0 being the model's own input and i the output
    of the i-th layer; shape: of its output, without the batch; sizes: of its weights, in the order of Keras; and its
    options. Raises UserError, with the layer's name, where the engine does not know the layer or an option.
    """
    import keras

    chain = isinstance(network, keras.Sequential)
    places, shapes, layers = {id(network.inputs[0]): 0}, [network.input_shape], list[dict]()
    for layer in network.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        options = _options(layer)
        if chain:
            inputs = [len(layers)]
        else:
            tensors = layer.input if isinstance(layer.input, list) else [layer.input]
            inputs = [places[id(tensor)] for tensor in tensors]
            places[id(layer.output)] = len(layers) + 1
        coming = [keras.KerasTensor(shapes[index]) for index in inputs]
        shapes.append(layer.compute_output_spec(coming if len(coming) > 1 else coming[0]).shape)
        node = {"kind": type(layer).__name__, "inputs": inputs, "shape": list(shapes[-1][1:])}
        layers.append(node | {"sizes": [weight.size for weight in weights_of(layer)]} | options)
    return layers


def weights_of(layer) -> list[np.ndarray]:
    """The weights of a layer, less the states of dice."""
    return [weight for weight in layer.get_weights() if weight.dtype.kind == "f"]


def _options(layer) -> dict:
    kind, options = type(layer).__name__, {}

    def refuse(what):
        known = "Of layers it knows " + ", ".join(OPTIONS)
        raise UserError(f"the live page cannot run layer '{layer.name}': {what}. {known} (stages/page/engine.js)")

    if kind not in OPTIONS:
        refuse(f"it does not know {kind}")
    for name, value in FIXED.items():
        setting = getattr(layer, name, value)
        if (tuple(setting) if isinstance(setting, list) else setting) != value:
            refuse(f"it does not know {kind} with {name} {setting}")
    if kind == "LayerNormalization" and list(np.ravel(layer.axis)) not in ([-1], [len(layer.input.shape) - 1]):
        refuse("it normalises over channels alone")
    for name in OPTIONS[kind]:
        options[name] = getattr(layer, name)
        if name == "activation":
            options[name] = layer.activation.__name__
            if options[name] not in ACTIVATIONS:
                refuse(f"it does not know the activation {options[name]}")
    return options


def halved(model, name: str) -> np.ndarray:
    """All weights of a model's parts in the order of `described`, as float16 of BITS significant bits.

    The model is left with them rounded. Raises UserError where a weight is beyond the range of float16.
    """
    flat = []
    for network in model.parts:
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
