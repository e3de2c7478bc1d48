"""Convolutions down to a small grid of vectors, each replaced by the nearest of a learned codebook: a discrete latent.

van den Oord et al. 2017, "Neural discrete representation learning".
"""

import math

import keras
from keras import ops
from pydantic import NonNegativeFloat, PositiveInt

from stages.train.autoencoder import Autoencoder, predict
from stages.train.losses import EPSILON
from stages.train.networks import Filters, convolutional_decoder, convolutional_encoder

REVIVAL_IMAGES = 2000  # training images that are looked at, before an epoch, for codes that nothing uses


@keras.saving.register_keras_serializable(package="autoencoders")
class Codebook(keras.layers.Layer):
    """Replaces vectors by the nearest of `codebook_size` codes of `code_size` numbers.

    (n, positions * code_size) -> the same shape; the gradient passes straight through (van den Oord et al. 2017,
    section 3.2), so the codes learn nothing from the layers behind.
    """

    def __init__(self, codebook_size, code_size, **kwargs):
        super().__init__(**kwargs)
        self.codebook_size = codebook_size
        self.code_size = code_size

    def build(self, input_shape):
        shape = (self.codebook_size, self.code_size)
        # In mixed precision Keras would round the codes to bfloat16 where a model calls `nearest` or `look_up` itself.
        self.codes = self.add_weight(shape=shape, initializer="random_normal", autocast=False, name="codes")

    def nearest(self, latents):
        """(n, positions * code_size) -> int32 indices of the nearest codes, (n, positions)."""
        vectors = ops.reshape(latents, (-1, self.code_size))
        distances = ops.sum(ops.square(self.codes), axis=1) - 2 * ops.matmul(vectors, ops.transpose(self.codes))
        positions = latents.shape[1] // self.code_size
        nearest = ops.top_k(-distances, 1)[1]  # twice as fast as argmin
        return ops.reshape(ops.cast(nearest, "int32"), (-1, positions))

    def look_up(self, indices):
        """Indices (n, positions) -> codes side by side, (n, positions * code_size)."""
        return ops.reshape(ops.take(self.codes, indices, axis=0), (-1, indices.shape[1] * self.code_size))

    def call(self, latents):
        return latents + ops.stop_gradient(self.look_up(self.nearest(latents)) - latents)

    def get_config(self):
        return {**super().get_config(), "codebook_size": self.codebook_size, "code_size": self.code_size}


@keras.saving.register_keras_serializable(package="autoencoders")
class VectorQuantized(Autoencoder):
    """Reconstruction, codes drawn to the encoder's vectors ("codebook") and those to their codes ("commitment") (van
    den Oord et al. 2017, equation 3). Codes learn by gradient, from the second term alone.

    decoder: begins with a Codebook, so that it takes any vectors, which it replaces by the nearest codes first
    commitment: factor of both terms, which are squared distances, summed over the positions of an image. The paper
    gives the first a factor of 1, before a reconstruction that it divides by the images' variance; Adam's steps do
    not depend on it, as the codes see no other term. Stopped and tuned by reconstruction: the distances grow with the
    encoder's scale while reconstructions improve. By its loss, on CIFAR-10, epoch 2 of 7 was kept, 30 % above the last.

    Its latent has a size of its own, positions * code_size numbers, but holds only log2(codebook_size) bits a position:
    7 * 7 positions of 128 codes are 343 bits. That is to be compared, not the count of numbers.
    """

    settings = ("commitment",)
    commitment = 0.1
    stopped_by = "reconstruction"
    stochastic = True
    generative = True

    def __init__(self, encoder, decoder, *args, **kwargs):
        super().__init__(encoder, decoder, *args, **kwargs)
        self.codebook = next(layer for layer in decoder.layers if isinstance(layer, Codebook))
        self.codebook_size = self.codebook.codebook_size
        shape = (decoder.input_shape[1] // self.codebook.code_size, self.codebook_size)
        self.counts = self.add_weight(shape=shape, initializer="zeros", trainable=False, name="counts")

    def code(self, images):
        """Images -> int32 indices of codes, (n, positions)."""
        return self.codebook.nearest(super().encode(images))

    def encode(self, images, training=False):
        """Images -> their codes side by side, (n, positions * code_size)."""
        return self.codebook.look_up(self.codebook.nearest(super().encode(images, training)))

    def loss_terms(self, images, training):
        latents = super().encode(images, training)
        codes = self.codebook.look_up(self.codebook.nearest(latents))
        return {
            "reconstruction": self.reconstruction_error(images, self.decode(latents, training)),
            "codebook": ops.sum(ops.square(codes - ops.stop_gradient(latents)), axis=1),
            "commitment": ops.sum(ops.square(ops.stop_gradient(codes) - latents), axis=1),
        }

    def before_epoch(self, images, epoch):
        """Before the first epoch the codes become outputs of the encoder, and before any other those do that no image
        uses, which no gradient would ever reach again."""
        self.revive(images[:: -(-len(images) // REVIVAL_IMAGES)], everything=not epoch)

    def finish(self, images):
        """Count which codes the images take at each position."""
        used = predict(self.code, images)
        self.counts.assign(ops.stack([ops.bincount(column, minlength=self.codebook_size) for column in used.T]))

    def revive(self, images, everything=False):
        """Move the codes that no image uses, or all of them, to random outputs of the encoder."""
        latents = predict(super().encode, images)
        unused = ops.bincount(ops.reshape(self.codebook.nearest(latents), (-1,)), minlength=self.codebook_size) == 0
        vectors = ops.reshape(latents, (-1, self.codebook.code_size))
        chosen = keras.random.randint((self.codebook_size,), 0, len(vectors), seed=self.seed_generator)
        new = ops.take(vectors, chosen, axis=0)
        self.codebook.codes.assign(new if everything else ops.where(unused[:, None], new, self.codebook.codes))

    def sample(self, n, seed):
        """Decoded draws of every position's code by itself, as often as training images have it there.

        (n, height, width, channels). A weak prior, since neighbours do not agree; the paper trains a PixelCNN instead.
        """
        drawn = keras.random.categorical(ops.log(self.counts + EPSILON), n, dtype="int32", seed=seed)
        return self.decode(self.codebook.look_up(ops.transpose(drawn)))

    def weights_of_terms(self):
        return {"reconstruction": 1.0, "codebook": self.commitment, "commitment": self.commitment}


def build(
    spec,
    *,
    encoder_filters: Filters,
    decoder_filters: Filters,
    code_size: PositiveInt,
    codebook_size: PositiveInt,
    commitment: NonNegativeFloat,
):
    """Two sizes of filters quarter height and width, of large images 8 x 8 codes are left; `latent_size` is unused."""
    spec = spec._replace(latent_size=None)
    features = convolutional_encoder(spec, encoder_filters)
    x = keras.layers.Conv2D(code_size, 1, dtype="float32", name="vectors")(features.layers[-2].output)
    encoder = keras.Model(features.input, keras.layers.Flatten(dtype="float32", name="latent")(x), name="encoder")
    pixels = convolutional_decoder(spec, decoder_filters, code_size)
    codebook = Codebook(codebook_size, code_size, dtype="float32", name="codebook")
    size = math.prod(x.shape[1:])
    decoder = keras.Sequential([keras.Input((size,)), codebook, *pixels.layers[1:]], name="decoder")
    return VectorQuantized(encoder, decoder, spec.reconstruction_loss, commitment=commitment)
