"""Principal component analysis, the floor: the best linear autoencoder there is, in closed form.

Baldi and Hornik 1989, "Neural networks and principal component analysis": a linear autoencoder trained by squared
error ends at the span of the first components.
"""

import keras
from sklearn.decomposition import PCA

from stages.train.autoencoder import Autoencoder
from stages.train.components import solver
from stages.train.networks import dense_decoder, dense_encoder

SOLVED = True  # in closed form: no setting of `training` has an effect


@keras.saving.register_keras_serializable(package="autoencoders")
class PrincipalComponents(Autoencoder):
    """Two linear layers that are solved for instead of trained. Its output is not confined to [0, 1]."""

    solved = SOLVED

    def solve(self, images):
        """Set the weights to the first components of uint8 images (n, height, width, channels)."""
        flat = images.reshape(len(images), -1).astype("float32") / 255
        mean = flat.mean(axis=0, dtype="float64").astype("float32")
        flat -= mean
        pca = PCA(self.encoder.output_shape[1], svd_solver=solver(*flat.shape), random_state=0)
        directions = pca.fit(flat).components_
        mean = mean + flat.mean(axis=0)
        self.encoder.set_weights([directions.T, -directions @ mean])
        self.decoder.set_weights([directions, mean])


def build(spec):
    """Linear, and by squared error, whatever `output` and `reconstruction_loss` say."""
    encoder = dense_encoder(spec)
    decoder = dense_decoder(spec._replace(output="linear"))
    return PrincipalComponents(encoder, decoder)
