"""Variants of the settings: what the ablations of a data set change, one thing at a time."""

from typing import NamedTuple

from stages.common.settings import Block


class Ablated(Block):
    """What is ablated."""

    datasets: list[str]
    architectures: list[str]


class Variant(NamedTuple):
    """Settings that differ from what is compared."""

    setting: str  # name of the setting, or of the block of changes
    value: object  # of the setting; None for a block
    compared: object  # the value that the comparison has; None for a block
    changes: dict  # {"training.learning_rate": 0.01, ...}

    @property
    def name(self) -> str:
        """Name for messages."""
        return self.setting if self.value is None else f"{self.setting} {self.value}"


def setting_of(params: dict, dataset: str, architecture: str, name: str) -> tuple[str, object] | None:
    """Dotted name in params.yaml (training.learning_rate, data.digits.latent_size, architecture.variational.beta ...)
    and value of a setting that is compared; None where neither data set, training nor the architecture has it."""
    blocks = {
        f"data.{dataset}": params["data"][dataset],
        "training": params["training"],
        f"architecture.{architecture}": params["architecture"][architecture],
    }
    return next(((f"{where}.{name}", block[name]) for where, block in blocks.items() if name in block), None)


def variants_of(params: dict, dataset: str, architecture: str, solved: bool = False) -> list[Variant]:
    """All variants of an architecture, in order: of each setting that it has the values besides the one that is
    compared; a block of changes as one variant, where it changes no other architecture.

    solved: the architecture is solved in closed form, so that no setting of `training` has an effect on it
    """
    variants = []
    for setting, values in params["ablations"].get(dataset, {}).items():
        if isinstance(values, dict):
            owners = {key.split(".")[1] for key in values if key.startswith("architecture.")}
            if owners <= {architecture}:
                variants.append(Variant(setting, None, None, values))
            continue
        key, compared = setting_of(params, dataset, architecture, setting) or (None, None)
        if key and not (solved and key.startswith("training.")):
            variants += [Variant(setting, value, compared, {key: value}) for value in values if value != compared]
    return variants
