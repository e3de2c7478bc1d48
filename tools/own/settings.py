"""The block of a data set of one's own in params.yaml, written whole or not at all, with all comments kept."""

import io
import os
import re
from pathlib import Path

from ruamel.yaml import YAML

from stages.common.params import parsed
from stages.common.registry import names
from stages.common.stage import UserError

PARAMS, PIPELINE = Path("params.yaml"), Path("dvc.yaml")


def check_name(name: str, params: dict) -> None:
    """Raises UserError where a data set of one's own cannot have that name."""
    if not re.fullmatch(r"\w{1,50}", name, re.ASCII):
        raise UserError(f"NAME={name!r}: a name of letters, digits and _ is needed, such as NAME=photos")
    taken = {*names("prepare/datasets"), *re.findall(r"\b(?:metrics|plots)/(\w+)", PIPELINE.read_text())}
    if name in taken:
        raise UserError(f"NAME={name}: is taken by the project; another is needed")
    if name in params["data"] and not params["data"][name].get("folder"):
        raise UserError(f"NAME={name}: params.yaml has a data set of that name which is no folder")


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
    lost = set(_comments(text)) - set(_comments(stream.getvalue()))
    if lost:
        raise UserError(
            f"params.yaml: the comment {min(lost)!r} stands within data.{name}, or right below it, and would be lost: "
            "move it"
        )
    parsed(stream.getvalue(), str(PARAMS))
    return stream.getvalue()


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
