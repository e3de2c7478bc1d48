"""Dense layers with penalties on the norm of latents and of the decoder's weights, in place of a VAE's noise.

Ghosh et al. 2020, "From variational to deterministic autoencoders". It has no prior: new images come from a density
fitted to the latents after training.
"""

from typing import Literal

import keras
from keras import ops
from pydantic import NonNegativeFloat

from stages.train.autoencoder import Autoencoder
from stages.train.networks import Hidden, dense_decoder, dense_encoder


@keras.saving.register_keras_serializable(package="autoencoders")
class Regularized(Autoencoder):
    """Adds half the squared length of the latent and of the decoder's kernels (Ghosh et al. 2020, equation 11, RAE-L2).

    latent_weight, decay: factors of the two, for each pixel that is reconstructed
    """

    settings = ("latent_weight", "decay")
    latent_weight = 0.00003
    decay = 0.0000003

    def penalties(self, images, latents, training):
        kernels = [layer.kernel for layer in self.decoder.layers if hasattr(layer, "kernel")]
        decoder_norm = sum(ops.sum(ops.square(kernel)) for kernel in kernels) / 2
        return {
            "latent_norm": ops.sum(ops.square(latents), axis=1) / 2,
            "decoder_norm": decoder_norm * ops.ones_like(latents[:, 0]),  # the same for all images
        }

    def weights_of_terms(self):
        return {
            "reconstruction": 1.0,
            "latent_norm": self.latent_weight * self.pixels,
            "decoder_norm": self.decay * self.pixels,
        }


@keras.saving.register_keras_serializable(package="autoencoders")
class UnitSpectralNorm(keras.constraints.Constraint):
    """Divides a kernel, after every step, by its largest singular value, so that its layer stretches nothing (Miyato
    et al. 2018, "Spectral normalization for generative adversarial networks", by power iteration as there).

    A constraint leaves the layer a plain dense one; keras.layers.SpectralNormalization hides it behind a wrapper.
    """

    def __call__(self, kernel):
        right = ops.ones((kernel.shape[1], 1), kernel.dtype)
        for _ in range(10):  # comes within a few hundredths
            left = ops.normalize(ops.matmul(kernel, right), axis=0)
            right = ops.normalize(ops.matmul(ops.transpose(kernel), left), axis=0)
        return kernel / ops.sum(left * ops.matmul(kernel, right))


def constrained(layer):
    """An untrained copy of a layer; of a hidden dense one, with the constraint on its kernel."""
    hidden = isinstance(layer, keras.layers.Dense) and layer.name != "pixels"  # its sigmoids need large inputs
    constraint = {"kernel_constraint": UnitSpectralNorm()} if hidden else {}
    return type(layer).from_config({**layer.get_config(), **constraint})


def build(
    spec,
    *,
    hidden: Hidden,
    regularizer: Literal["l2", "spectral_norm"],
    latent_weight: NonNegativeFloat,
    decay: NonNegativeFloat,
):
    """regularizer: what smooths the decoder, a penalty `decay` on its kernels or spectral norm 1 of the hidden ones."""
    encoder = dense_encoder(spec, hidden)
    decoder = dense_decoder(spec, hidden[::-1])
    if regularizer == "spectral_norm":
        decoder, decay = keras.models.clone_model(decoder, clone_function=constrained), 0.0
    return Regularized(encoder, decoder, spec.reconstruction_loss, latent_weight=latent_weight, decay=decay)
