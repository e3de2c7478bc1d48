"""Autoencoder, the one model class: an encoder, a decoder and the named terms of a loss."""

import math

import keras
import numpy as np
from keras import ops

from stages.train.losses import RECONSTRUCTION_LOSSES


def scaled(images):
    """Whole numbers 0..255 become floats in [0, 1]; floats are taken to be there already."""
    if "int" in keras.backend.standardize_dtype(images.dtype):
        return ops.cast(images, "float32") / 255
    return ops.cast(images, "float32")


@keras.saving.register_keras_serializable(package="autoencoders")
class Autoencoder(keras.Model):
    """An encoder and a decoder trained to reconstruct their input.

    encoder: keras.Model, images (n, height, width, channels) in [0, 1] -> latents (n, latent_size)
    decoder: keras.Model, latents (n, latent_size) -> reconstructions (n, height, width, channels)
    encoder None: there is no latent, and the decoder takes the images
    reconstruction_loss: one of RECONSTRUCTION_LOSSES, in nats per image

    All methods that take images take uint8 in 0..255 or floats in [0, 1].
    A subclass adds terms to the loss by overriding `weights_of_terms` and `penalties`, or `loss_terms` where the
    reconstruction changes too; one that has to do more than follow gradients overrides `before_epoch` and `finish`, or
    `solve`.
    """

    settings = ()  # type: tuple[str, ...]  # further keyword arguments, kept in the file; each is an attribute, whose default the class has
    stochastic = False  # True where the loss draws random numbers, by `seed_generator`
    generative = False  # True where decoding draws from a prior gives new images
    solved = False  # True where `solve` takes the place of training
    stopped_by = "loss"  # what early stopping and tuning look at, on validation: the whole loss, or the name of a term

    def __init__(self, encoder, decoder, reconstruction_loss="squared_error", **kwargs):
        settings = {name: kwargs.pop(name, getattr(self, name)) for name in self.settings}
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.reconstruction_loss = reconstruction_loss
        for name, value in settings.items():
            setattr(self, name, value)
        if self.stochastic:
            self.seed_generator = keras.random.SeedGenerator()
        self.trackers = {name: keras.metrics.Mean(name=name) for name in self.weights_of_terms()}
        self.built = True

    @property
    def parts(self):
        """The networks: encoder and decoder, or the latter alone."""
        return [part for part in (self.encoder, self.decoder) if part is not None]

    @property
    def image_shape(self):
        """Height, width and channels of the images."""
        return self.parts[0].input_shape[1:]

    @property
    def pixels(self):
        """Numbers in an image: height * width * channels. A penalty with this factor means the same at any size."""
        return math.prod(self.image_shape)

    def encode(self, images, training=False):
        """Images (n, height, width, channels) -> latents (n, latent_size)."""
        return self.encoder(scaled(images), training=training)

    def decode(self, latents, training=False):
        """Latents (n, latent_size) -> float32 images (n, height, width, channels)."""
        return ops.cast(self.decoder(latents, training=training), "float32")

    def reconstruct(self, images, training=False):
        """Images -> float32 images (n, height, width, channels), by way of the latent where there is one."""
        return self.decode(scaled(images) if self.encoder is None else self.encode(images, training), training)

    def call(self, images):
        """Reconstructions of images. Free of randomness; the loss makes its own pass."""
        return self.reconstruct(images)

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
        latents = self.encode(images, training)
        error = self.reconstruction_error(images, self.decode(latents, training))
        return {"reconstruction": error} | self.penalties(images, latents, training)

    def penalties(self, images, latents, training):
        """Float images and their latents -> a dict of the terms beside reconstruction, each (n,) per image."""
        return {}

    def weights_of_terms(self):
        """Factor of each term in the loss, by its name."""
        return {"reconstruction": 1.0}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """The weighted sum of the terms, averaged over the batch."""
        loss, weights = 0.0, self.weights_of_terms()
        for name, values in self.loss_terms(scaled(x), training).items():
            self.trackers[name].update_state(values)
            loss += weights[name] * ops.mean(values)
        return loss

    def get_config(self):
        parts = {key: keras.saving.serialize_keras_object(getattr(self, key)) for key in ("encoder", "decoder")}
        settings = {name: getattr(self, name) for name in ("reconstruction_loss", *self.settings)}
        return {"name": self.name, **parts, **settings}

    @classmethod
    def from_config(cls, config):
        parts = {key: keras.saving.deserialize_keras_object(config[key]) for key in ("encoder", "decoder")}
        return cls(**config | parts)


def predict(function, inputs, batch_size: int = 512) -> np.ndarray:
    """Apply encode, decode or a model to an array in batches, so that memory stays bounded."""
    batches = range(0, len(inputs), batch_size)
    return np.concatenate([ops.convert_to_numpy(function(inputs[i : i + batch_size])) for i in batches])
