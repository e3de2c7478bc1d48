"""Settings: params.yaml as plain dicts, and copies of it with some values changed."""

import copy
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from stages.common.stage import UserError


def read_params(path: str | Path = "params.yaml") -> dict:
    """All settings, as plain dicts and lists. Raises UserError where the file is missing or no valid YAML."""
    try:
        params = YAML(typ="safe").load(Path(path))
    except FileNotFoundError:
        raise UserError(f"{path} is missing: run this in the folder of the project") from None
    except YAMLError as error:
        raise UserError(f"{path} is not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(params, dict):
        raise UserError(f"{path} should hold settings, one 'name: value' a line; it holds {params!r}")
    return params


def changed(params: dict, changes: dict) -> dict:
    """A copy of params with dotted changes made: {"architecture.deep.hidden": [512], ...}.

    Raises UserError for a key that params does not have.
    """
    params = copy.deepcopy(params)
    for key, value in changes.items():
        *path, last = str(key).split(".")
        block = params
        for part in path:
            block = block.get(part) if isinstance(block, dict) else None
        if not isinstance(block, dict) or last not in block:
            raise UserError(f"params.yaml: {key}, which an ablation changes, is no setting")
        block[last] = value
    return params
