"""Settings: params.yaml as plain dicts, and copies of it with some values changed."""

import copy
import reprlib
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from stages.common.stage import UserError

LONGEST = 1_000_000  # characters of params.yaml
LONGEST_NAME = 100  # characters
DEEPEST = 20  # blocks within blocks
MOST = 100_000  # values, those that an alias repeats counted each time


def read_params(path: str | Path = "params.yaml") -> dict:
    """All settings, as plain dicts and lists. Raises UserError where the file cannot be read or is no valid YAML."""
    try:
        text = Path(path).read_text()
    except FileNotFoundError:
        raise UserError(f"{path} is missing: run this in the folder of the project") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is no text in UTF-8") from None
    return parsed(text, str(path))


def parsed(text: str, name: str) -> dict:
    """Settings from the text of a params.yaml. Raises UserError, with the file's name, where it holds none."""
    if len(text) > LONGEST:
        raise UserError(f"{name} has {len(text):,} characters; settings take {LONGEST:,} at most")
    try:
        params = YAML(typ="safe", pure=True).load(text)  # libyaml crashes on deep nesting
    except (YAMLError, ValueError) as error:
        raise UserError(f"{name} is not valid YAML: {' '.join(str(error).split())[:500]}") from None
    except RecursionError:
        raise UserError(f"{name}: blocks are nested too deep") from None
    if not isinstance(params, dict):
        raise UserError(f"{name} should hold settings, one 'name: value' a line; it holds {short(params)}")
    check_shape(params, name)
    return params


def check_shape(params: dict, name: str) -> None:
    """Every name is a short text, and there are not too many values: a few aliases of aliases stand for billions.

    Raises UserError, with the file's name, where that is not so.
    """
    waiting, count = [(params, 1)], 0  # type: list[tuple[dict | list, int]], int
    while waiting:
        block, depth = waiting.pop()
        count += len(block)
        if depth > DEEPEST or count > MOST:
            raise UserError(f"{name} holds more than {MOST:,} values, or blocks nested more than {DEEPEST} deep")
        for key in block if isinstance(block, dict) else ():
            if not isinstance(key, str):
                raise UserError(f"{name}: the name {short(key)} is no text; put it into quotes")
            if len(key) > LONGEST_NAME or not key.isprintable():
                raise UserError(f"{name}: the name {short(key)} is longer than a line, or holds what is no letter")
        parts = block.values() if isinstance(block, dict) else block
        waiting += [(part, depth + 1) for part in parts if isinstance(part, dict | list)]


def short(value) -> str:
    """A value as Python writes it, on one line, cut to what a message can hold."""
    brief = reprlib.Repr()
    brief.maxlevel, brief.maxdict, brief.maxlist, brief.maxstring, brief.maxother = 2, 3, 6, 60, 60
    try:
        text = brief.repr(value)
    except ValueError:  # Python writes no number of more than 4,300 digits
        return "a very long number"
    return text if len(text) < 160 else f"{text[:150]}..."


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
            raise UserError(f"params.yaml: {short(key)} is no setting that an ablation could change")
        block[last] = value
    return params
