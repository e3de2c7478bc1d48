"""ONNX graphs of a trained model, by tf2onnx."""

import logging
from typing import TYPE_CHECKING

import numpy as np

from tools.answers import Model

if TYPE_CHECKING:
    from onnx import ModelProto

OPSET = 18


def teach_erfc() -> None:
    """Teach tf2onnx an operator of TensorFlow's GELU that ONNX does not have: erfc(x) = 1 - erf(x)."""
    from tf2onnx.handler import tf_op

    @tf_op("Erfc")
    class Erfc:
        @classmethod
        def version_9(cls, ctx, node, **kwargs):
            shape, dtype = ctx.get_shape(node.output[0]), ctx.get_dtype(node.output[0])
            one = ctx.make_const(f"{node.name}_one", np.array(1, np.float32))
            erf = ctx.make_node("Erf", node.input, shapes=[shape], dtypes=[dtype])
            inputs = [one.output[0], erf.output[0]]
            ctx.remove_node(node.name)
            ctx.make_node("Sub", inputs, name=node.name, outputs=node.output, shapes=[shape], dtypes=[dtype])


def exported(model: Model) -> dict[str, "ModelProto"]:
    """Graphs of the whole model ("") and, where it has a latent, of its halves ("encoder", "decoder"), without
    metadata."""
    import tensorflow as tf
    import tf2onnx
    from keras import ops

    from stages.train.autoencoder import scaled

    logging.getLogger("tf2onnx").setLevel(logging.CRITICAL)  # what it cannot do is noticed when the file is loaded
    teach_erfc()
    network = model.network

    def encode(images):
        return {"latent": network.encode(images)}

    def decode(latent):
        return {"reconstruction": ops.clip(network.decode(latent), 0, 1)}

    def reconstruct(images):
        return {"reconstruction": ops.clip(network.reconstruct(images), 0, 1)}

    def answer(images):
        latent = network.encode(images)
        reconstruction = ops.clip(network.decode(latent), 0, 1)
        error = ops.mean(ops.square(scaled(images) - reconstruction), axis=(1, 2, 3))
        said = {"latent": latent, "reconstruction": reconstruction, "error": error}
        if model.score is None:
            return said
        score = model.score.of(*(ops.cast(numbers, "float64") for numbers in (error, latent)), ops)
        anomaly_map = model.map.of(scaled(images), reconstruction, ops)
        return said | {"score": ops.cast(score, "float32"), "anomaly": score > model.threshold, "map": anomaly_map}

    images = tf.TensorSpec((None, *model.image_shape), tf.uint8, name="images")
    latent = tf.TensorSpec((None, network.decoder.input_shape[1]), tf.float32, name="latent")
    wanted, graphs = [("", answer, images), ("encoder", encode, images), ("decoder", decode, latent)], {}
    for name, function, given in [("", reconstruct, images)] if network.encoder is None else wanted:
        traced = tf.function(function, input_signature=[given], autograph=False)
        graphs[name], _ = tf2onnx.convert.from_function(traced, input_signature=[given], opset=OPSET)
    return graphs
