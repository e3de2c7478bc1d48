"""Autoencoder, the one model class: an encoder, a decoder and the named terms of a loss."""

import math

import keras
import numpy as np
from keras import ops

EPSILON = 1e-7  # keeps logarithms finite in float32


def squared_error(images, reconstructions):
    """Half the squared error: -log N(x; reconstruction, 1) in nats per image, less its constant. (n, ...) -> (n,)"""
    return ops.sum(ops.square(images - reconstructions), axis=(1, 2, 3)) / 2


def absolute_error(images, reconstructions):
    """-log Laplace(x; reconstruction, 1) in nats per image, less its constant. (n, ...) -> (n,)"""
    return ops.sum(ops.abs(images - reconstructions), axis=(1, 2, 3))


def binary_crossentropy(images, reconstructions):
    """-log Bernoulli(x; reconstruction) in nats per image. (n, ...) -> (n,)"""
    p = ops.clip(reconstructions, EPSILON, 1 - EPSILON)
    return -ops.sum(images * ops.log(p) + (1 - images) * ops.log(1 - p), axis=(1, 2, 3))


RECONSTRUCTION_LOSSES = {
    "squared_error": squared_error,
    "absolute_error": absolute_error,
    "binary_crossentropy": binary_crossentropy,
}


def scaled(images):
    """Whole numbers 0..255 become floats in [0, 1]; floats are taken to be there already."""
    if "int" in keras.backend.standardize_dtype(images.dtype):
        return ops.cast(images, "float32") / 255
    return ops.cast(images, "float32")


@keras.saving.register_keras_serializable(package="autoencoders")
class Autoencoder(keras.Model):
    """An encoder and a decoder trained to give back their input.

    encoder: keras.Model, images (n, height, width, channels) in [0, 1] -> latents (n, latent_size)
    decoder: keras.Model, latents (n, latent_size) -> reconstructions (n, height, width, channels)
    reconstruction_loss: one of RECONSTRUCTION_LOSSES, in nats per image

    All methods that take images take uint8 in 0..255 or floats in [0, 1].
    A subclass adds terms to the loss by overriding `loss_terms`, `terms` and `weights_of_terms`; one that has to do
    more than follow gradients overrides `before_epoch` and `finish`, or `solve`.
    """

    terms = ("reconstruction",)
    generative = False  # True where decoding draws from a prior gives new images
    solved = False  # True where `solve` takes the place of training

    def __init__(self, encoder, decoder, reconstruction_loss="squared_error", **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.reconstruction_loss = reconstruction_loss
        self.trackers = {name: keras.metrics.Mean(name=name) for name in self.terms}
        self.built = True

    @property
    def pixels(self):
        """Numbers in an image: height * width * channels. A penalty with this factor means the same at any size."""
        return math.prod(self.encoder.input_shape[1:])

    def encode(self, images, training=False):
        """Images (n, height, width, channels) -> latents (n, latent_size)."""
        return self.encoder(scaled(images), training=training)

    def decode(self, latents, training=False):
        """Latents (n, latent_size) -> float32 images (n, height, width, channels)."""
        return ops.cast(self.decoder(latents, training=training), "float32")

    def call(self, images):
        """Reconstructions of images. Free of randomness; the loss makes its own pass."""
        return self.decode(self.encode(images))

    def start_at_mean(self, images):
        """Let the untrained decoder draw the mean colour of uint8 images, by the bias of its last layer.

        From a grey start, mostly dark images drive the sigmoid into saturation within a few steps, where its gradient
        is zero: convolutional decoders then stay black for good.
        """
        mean = np.clip(np.asarray(images).mean(axis=(0, 1, 2)) / 255, 0.01, 0.99)
        last = [layer for layer in self.decoder.layers if getattr(layer, "bias", None) is not None][-1]
        if last.activation is keras.activations.sigmoid:
            mean = np.log(mean / (1 - mean))
        last.bias.assign(np.resize(mean, last.bias.shape))

    def before_epoch(self, images, epoch):
        """What has to be done before an epoch, the first being 0, with the uint8 training images."""

    def finish(self, images):
        """What has to be done after training, with the uint8 training images."""

    def gain(self, before, after):
        """The share of the loss that is gone when it falls from `before` to `after`."""
        return (before - after) / abs(before)

    def reconstruction_error(self, images, reconstructions):
        """Nats per image, (n,)."""
        return RECONSTRUCTION_LOSSES[self.reconstruction_loss](images, reconstructions)

    def loss_terms(self, images, training):
        """Float images (n, height, width, channels) -> a dict of the terms, each (n,) in nats per image."""
        reconstructions = self.decode(self.encode(images, training), training)
        return {"reconstruction": self.reconstruction_error(images, reconstructions)}

    def weights_of_terms(self):
        """Factors of the terms in the loss; 1 where none is given."""
        return {}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """The weighted sum of the terms, averaged over the batch."""
        loss = 0.0
        for name, values in self.loss_terms(scaled(x), training).items():
            self.trackers[name].update_state(values)
            loss += self.weights_of_terms().get(name, 1.0) * ops.mean(values)
        return loss

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            "name": self.name,
            "encoder": serialize(self.encoder),
            "decoder": serialize(self.decoder),
            "reconstruction_loss": self.reconstruction_loss,
        }

    @classmethod
    def from_config(cls, config):
        parts = {key: keras.saving.deserialize_keras_object(config[key]) for key in ("encoder", "decoder")}
        return cls(**{**config, **parts})


def predict(function, inputs, batch_size: int = 512) -> np.ndarray:
    """Apply encode, decode or a model to an array in batches, so that memory stays bounded."""
    batches = range(0, len(inputs), batch_size)
    return np.concatenate([ops.convert_to_numpy(function(inputs[i : i + batch_size])) for i in batches])
