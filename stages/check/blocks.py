"""Blocks of params.yaml held against their models, and what is wrong with one, in a line for a person.

A block of an architecture, a task or a check is the keyword arguments of its function, whose signature says what is
allowed. The words stand here and not beside the models, so that a better word reruns nothing.
"""

import inspect
import re
from collections.abc import Callable
from typing import Any, TypeVar, get_type_hints

from pydantic import ValidationError, create_model

from stages.common.params import short
from stages.common.registry import names
from stages.common.settings import LONGEST, Block
from stages.common.stage import UserError

B = TypeVar("B", bound=Block)
LARGEST = 1_000_000  # number in the block of an item, or in `training`
SMALLEST = 1e-9  # beside 0: less does nothing, or what is divided by it leaves the range of float32
OTHERWISE = ("null", "true", "false", "yes", "no", "on", "off", "y", "n")  # words of YAML, of any version
RULE = "names have letters, digits, _ alone, begin with a letter and are no words of YAML"
WANTED = {  # by pydantic's types of errors, the figures in its context
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a smaller number",
    "string_type": "a word",
    "list_type": "a list",
    "model_type": "a block of settings",
    "literal_error": "{expected}",
    "greater_than": "greater than {gt}",
    "greater_than_equal": "{ge} or more",
    "less_than": "less than {lt}",
    "less_than_equal": "{le} or less",
    "too_short": "a list of at least {min_length}",
    "too_long": "a list of at most {max_length}",
    "value_error": "{error}",
}


def mistake(where: str, value: Any, wrong: str) -> UserError:
    """The error of a setting, in one line: its dotted name, its value, and what is wrong with it."""
    return UserError(f"params.yaml: {where} = {short(value)}: {wrong}")


def parse(kind: type[B], block: Any, where: str) -> B:
    """A block of params.yaml as its model. where: its dotted name. Raises UserError in one line that names key, value
    and what is allowed."""
    settings = ", ".join(kind.model_fields) or "nothing: write {}"
    if not isinstance(block, dict):
        raise mistake(where, block, f"should be a block with {settings}")
    try:
        return kind(**block)
    except ValidationError as error:
        problems: list = error.errors(include_url=False)
    by_key: dict[str, list] = {}  # of a setting that may be of several types, the problem with each
    for problem in problems:
        by_key.setdefault(_key(problem["loc"], block, where), []).append(problem)
    key, problems = next(iter(by_key.items()))
    rest = f" (and {len(by_key) - 1} more)" if len(by_key) > 1 else ""
    if problems[0]["type"] == "missing":
        raise UserError(f"params.yaml: {key} is missing{rest}")
    wrong = "should be " + " or ".join(dict.fromkeys(map(_wanted, problems)))
    if problems[0]["type"] == "extra_forbidden":
        wrong = f"no such setting; {where} takes {settings}"
    raise mistake(key, problems[0]["input"], wrong + rest)


def _key(location: tuple, block: Any, where: str) -> str:
    """The dotted name of a setting; pydantic adds the types that it has tried, which are left out."""
    path, value = [where], block
    for part in location:
        there = part in value if isinstance(value, dict) else isinstance(value, list) and isinstance(part, int)
        if there or len(path) == 1:
            path.append(str(part))
            value = value[part] if there else None
    return ".".join(path)


def _wanted(problem: dict) -> str:
    if problem["type"] not in WANTED:
        return problem["msg"].removeprefix("Input should be ")
    return WANTED[problem["type"]].format(**problem.get("ctx", {}))


def keywords(function: Callable, **besides: Any) -> type[Block]:
    """The model of a block that holds the keyword-only arguments of a function, and `besides`, name=type."""
    hints = get_type_hints(function, include_extras=True)
    parameters = inspect.signature(function).parameters.values()
    fields = besides | {p.name: hints[p.name] for p in parameters if p.kind is p.KEYWORD_ONLY}
    return create_model("Keywords", __base__=Block, **{name: (kind, ...) for name, kind in fields.items()})  # type: ignore[call-overload]


def check_item(function: Callable, block: Any, where: str, **besides: Any) -> None:
    """The block of an item: the keyword-only arguments of its function, within bounds; besides: name=type."""
    parse(keywords(function, **besides), block, where)
    check_bounds(block, where)


def check_bounds(value: Any, where: str) -> None:
    """Numbers neither too large nor too small and lists not too long, at any depth, for types that say no bounds."""
    if isinstance(value, int | float) and abs(value) > LARGEST:
        raise mistake(where, value, f"should be {LARGEST:,} or less")
    if isinstance(value, float) and 0 < abs(value) < SMALLEST:
        raise mistake(where, value, f"should be {SMALLEST} or more, or 0 where that is allowed")
    if isinstance(value, list) and len(value) > LONGEST:
        raise mistake(where, value, f"should be a list of at most {LONGEST}")
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        check_bounds(part, f"{where}.{name}")


def check_names(
    values: Any, kind: str, where: str, blocks: dict | None = None, empty: bool = False, besides: list[str] | tuple = ()
) -> None:
    """A list of different names, each with a file in stages/<kind>/, or one of `besides`, and, where `blocks` is given,
    a block in it."""
    if not isinstance(values, list) or not (values or empty) or len(set(map(str, values))) != len(values):
        raise mistake(where, values, "should be a list of different names")
    for name in values:
        if name not in besides and name not in names(kind):
            raise UserError(f"params.yaml: {where} has {short(name)}; stages/{kind}/ has {', '.join(names(kind))}")
        if blocks is not None and name not in blocks:
            raise UserError(f"params.yaml: {where} has '{name}', which has no block of settings")


def check_new_name(name: str, where: str) -> None:
    """A name that no file in stages/ gives, and that goes into commands, paths and files of YAML."""
    if not is_new_name(name):
        raise UserError(f"params.yaml: {where} has {short(name)}: {RULE}")


def is_new_name(name: str) -> bool:
    """Whether a name keeps the RULE."""
    return bool(re.fullmatch(r"[a-z]\w{0,49}", name, re.ASCII | re.IGNORECASE)) and name.lower() not in OTHERWISE
