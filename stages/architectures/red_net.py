"""Convolutions with skip connections and no bottleneck, which predict the noise of an image: for denoising alone.

Mao et al. 2016, "Image restoration using very deep convolutional encoder-decoder networks with symmetric skip
connections" (RED-Net): what a convolution sees is added to what the transposed convolution that mirrors it gives,
before the activation; the outermost skip is the image itself, so that noise is what is left to predict. The paper's
networks have ten layers or more at the full resolution; here strides bring most of them to a smaller one, which takes
a fraction of the time.
"""

import keras
from keras import Input, Model, layers
from pydantic import PositiveFloat

from stages.train.networks import Filters, cropped
from stages.train.objectives.denoising import Denoising, Noise

TASKS = ("denoising",)


@keras.saving.register_keras_serializable(package="autoencoders")
class RedNet(Denoising):
    """A denoiser without a latent."""

    def start_at_mean(self, images):
        """Nothing: untrained it gives images as they come in."""


def network(spec, filters):
    """Images (n, *image_shape) -> images, not confined to [0, 1].

    The first and the last of `filters` are of 3 x 3 convolutions, those between of 4 x 4 convolutions that halve height
    and width, rounded up; then their transposes, backwards. Where halving had rounded up, the last row and column are
    cropped.
    """
    x = images = Input(spec.image_shape, name="images")
    kernels = [(3, 1) if i in (0, len(filters) - 1) else (4, 2) for i in range(len(filters))]  # sizes and strides
    skips = []
    for i, channels in enumerate(filters):
        skips.append(x)
        x = layers.Conv2D(channels, *kernels[i], "same", activation=spec.activation, name=f"convolution_{i}")(x)
    for i, skip in reversed(list(enumerate(skips))[1:]):
        x = layers.Conv2DTranspose(skip.shape[3], *kernels[i], "same", name=f"transposed_{i}")(x)
        x = layers.Add(name=f"sum_{i}")([cropped(x, skip.shape[1:3], f"crop_{i}"), skip])
        x = layers.Activation(spec.activation, name=f"activation_{i}")(x)
    last = layers.Conv2DTranspose(
        spec.image_shape[2], 3, padding="same", kernel_initializer="zeros", dtype="float32", name="noise"
    )
    return Model(images, layers.Add(dtype="float32", name="clean")([last(x), images]), name="decoder")


def build(spec, *, filters: Filters, noise: Noise, strength: PositiveFloat):
    """filters: from the largest maps to the smallest; noise, strength: see objectives/denoising.py. Its output is
    linear, whatever `output` says."""
    return RedNet(None, network(spec, filters), spec.reconstruction_loss, noise=noise, strength=strength)
