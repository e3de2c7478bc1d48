"""Blocks of params.yaml as typed models: a room declares what it reads, and reads attributes."""

import itertools
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from stages.common.stage import UserError

LONGEST = 100  # entries of a list


class Block(BaseModel):
    """Settings that belong together: no other names, no type that is only nearly right, no change once it is read."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


B = TypeVar("B", bound=Block)


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
Seeds = Annotated[list[Seed], Field(min_length=1, max_length=LONGEST), AfterValidator(different)]


def read_block(kind: type[B], params: dict, *keys: str) -> B:
    """The block of params.yaml under those keys, as its model. Raises UserError where it is something else."""
    block, where = params, ".".join(keys)
    try:
        for key in keys:
            block = block[key]
        return kind(**block)
    except KeyError:
        raise UserError(f"params.yaml has no {where}") from None
    except (TypeError, ValidationError):
        raise UserError(f"params.yaml: {where} is not what it should be: `python -m stages.check` says why") from None
