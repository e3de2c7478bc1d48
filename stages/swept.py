"""What a sweep varies, and where its results stand."""

from pathlib import Path

from stages.catalogue import UserError


def key_of(params: dict, dataset: str, setting: str) -> str:
    """Where a setting stands in params.yaml: training.learning_rate, data.digits.latent_size ...

    Raises UserError for a setting that is in neither block.
    """
    for block, where in ((params["data"][dataset], f"data.{dataset}"), (params["training"], "training")):
        if setting in block:
            return f"{where}.{setting}"
    raise UserError(f"params.yaml: sweeps has '{setting}', which stands neither in data.{dataset} nor in training")


def values(params: dict, dataset: str, setting: str) -> tuple[object, list]:
    """The value that the comparison has, and the others, in order."""
    block, _, name = key_of(params, dataset, setting).rpartition(".")
    compared = (params["training"] if block == "training" else params["data"][dataset])[name]
    return compared, [value for value in params["sweeps"]["values"][setting] if value != compared]


def path_of(dataset: str, setting: str, architecture: str) -> Path:
    """The file with the scores of a sweep."""
    return Path("metrics/sweeps", dataset, setting, f"{architecture}.json")


def cells(params: dict) -> list[tuple[str, str, str]]:
    """Setting, data set and architecture of every sweep in params.yaml."""
    return [
        (setting, dataset, architecture)
        for name, block in params["sweeps"].items()
        if name != "values"
        for setting in block["settings"]
        for dataset in block["datasets"]
        for architecture in block["architectures"]
    ]
