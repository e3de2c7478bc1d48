"""What params.yaml may hold for preparing and training.

A block of an architecture is the keyword arguments of its build function, so the function's signature says what is
allowed; the blocks that everybody shares stand here.
"""

import inspect
from collections.abc import Callable
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import ConfigDict, Field, PositiveFloat, PositiveInt, ValidationError, create_model

from stages.catalogue import UserError, load

Seed = Annotated[int, Field(ge=0, lt=2**31)]

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
DATA = {  # what training reads of a data set
    "latent_size": PositiveInt,
    "width": PositiveFloat,
    "epochs": PositiveInt,
    "passes_per_epoch": PositiveInt,
    "batch_size": PositiveInt,
    "seeds": Annotated[list[Seed], Field(min_length=1)],
}
IMAGE = {"image_size": Annotated[int, Field(ge=8, le=256)]}
SPLIT = {
    "validation_fraction": Annotated[float, Field(gt=0, lt=0.5)],
    "test_fraction": Annotated[float, Field(gt=0, lt=0.5)],
    "seed": Seed,
}


def keywords(function: Callable) -> dict[str, Any]:
    """The keyword-only arguments of a function and their types: what its block in params.yaml holds."""
    hints = get_type_hints(function, include_extras=True)
    parameters = inspect.signature(function).parameters.values()
    return {p.name: hints[p.name] for p in parameters if p.kind is p.KEYWORD_ONLY}


def check(allowed: dict[str, Any], block: Any, where: str, others: Literal["forbid", "ignore"] = "forbid") -> None:
    """Hold a block of params.yaml against names and types; others: what to do about keys that are not in `allowed`.

    Raises UserError in one line that names key, value and what is allowed.
    """
    if not isinstance(block, dict):
        raise UserError(f"params.yaml: {where} = {block!r}: should be a block with {', '.join(allowed) or 'nothing'}")
    fields = {name: (kind, ...) for name, kind in allowed.items()}
    model = create_model("Block", __config__=ConfigDict(extra=others, strict=True), **fields)
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
    reason = problem["msg"][0].lower() + problem["msg"][1:]
    return f"params.yaml: {key} = {problem['input']!r}: {reason}"


def check_cell(params: dict, dataset: str, architecture: str) -> None:
    """Check all that training one architecture on one data set reads."""
    check(TRAINING, params.get("training"), "training")
    check(DATA, (params.get("data") or {}).get(dataset), f"data.{dataset}", others="ignore")
    build = load("architectures", architecture).build
    block = (params.get("architecture") or {}).get(architecture)
    check(keywords(build), block, f"architecture.{architecture}")
