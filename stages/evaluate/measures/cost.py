"""Cost of a model: parameters, multiply-adds, size of the latent and of the file."""

import math


def multiply_adds(model) -> int:
    """Multiplications (each with an addition) that one image takes in a Keras model's dense and 2-D convolution
    layers; the rest (activations, pooling, biases) is left out."""
    import keras

    total = 0
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            total += math.prod(layer.kernel.shape)
        elif isinstance(layer, keras.layers.Conv2DTranspose):  # every pixel that goes in meets the whole kernel
            total += math.prod(layer.kernel.shape) * math.prod(layer.input.shape[1:3])
        elif isinstance(layer, keras.layers.Conv2D):
            total += math.prod(layer.kernel.shape) * math.prod(layer.output.shape[1:3])
    return total


def cost_of(model, image_shape: tuple[int, ...]) -> dict[str, float]:
    """Parameters, size of the latent and numbers of an image for one of it, where there is one, multiply-adds for an
    image, and bytes of the weights as they are stored."""
    size = None if model.encoder is None else model.decoder.input_shape[1]
    latent = {"latent_size": size, "compression_ratio": round(math.prod(image_shape) / size, 3)} if size else {}
    weights = [weight for weight in model.get_weights() if weight.dtype.kind == "f"]  # others are states of dice
    return {
        "parameters": sum(weight.size for weight in weights),
        **latent,
        "multiply_adds": sum(map(multiply_adds, model.parts)),
        "model_bytes": sum(weight.nbytes for weight in weights),
    }
