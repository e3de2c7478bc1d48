"""Settings with some of them changed: what makes an experiment."""

import copy

from stages.catalogue import UserError


def changed(params: dict, changes: dict) -> dict:
    """A copy of params with the changes made: {"architecture.deep.hidden": [512], ...}.

    Raises UserError for a key that params does not have.
    """
    params = copy.deepcopy(params)
    for key, value in changes.items():
        *path, last = key.split(".")
        block = params
        for part in path:
            block = block.get(part, {})
        if last not in block:
            raise UserError(f"params.yaml: an experiment changes {key}, which is no setting")
        block[last] = value
    return params
