"""Blocks of params.yaml: what each may hold, and how a wrong value is told.

A block of an architecture or a task is the keyword arguments of its function, so the function's signature says what is
allowed; the blocks that everybody shares stand here.
"""

import inspect
from collections.abc import Callable
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import AfterValidator, ConfigDict, Field, PositiveFloat, PositiveInt, ValidationError, create_model

from stages.common.stage import UserError


def different(values: list) -> list:
    """The values, none of them twice."""
    if len(set(values)) != len(values):
        raise ValueError("each should be there once")
    return values


Names = Annotated[list[str], Field(min_length=1)]
Seed = Annotated[int, Field(ge=0, lt=10**9)]  # tasks multiply them; libraries take 32 bits

TRAINING = {
    "optimizer": Literal["adam", "adamw", "rmsprop", "sgd"],
    "learning_rate": PositiveFloat,
    "schedule": Literal["constant", "cosine", "exponential"],
    "warmup": Annotated[float, Field(ge=0, le=0.5)],
    "activation": Literal["relu", "leaky_relu", "elu", "gelu", "silu", "tanh"],
    "reconstruction_loss": Literal["squared_error", "absolute_error", "binary_crossentropy"],
    "patience": PositiveInt,
    "steps_per_execution": PositiveInt,
    "precision": Literal["float32", "mixed_bfloat16"],
    "threads": PositiveInt,
}
DATA = {
    "anomalies": str,
    "image_size": Annotated[int, Field(ge=8, le=256)],
    "latent_size": PositiveInt,
    "width": PositiveFloat,
    "epochs": PositiveInt,
    "passes_per_epoch": PositiveInt,
    "batch_size": PositiveInt,
    "seeds": Annotated[list[Seed], Field(min_length=1), AfterValidator(different)],
}
SPLIT = {
    "validation_fraction": Annotated[float, Field(gt=0, lt=0.5)],
    "test_fraction": Annotated[float, Field(gt=0, lt=0.5)],
    "seed": Seed,
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
        raise UserError(f"params.yaml: {where} = {block!r}: should be a block with {', '.join(allowed) or 'nothing'}")
    fields = {name: (kind, ...) for name, kind in allowed.items()}
    model = create_model("Block", __config__=ConfigDict(extra="forbid", strict=True), **fields)
    try:
        model(**block)
    except ValidationError as error:
        raise UserError("; ".join(_line(problem, allowed, where) for problem in error.errors())) from None


def _line(problem: dict, allowed: dict[str, Any], where: str) -> str:
    key = ".".join(str(part) for part in (where, *problem["loc"]))
    if problem["type"] == "missing":
        return f"params.yaml: {key} is missing"
    if problem["type"] == "extra_forbidden":
        return f"params.yaml: {key} = {problem['input']!r}: no such setting; {where} takes {', '.join(allowed)}"
    said = problem["msg"].removeprefix("Value error, ")
    reason = said[0].lower() + said[1:]
    return f"params.yaml: {key} = {problem['input']!r}: {reason}"
