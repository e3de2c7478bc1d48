"""Layers of a Keras model as text that stages/page/engine.js runs."""

import numpy as np

from stages.common.stage import UserError

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

    kind: the name of the Keras class; inputs: places of what comes in, 0 being the model's own input and i the output
    of the i-th layer; shape: of its output, without the batch; sizes: of its weights, in the order of Keras; and its
    options. Raises UserError, with the layer's name, where the engine does not know the layer or an option.
    """
    import keras

    chain = isinstance(network, keras.Sequential)
    places, shapes, layers = {id(network.inputs[0]): 0}, [network.input_shape], []
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
        coming = [keras.KerasTensor(shapes[place]) for place in inputs]
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
        found = getattr(layer, name, value)
        if (tuple(found) if isinstance(found, list) else found) != value:
            refuse(f"it does not know {kind} with {name} {found}")
    if kind == "LayerNormalization" and list(np.ravel(layer.axis)) not in ([-1], [len(layer.input.shape) - 1]):
        refuse("it normalises over channels alone")
    for name in OPTIONS[kind]:
        options[name] = getattr(layer, name)
        if name == "activation":
            options[name] = layer.activation.__name__
            if options[name] not in ACTIVATIONS:
                refuse(f"it does not know the activation {options[name]}")
    return options
