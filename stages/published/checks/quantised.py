"""Squared error of vector-quantised autoencoders ("Vector-quantized variational autoencoders", keras.io; the notebook
of sonnet, DeepMind)."""

import numpy as np
from keras import Input, Model, layers
from pydantic import NonNegativeInt, PositiveInt

from stages.common.registry import load
from stages.evaluate.measures.image_quality import mse
from stages.published.subject import PLAIN
from stages.train.autoencoder import predict

SMALL = {"encoder_filters": [32, 64], "decoder_filters": [64, 32], "commitment": 0.1}
SMALL |= {"code_size": 16, "codebook_size": 128}
CODE_SIZE, CODES, FILTERS, INSIDE = 64, 512, 128, 32  # of CIFAR-10; INSIDE: filters of a residual layer
# The notebook divides the squared error by the images' variance and takes means where ours are sums.
COMMITMENT = 0.25 * (32 * 32 * 3 / 2 * 0.0633) / (8 * 8 * CODE_SIZE)


def residual(x, activation: str):
    """Two residual layers: a 3 x 3 and a 1 x 1 convolution, each rectified before, whose result is added."""
    for _ in range(2):
        y = layers.Conv2D(INSIDE, 3, padding="same", activation=activation)(layers.Activation(activation)(x))
        x = x + layers.Conv2D(FILTERS, 1)(y)
    return layers.Activation(activation)(x)


def network(spec):
    """4 x 4 convolutions with strides of 64 and 128 filters, one of 3 x 3 and two residual layers, on both sides."""
    module, options = load("architectures", "vector_quantized"), {"padding": "same", "activation": spec.activation}
    x = images = Input(spec.image_shape)
    for filters in (FILTERS // 2, FILTERS):
        x = layers.Conv2D(filters, 4, 2, **options)(x)
    x = residual(layers.Conv2D(FILTERS, 3, padding="same")(x), spec.activation)
    vectors = layers.Conv2D(CODE_SIZE, 1, name="vectors")(x)
    encoder = Model(images, layers.Flatten()(vectors), name="encoder")
    latents = Input(encoder.output.shape[1:])
    y = module.Codebook(CODES, CODE_SIZE, name="codebook")(latents)
    y = layers.Conv2D(FILTERS, 3, padding="same")(layers.Reshape(vectors.shape[1:])(y))
    y = layers.Conv2DTranspose(FILTERS // 2, 4, 2, **options)(residual(y, spec.activation))
    y = layers.Conv2DTranspose(spec.image_shape[2], 4, 2, padding="same", activation=spec.output)(y)
    decoder = Model(latents, y, name="decoder")
    return module.VectorQuantized(encoder, decoder, spec.reconstruction_loss, commitment=COMMITMENT)


def measure(subject, *, seeds: list[NonNegativeInt], epochs: PositiveInt) -> dict[str, list[float]]:
    """Squared error of test images per pixel, not clipped."""
    if subject.dataset == "mnist":
        models = subject.models(seeds, epochs, SMALL["code_size"], SMALL, activation="relu")
    else:
        options = PLAIN | {"learning_rate": 0.0003, "activation": "relu", "output": "linear", "batch_size": 32}
        models = subject.models(seeds, epochs, CODE_SIZE, network, **options)
    test = subject.data.test
    return {"squared error": [float(mse(test / np.float32(255), predict(model, test)).mean()) for model in models]}
