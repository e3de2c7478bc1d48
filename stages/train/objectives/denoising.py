"""Training objective of denoising: the clean image from a corrupted one."""

from typing import Literal

import keras
from keras import ops

from stages.train.autoencoder import Autoencoder

Noise = Literal["gaussian", "salt_and_pepper", "masking"]


def corrupt(images, kind, strength, seed):
    """Noisy copies of float images (n, height, width, channels), within [0, 1].

    gaussian: adds noise of standard deviation `strength`.
    salt_and_pepper: sets a share `strength` of the pixels to black or white, all channels alike.
    masking: sets a share `strength` of the pixels to black, all channels alike (Vincent et al. 2010, section 3.3).
    strength: one for all images, or (n, 1, 1, 1)
    """
    if kind == "gaussian":
        return ops.clip(images + strength * keras.random.normal(ops.shape(images), seed=seed), 0, 1)
    chance = keras.random.uniform((*ops.shape(images)[:3], 1), seed=seed)
    if kind == "masking":
        return ops.where(chance < strength, 0.0, images)
    salted = ops.where(chance < strength / 2, 1.0, images)
    return ops.where(chance > 1 - strength / 2, 0.0, salted)


@keras.saving.register_keras_serializable(package="autoencoders")
class Denoising(Autoencoder):
    """Reconstructs the clean image from a corrupted one (Vincent et al. 2008, "Extracting and composing robust
    features with denoising autoencoders").

    It is blind: the strength is drawn for every image, from none to `strength`, and not told to the network (Zhang et
    al. 2017, "Beyond a Gaussian denoiser", section III-C), so that it learns to keep a clean image as well.
    noise: "gaussian", "salt_and_pepper" or "masking"; see `corrupt`
    """

    settings = ("noise", "strength")
    noise = "gaussian"
    strength = 0.3
    stochastic = True

    def loss_terms(self, images, training):
        strength = keras.random.uniform((ops.shape(images)[0], 1, 1, 1), 0, self.strength, seed=self.seed_generator)
        noisy = corrupt(images, self.noise, strength, self.seed_generator)
        return {"reconstruction": self.reconstruction_error(images, self.reconstruct(noisy, training))}
