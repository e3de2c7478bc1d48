"""Epochs of training and validation: on TensorFlow a compiled graph each, which every run of a model shares.

`fit` of Keras feeds batches from Python; here the images are one tensor, an epoch is one call, and another seed, budget
or learning rate does not trace anew.
"""

from collections.abc import Callable

import numpy as np

Epoch = Callable[..., dict[str, float]]


def epochs_of(model, optimizer) -> tuple[Epoch, Epoch]:
    """Epochs of an Autoencoder and a Keras optimizer built for it: functions that train and validate the model and
    return the means of its loss terms over the images, and "loss".

    train: takes uint8 images (n, height, width, channels), the order of their indices (steps, batch) and rates
    (steps,), and makes a step with each learning rate
    validate: takes images, a batch size and a `random_state`, from which a stochastic loss draws, so that epochs are
    compared on the same draws; training goes on from its own
    """
    import keras

    def measured(function):
        def epoch(*arguments):
            for tracker in model.trackers.values():
                tracker.reset_state()
            function(*arguments)
            terms = {name: float(np.float32(tracker.result())) for name, tracker in model.trackers.items()}
            return {"loss": sum(weight * terms[name] for name, weight in model.weights_of_terms().items())} | terms

        return epoch

    train, validate = (_on_tensorflow if keras.backend.backend() == "tensorflow" else _by_batches)(model, optimizer)

    def validate_from(images, batch_size, state):
        drawn = random_state(model)
        _draw_from(model, state)
        validate(images, batch_size)
        _draw_from(model, drawn)

    return measured(train), measured(validate_from)


def random_state(model) -> np.ndarray | None:
    """The state of the random numbers of a model's loss; None where it draws none."""
    from keras import ops

    return ops.convert_to_numpy(model.seed_generator.state) if model.stochastic else None


def _draw_from(model, state: np.ndarray | None) -> None:
    if model.stochastic:
        model.seed_generator.state.assign(state)


def _on_tensorflow(model, optimizer):
    import keras
    import tensorflow as tf

    variables = model.trainable_variables
    apply = _fused(optimizer) if type(optimizer) is keras.optimizers.Adam else optimizer.apply
    shape = (None, *model.image_shape)

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
