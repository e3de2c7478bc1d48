"""Reconstruction losses, in nats per image."""

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


RECONSTRUCTION_LOSSES = {loss.__name__: loss for loss in (squared_error, absolute_error, binary_crossentropy)}
