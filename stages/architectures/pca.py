"""Principal component analysis, the floor: the best linear autoencoder there is, in closed form.

Baldi and Hornik 1989, "Neural networks and principal component analysis": a linear autoencoder trained by squared
error ends at the span of the first components.
"""

import keras
import numpy as np
from sklearn.decomposition import PCA

from stages.train.autoencoder import Autoencoder
from stages.train.networks import dense_decoder, dense_encoder

SOLVED = True  # in closed form: no setting of `training` has an effect


@keras.saving.register_keras_serializable(package="autoencoders")
class PrincipalComponents(Autoencoder):
    """Two linear layers that are solved for instead of trained. Its output is not confined to [0, 1]."""

    def fit(self, x, validation_data, **_):
        """Solve for the weights on images x (n, height, width, channels), uint8.

        Returns a keras History of one epoch, like any other fit.
        """
        flat = x.reshape(len(x), -1).astype("float32") / 255
        mean = flat.mean(axis=0, dtype="float64").astype("float32")
        flat -= mean
        directions = PCA(self.encoder.output_shape[1], svd_solver="covariance_eigh").fit(flat).components_
        mean = mean + flat.mean(axis=0)
        self.encoder.set_weights([directions.T, -directions @ mean])
        self.decoder.set_weights([directions, mean])
        history = keras.callbacks.History()
        history.history = {"loss": [self._mean_loss(x)], "val_loss": [self._mean_loss(validation_data)]}
        for split in ("", "val_"):
            history.history[f"{split}reconstruction"] = history.history[f"{split}loss"]
        return history

    def _mean_loss(self, images):
        return float(np.float64(self.evaluate(images, batch_size=512, verbose=0, return_dict=True)["loss"]))


def build(image_shape, latent_size, activation, reconstruction_loss):
    """Its loss is the squared error whatever `reconstruction_loss` says: that is what the components minimise."""
    encoder = dense_encoder(image_shape, latent_size)
    decoder = dense_decoder(image_shape, latent_size, output_activation="linear")
    return PrincipalComponents(encoder, decoder)
