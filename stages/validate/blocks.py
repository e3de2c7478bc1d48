"""Blocks of params.yaml: what each may hold, and how a wrong value is told.

A block of an architecture or a task is the keyword arguments of its function, so the function's signature says what is
allowed; the blocks that everybody shares stand here.
"""

import inspect
import itertools
from collections.abc import Callable
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import AfterValidator, ConfigDict, Field, ValidationError, create_model

from stages.common.params import short
from stages.common.stage import UserError

LARGEST = 1_000_000  # number in the block of an item
LONGEST = 100  # entries of a list


def different(values: list) -> list:
    """The values, none of them twice."""
    if len(set(values)) != len(values):
        raise ValueError("a list of different values")
    return values


def rising(values: list) -> list:
    """The values, each above the one before."""
    if any(later <= earlier for earlier, later in itertools.pairwise(values)):
        raise ValueError("numbers that rise")
    return values


Names = Annotated[list[str], Field(min_length=1)]
Count = Annotated[int, Field(ge=1, le=10_000)]
Rate = Annotated[float, Field(gt=0, le=1)]
Seed = Annotated[int, Field(ge=0, lt=10**9)]  # tasks multiply them; libraries take 32 bits

ACTIVATIONS = Literal["relu", "leaky_relu", "elu", "gelu", "silu", "tanh"]
OUTPUTS = Literal["sigmoid", "linear"]

TRAINING = {
    "optimizer": Literal["adam", "adamw", "rmsprop", "sgd"],
    "learning_rate": Rate,
    "schedule": Literal["constant", "cosine", "exponential"],
    "warmup": Annotated[float, Field(ge=0, le=0.5)],
    "clip_norm": Annotated[float, Field(gt=0)],
    "activation": ACTIVATIONS,
    "output": OUTPUTS,
    "reconstruction_loss": Literal["squared_error", "absolute_error", "binary_crossentropy"],
    "patience": Count,
    "precision": Literal["float32", "mixed_bfloat16"],
    "threads": Annotated[int, Field(ge=1, le=256)],
}
TUNING = {
    "trials": Annotated[int, Field(ge=0, le=1000)],
    "share_of_epochs": Annotated[float, Field(gt=0, le=1)],
    "draw": Seed,
    "learning_rate": Annotated[list[Rate], Field(min_length=2, max_length=2), AfterValidator(rising)],
    "activation": Annotated[list[ACTIVATIONS], Field(min_length=1), AfterValidator(different)],
    "output": Annotated[list[OUTPUTS], Field(min_length=1), AfterValidator(different)],
}
DATA = {
    "folder": dict | None,  # of one's own images, see FOLDER; none for a data set in stages/prepare/datasets
    "anomalies": str,
    "image_size": Annotated[int, Field(ge=8, le=256)],
    "latent_size": Annotated[int, Field(ge=1, le=100_000)],
    "width": Annotated[float, Field(gt=0, le=100)],
    "epochs": Count,
    "passes_per_epoch": Count,
    "batch_size": Annotated[int, Field(ge=1, le=100_000)],
    "seeds": Annotated[list[Seed], Field(min_length=1, max_length=LONGEST), AfterValidator(different)],
}
FOLDER = {
    "path": str,
    "fit": Literal["crop", "pad"],
    "group": str | None,
    "white": Annotated[int, Field(ge=1, le=65_535)],
    "images": Annotated[int, Field(ge=1, le=10_000_000)],
    "channels": Literal[1, 3],
    "classes": Annotated[int, Field(ge=0, le=LONGEST)],
    "files": Annotated[str, Field(pattern="^[0-9a-f]{64}$")],
    "architectures": Names,  # that `make own` compares
    "minutes": Annotated[int, Field(ge=1)] | None,  # into which it fitted epochs and seeds
}
SPLIT = {
    "validation_fraction": Annotated[float, Field(gt=0, lt=0.5)],
    "test_fraction": Annotated[float, Field(gt=0, lt=0.5)],
    "seed": Seed,
}
VERDICTS = {
    "level": Annotated[float, Field(gt=0.5, lt=1)],
    "draws": Annotated[int, Field(ge=1000, le=10**6)],  # fewer say little of the chances near the level
    "margins": dict[str, Annotated[float, Field(gt=0)]],
}
FIGURES = {"single": Names, "dataset": Names}
ABLATED = {"datasets": list[str], "architectures": list[str]}


