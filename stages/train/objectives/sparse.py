"""Training objective of sparse latents: a penalty on those that are active."""

from typing import Annotated, Literal

import keras
from keras import ops
from pydantic import Field

from stages.train.autoencoder import Autoencoder
from stages.train.losses import EPSILON

Penalty = Literal["l1", "kl"]
Share = Annotated[float, Field(gt=0, lt=1)]
LATENT_ACTIVATION = {"l1": "relu", "kl": "sigmoid"}  # "kl" needs latents in (0, 1); "l1" wants an exact zero


@keras.saving.register_keras_serializable(package="autoencoders")
class Sparse(Autoencoder):
    """Adds a penalty on active latents.

    penalty "l1": the sum of the absolute latents of an image.
    penalty "kl": the sum over latents of KL(Bernoulli(target) || Bernoulli(mean activation over the batch)), for
    latents in (0, 1) (Ng 2011, "Sparse autoencoder", CS294A lecture notes, section 3).
    weight: factor of the penalty, for each pixel that is reconstructed; target: the mean activation wished for, read
    by "kl" alone
    """

    settings = ("penalty", "weight", "target")
    penalty = "l1"
    weight = 0.01
    target = 0.05

    def penalties(self, images, latents, training):
        return {"sparsity": self.sparsity(latents)}

    def sparsity(self, latents):
        """The penalty of latents (n, latent_size), (n,); for "kl", whose mean is over the batch, n equal numbers."""
        if self.penalty == "l1":
            return ops.sum(ops.abs(latents), axis=1)
        mean = ops.clip(ops.mean(latents, axis=0), EPSILON, 1 - EPSILON)
        divergence = self.target * ops.log(self.target / mean)
        divergence += (1 - self.target) * ops.log((1 - self.target) / (1 - mean))
        return ops.sum(divergence) * ops.ones_like(latents[:, 0])

    def weights_of_terms(self):
        return {"reconstruction": 1.0, "sparsity": self.weight * self.pixels}
