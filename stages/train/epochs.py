"""Epochs of training and validation: on TensorFlow a compiled graph each, which every run of a model shares.

`fit` of Keras feeds batches from Python; here the images are one tensor, an epoch is one call, and another seed, budget
or learning rate does not trace anew.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Epochs(NamedTuple):
    """Both act on the model they were made for and return the means of its loss terms over the images, and "loss"."""

    # images, order (steps, batch) of their indices, rates (steps,): a step with each learning rate
    train: Callable[[np.ndarray, np.ndarray, np.ndarray], dict[str, float]]
    validate: Callable[[np.ndarray, int], dict[str, float]]  # images, batch size


def epochs_of(model, optimizer) -> Epochs:
    """Epochs of an Autoencoder and a Keras optimizer built for it; images are uint8 (n, height, width, channels)."""
    import keras

    train, validate = (_on_tensorflow if keras.backend.backend() == "tensorflow" else _by_batches)(model, optimizer)

    def means():
        terms = {name: float(np.float32(tracker.result())) for name, tracker in model.trackers.items()}
        weights = model.weights_of_terms()
        return {"loss": sum(weights.get(name, 1.0) * value for name, value in terms.items())} | terms

    def measured(function):
        def epoch(*arguments):
            for tracker in model.trackers.values():
                tracker.reset_state()
            function(*arguments)
            return means()

        return epoch

    return Epochs(measured(train), measured(validate))


def _on_tensorflow(model, optimizer):
    import keras
    import tensorflow as tf

    variables = model.trainable_variables
    apply = _fused(optimizer) if type(optimizer) is keras.optimizers.Adam else optimizer.apply
    shape = (None, *model.encoder.input_shape[1:])

    def graph(*signature):
        return tf.function(input_signature=[tf.TensorSpec(*part) for part in signature], autograph=False)

    def repeat(steps, do):
        def body(step):
            do(step)
            return step + 1

        tf.while_loop(lambda step: step < steps, body, [0], parallel_iterations=1)

    @graph((shape, tf.uint8), ((None, None), tf.int32), ((None,), tf.float32))
    def train(images, order, rates):
        def step(i):
            optimizer.learning_rate.assign(rates[i])
            with tf.GradientTape() as tape:
                loss = model.compute_loss(tf.gather(images, order[i]))
            apply(tape.gradient(loss, variables), variables)

        repeat(tf.shape(order)[0], step)

    @graph((shape, tf.uint8), ((), tf.int32))
    def validate(images, batch_size):
        def batch(i):
            model.compute_loss(images[i * batch_size : (i + 1) * batch_size], training=False)

        repeat((tf.shape(images)[0] + batch_size - 1) // batch_size, batch)

    return train, validate


def _fused(optimizer):
    """`apply` of Keras' Adam in one operation a variable instead of a dozen, which small networks feel."""
    import tensorflow as tf

    def apply(gradients, variables):
        gradients, _ = tf.clip_by_global_norm(gradients, optimizer.global_clipnorm)
        optimizer.iterations.assign_add(1)
        step = tf.cast(optimizer.iterations, tf.float32)
        for variable, gradient, momentum, velocity in zip(
            variables, gradients, optimizer._momentums, optimizer._velocities, strict=True
        ):
            tf.raw_ops.ResourceApplyAdam(
                var=variable.value.handle,
                m=momentum.value.handle,
                v=velocity.value.handle,
                beta1_power=tf.pow(optimizer.beta_1, step),
                beta2_power=tf.pow(optimizer.beta_2, step),
                lr=optimizer.learning_rate.value,
                beta1=optimizer.beta_1,
                beta2=optimizer.beta_2,
                epsilon=optimizer.epsilon,
                grad=gradient,
            )
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable))

    return apply


def _by_batches(model, optimizer):
    model.compile(optimizer)

    def train(images, order, rates):
        for batch, rate in zip(order, rates, strict=True):
            optimizer.learning_rate = float(rate)
            model.train_on_batch(images[batch])

    def validate(images, batch_size):
        for i in range(0, len(images), batch_size):
            model.test_on_batch(images[i : i + batch_size])

    return train, validate
