"""Binary cross-entropy of small autoencoders on MNIST ("Building autoencoders in Keras", blog.keras.io)."""

import numpy as np
from keras import Input, Model, layers
from pydantic import NonNegativeInt, PositiveInt

from stages.published.subject import PLAIN
from stages.train.autoencoder import Autoencoder, predict
from stages.train.losses import binary_crossentropy

NETWORKS = {"vanilla": (32, {"latent_activation": "relu"}), "deep": (32, {"hidden": [128, 64]})}  # latents and block


def convolutional(spec) -> Autoencoder:
    """3 x 3 convolutions of 16, 8 and 8 filters with pooling, from 28 x 28 to 4 x 4 x 8 = 128 numbers, and of 8, 8 and
    16 with upsampling back, of which the last pads nothing."""
    options = {"padding": "same", "activation": spec.activation}
    x = images = Input(spec.image_shape)
    for filters in (16, 8, 8):
        x = layers.MaxPooling2D(2, padding="same")(layers.Conv2D(filters, 3, **options)(x))
    encoder = Model(images, layers.Flatten()(x), name="encoder")
    latents = Input(encoder.output.shape[1:])
    y = layers.Reshape(x.shape[1:])(latents)
    for filters, padding in ((8, "same"), (8, "same"), (16, "valid")):
        y = layers.UpSampling2D(2)(layers.Conv2D(filters, 3, **options | {"padding": padding})(y))
    y = layers.Conv2D(spec.image_shape[2], 3, padding="same", activation=spec.output)(y)
    return Autoencoder(encoder, Model(latents, y, name="decoder"), spec.reconstruction_loss)


def measure(subject, *, seeds: list[NonNegativeInt], epochs: PositiveInt) -> dict[str, list[float]]:
    """Binary cross-entropy of test images per pixel, in nats."""
    test, options = subject.data.test, {"activation": "relu", "reconstruction_loss": "binary_crossentropy"}  # type: np.ndarray, dict
    if subject.architecture == "convolutional":
        options |= PLAIN | {"learning_rate": 0.001}
        models = subject.on_all_training_images().models(seeds, epochs, 128, convolutional, **options)
    else:
        models = subject.models(seeds, epochs, *NETWORKS[subject.architecture], batch_size=256, **options)
    errors = (binary_crossentropy(test / np.float32(255), predict(model, test)) for model in models)
    return {"cross-entropy": [float(np.mean(error) / np.prod(test.shape[1:])) for error in errors]}
