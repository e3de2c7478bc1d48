"""Trial of an untrained model of each architecture: it gives the terms of a loss, and is the same once it has been
saved and loaded, which otherwise shows after training."""

import tempfile
from pathlib import Path

import numpy as np

from stages.check.blame import blamed, line_of, untouched
from stages.check.blocks import mistake
from stages.check.items import item, path_of
from stages.common.params import short
from stages.common.stage import UserError
from stages.train import determinism
from stages.train.build import build
from stages.train.settings import Cell

REGISTER = '@keras.saving.register_keras_serializable(package="autoencoders") above each class of the file'
IMAGES = 2
LARGEST = 1e12  # term of a loss, in nats per image: squares of gradients soon leave the range of float32


def built(cell: Cell, image_shape: tuple[int, int, int]):
    """The model that the architecture's `build` gives. Raises UserError where it is no Autoencoder."""
    from stages.train.autoencoder import Autoencoder

    where, function = path_of("architectures", cell.architecture), item("architectures", cell.architecture).build
    with blamed(where, f"a network of {short(cell.options)} on {cell.dataset}"):
        model = build(cell, image_shape)
    if not isinstance(model, Autoencoder):
        given = f"{type(model).__name__}; an Autoencoder of stages/train/autoencoder.py is expected"
        raise UserError(f"{where}{line_of(function)}: build returns {given}")
    return model


def check_model(cell: Cell, image_shape: tuple[int, int, int]) -> None:
    """An untrained model has finished what training, saving and loading ask of it."""
    import keras

    where = path_of("architectures", cell.architecture)
    determinism.reseed(0, cell.training.precision)
    with untouched(where, "building a model"):
        model = built(cell, image_shape)
    images = np.random.default_rng(0).random((IMAGES, *image_shape), np.float32)
    with untouched(where, "the loss of an untrained model"):
        terms = model.loss_terms(images, training=True)
        terms = {name: keras.ops.convert_to_numpy(values) for name, values in terms.items()}
    shapes = {name: values.shape for name, values in terms.items()}
    expected = dict.fromkeys(model.weights_of_terms(), (IMAGES,))
    if shapes != expected:
        raise UserError(f"{where}: loss_terms gives {shapes} for {IMAGES} images; by weights_of_terms it is {expected}")
    for name, values in terms.items():
        if not (largest := np.max(np.abs(values))) < LARGEST:  # also not where it is no number
            wrong = f"`{name}` of the loss begins at {largest:.0e} nats per image, too much to be lowered"
            raise mistake(f"architecture.{cell.architecture}", cell.options, wrong)
    with untouched(where, "a reconstruction by an untrained model"):
        before = keras.ops.convert_to_numpy(model(images))
    with tempfile.TemporaryDirectory() as folder, blamed(where, f"saving and loading, which needs {REGISTER},"):
        path = Path(folder, "model.keras")
        model.save(path)
        after = keras.ops.convert_to_numpy(keras.models.load_model(path)(images))
    if not np.array_equal(before, after, equal_nan=True):
        raise UserError(f"{where}: a model reconstructs otherwise once it is saved and loaded: see its get_config")
