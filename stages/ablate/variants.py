"""Variants of the settings: what the ablations of a data set change, one thing at a time."""

from typing import NamedTuple

from stages.common.stage import UserError


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


def key_of(params: dict, dataset: str, setting: str) -> str:
    """Place of a setting in params.yaml: training.learning_rate, data.digits.latent_size ...

    Raises UserError for a setting that is in neither block.
    """
    for block, where in ((params["data"][dataset], f"data.{dataset}"), (params["training"], "training")):
        if setting in block:
            return f"{where}.{setting}"
    raise UserError(
        f"params.yaml: ablations.{dataset} has '{setting}', which stands neither in data.{dataset} nor in training; "
        "several settings that change together are a block of dotted names"
    )


def variants_of(params: dict, dataset: str, architecture: str, solved: bool = False) -> list[Variant]:
    """All variants of an architecture, in order: of each setting the values besides the one that is compared; a block
    of changes as one variant, where it changes no other architecture.

    solved: the architecture is solved in closed form, so that no setting of `training` has an effect on it
    """
    found = []
    for setting, values in params["ablations"].get(dataset, {}).items():
        if isinstance(values, dict):
            owners = {key.split(".")[1] for key in values if key.startswith("architecture.")}
            if owners <= {architecture}:
                found.append(Variant(setting, None, None, values))
            continue
        key = key_of(params, dataset, setting)
        trained = key.startswith("training.")
        compared = (params["training"] if trained else params["data"][dataset])[setting]
        if not (trained and solved):
            found += [Variant(setting, value, compared, {key: value}) for value in values if value != compared]
    return found