def keywords(function: Callable) -> dict[str, Any]:
    """Keyword-only arguments of a function and their types: what its block in params.yaml holds."""
    hints = get_type_hints(function, include_extras=True)
    parameters = inspect.signature(function).parameters.values()
    return {p.name: hints[p.name] for p in parameters if p.kind is p.KEYWORD_ONLY}


def check(allowed: dict[str, Any], block: Any, where: str) -> None:
    """Hold a block of params.yaml against names and types.

    Raises UserError in one line that names key, value and what is allowed.
    """
    if not isinstance(block, dict):
        raise UserError(f"params.yaml: {where} = {short(block)}: should be a block with {_listed(allowed)}")
    fields = {name: (kind, ...) for name, kind in allowed.items()}
    model = create_model("Block", __config__=ConfigDict(extra="forbid", strict=True, allow_inf_nan=False), **fields)
    try:
        model(**block)
    except ValidationError as error:
        raise UserError(_told(error.errors(include_url=False), allowed, block, where)) from None


def check_bounds(value, where: str) -> None:
    """Hold numbers and lists of an item's block against bounds, for types that say none.

    Raises UserError, naming the number that is too large or the list that is too long.
    """
    if isinstance(value, dict):
        for name, part in value.items():
            check_bounds(part, f"{where}.{name}")
    elif isinstance(value, list):
        if len(value) > LONGEST:
            raise UserError(f"params.yaml: {where} = {short(value)}: should be a list of at most {LONGEST}")
        for i, part in enumerate(value):
            check_bounds(part, f"{where}.{i}")
    elif isinstance(value, int | float) and abs(value) > LARGEST:
        raise UserError(f"params.yaml: {where} = {short(value)}: should be {LARGEST:,} or less")


def _listed(allowed: dict[str, Any]) -> str:
    return ", ".join(allowed) or "nothing: write {}"


def _told(problems: list[dict], allowed: dict[str, Any], block: dict, where: str) -> str:
    """What is wrong with the first of the settings that are; of one that may be of several types, all of them."""
    by_key = {}
    for problem in problems:
        path, value = [], block
        for part in problem["loc"]:  # pydantic adds the types that it has tried
            there = part in value if isinstance(value, dict) else isinstance(value, list) and isinstance(part, int)
            if there or not path:
                path.append(str(part))
                value = value[part] if there else None
        by_key.setdefault(".".join((where, *path)), []).append(problem)
    key, own = next(iter(by_key.items()))
    first, more = own[0], len(by_key) - 1
    rest = f" (and {more} more)" if more else ""
    if first["type"] == "missing":
        return f"params.yaml: {key} is missing{rest}"
    if first["type"] == "extra_forbidden":
        said = f"no such setting; {where} takes {_listed(allowed)}"
    else:
        said = "should be " + " or ".join(dict.fromkeys(_wanted(problem) for problem in own))
    return f"params.yaml: {key} = {short(first['input'])}: {said}{rest}"


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
    "literal_error": "{expected}",
    "greater_than": "greater than {gt}",
    "greater_than_equal": "{ge} or more",
    "less_than": "less than {lt}",
    "less_than_equal": "{le} or less",
    "too_short": "a list of at least {min_length}",
    "too_long": "a list of at most {max_length}",
    "value_error": "{error}",
}


def _wanted(problem: dict) -> str:
    if problem["type"] not in WANTED:
        return problem["msg"].removeprefix("Input should be ")
    return WANTED[problem["type"]].format(**problem.get("ctx", {}))
