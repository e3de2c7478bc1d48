"""Settings that tuning and training read, and the cell: all of them for one architecture on one data set."""

from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, Field

from stages.common.settings import Block, Count, Rate, Seed, Seeds, different, read_block, rising

Activation = Literal["relu", "leaky_relu", "elu", "gelu", "silu", "tanh"]
Output = Literal["sigmoid", "linear"]


class Training(Block):
    """How every architecture is trained."""

    optimizer: Literal["adam", "adamw", "rmsprop", "sgd"]
    learning_rate: Rate
    schedule: Literal["constant", "cosine", "exponential"]
    warmup: Annotated[float, Field(ge=0, le=0.5)]
    clip_norm: Annotated[float, Field(gt=0)]
    activation: Activation
    output: Output
    reconstruction_loss: Literal["squared_error", "absolute_error", "binary_crossentropy"]
    patience: Count
    precision: Literal["float32", "mixed_bfloat16"]
    threads: Annotated[int, Field(ge=1, le=256)]


class Tuning(Block):
    """How training is tuned: the number of trials, their length and seed, and the values that they choose from."""

    trials: Annotated[int, Field(ge=0, le=1000)]
    share_of_epochs: Annotated[float, Field(gt=0, le=1)]
    draw: Seed
    learning_rate: Annotated[list[Rate], Field(min_length=2, max_length=2), AfterValidator(rising)]
    activation: Annotated[list[Activation], Field(min_length=1), AfterValidator(different)]
    output: Annotated[list[Output], Field(min_length=1), AfterValidator(different)]


class Budget(Block, extra="ignore"):
    """What training reads of a data set's block: how large networks are, how long and from which seeds they train."""

    latent_size: Annotated[int, Field(ge=1, le=100_000)]
    width: Annotated[float, Field(gt=0, le=100)]
    epochs: Count
    passes_per_epoch: Count
    batch_size: Annotated[int, Field(ge=1, le=100_000)]
    seeds: Seeds


class NetworkSpec(NamedTuple):
    """What every architecture is built for, whatever it is."""

    image_shape: tuple[int, int, int]  # height, width, channels
    latent_size: int | None  # None: as large as the encoder's last maps, for architectures that allow it
    activation: str  # of hidden layers
    output: str  # activation of the decoder's last layer
    reconstruction_loss: str


class Cell(NamedTuple):
    """One architecture on one data set, and all that training it reads."""

    dataset: str
    architecture: str
    budget: Budget
    training: Training
    options: dict  # the architecture's block


def cell_of(params: dict, dataset: str, architecture: str) -> Cell:
    """The cell as params.yaml describes it. Raises UserError where a block holds what it may not."""
    budget, training = read_block(Budget, params, "data", dataset), read_block(Training, params, "training")
    return Cell(dataset, architecture, budget, training, params["architecture"][architecture])
