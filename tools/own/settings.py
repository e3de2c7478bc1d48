"""The block of a data set of the user's images in params.yaml, written whole or not at all, with all comments kept."""

import io
import os
import re
from collections import Counter
from pathlib import Path

from ruamel.yaml import YAML

from stages.check.blocks import RULE, is_new_name
from stages.check.data_sets import folders
from stages.check.names import alike
from stages.common.params import parsed
from stages.common.registry import names
from stages.common.stage import UserError

PARAMS, PIPELINE = Path("params.yaml"), Path("dvc.yaml")


def check_name(name: str, params: dict) -> None:
    """Raises UserError where a data set cannot have that name."""
    if not is_new_name(name):
        raise UserError(f"NAME={name!r}: {RULE}, such as NAME=photos")
    if name in names("prepare/datasets"):
        raise UserError(f"NAME={name}: is taken by the project; another is needed")
    if name in params["data"] and name not in folders(params):
        raise UserError(f"NAME={name}: params.yaml has a data set of that name which is no folder")
    if other := alike(name, [*params["data"], *names("prepare/datasets")]):
        raise UserError(f"NAME={name}: differs from {other} in capital letters only")


def with_data_set(text: str, name: str, block: dict) -> str:
    """The text of params.yaml with a data set and its block, and all else as it was.

    A new block comes first, since the comment below the last one belongs to what follows. Raises UserError where a
    comment would be lost.
    """
    yaml = YAML()
    params = yaml.load(text)
    if name not in params["datasets"]:
        params["datasets"].append(name)
    if name in params["data"]:
        params["data"][name] = block
    else:
        params["data"].insert(0, name, block)
    stream = io.StringIO()
    yaml.dump(params, stream)
    return kept_comments(text, stream.getvalue(), name)


def kept_comments(text: str, new: str, name: str) -> str:
    """The new text of params.yaml, in which a data set has changed. Raises UserError where a comment of the old one
    would be lost, or where the new one cannot be read."""
    lost = Counter(_comments(text)) - Counter(_comments(new))
    if lost:
        raise UserError(
            f"params.yaml: the comment {min(lost)!r} stands within the block of {name}, or right below it, and would "
            "be lost: move it"
        )
    parsed(new, str(PARAMS))
    return new


def write(text: str) -> None:
    """Put a new params.yaml in the place of the old one, at no moment half."""
    new = PARAMS.with_name(f".{PARAMS.name}.new")
    try:
        with new.open("w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(PARAMS)
    finally:
        new.unlink(missing_ok=True)


def kinds_of_stages() -> list[str]:
    """Kinds of stages that a data set has one of, in the order of dvc.yaml."""
    stages = YAML(typ="safe").load(PIPELINE)["stages"]
    return [kind for kind, stage in stages.items() if stage.get("matrix") == {"dataset": "${datasets}"}]


def _comments(text: str) -> list[str]:
    return re.findall(r"(?:^|\s)(#.*)$", text, re.MULTILINE)
