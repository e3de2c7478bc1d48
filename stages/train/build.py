"""Untrained models, as the settings describe them."""

from stages.common.registry import load
from stages.train.settings import Cell, NetworkSpec


def options_of(cell: Cell) -> dict:
    """Keyword arguments of the architecture's `build`: its block, layer widths times the data set's `width`.

    Layer widths are lists of whole numbers.
    """
    return {
        name: [max(1, round(units * cell.budget.width)) for units in value] if isinstance(value, list) else value
        for name, value in cell.options.items()
    }


def is_solved(architecture: str) -> bool:
    """Whether an architecture is solved in closed form, so that no setting of `training` has an effect on it: SOLVED of
    its module, which its class states as `solved`."""
    return getattr(load("architectures", architecture), "SOLVED", False)


def takes_part(architecture: str, task: str) -> bool:
    """Whether an architecture is for a task: for those that TASKS of its module names, for all without it."""
    return task in getattr(load("architectures", architecture), "TASKS", [task])


def build(cell: Cell, image_shape: tuple[int, int, int]):
    """An untrained Autoencoder for images of image_shape (height, width, channels)."""
    training = cell.training
    needs_shares = training.reconstruction_loss == "binary_crossentropy"  # of black and white, within (0, 1)
    output = "sigmoid" if needs_shares else training.output
    spec = NetworkSpec(image_shape, cell.budget.latent_size, training.activation, output, training.reconstruction_loss)
    return load("architectures", cell.architecture).build(spec, **options_of(cell))
