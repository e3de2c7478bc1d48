"""Settings of verdicts."""

from typing import Annotated

from pydantic import Field

from stages.common.settings import Block


class Verdicts(Block):
    """How sure a verdict has to be, from how many joint draws, the margin of each task, and of tasks that help an image
    what one that is left alone scores."""

    level: Annotated[float, Field(gt=0.5, lt=1)]
    draws: Annotated[int, Field(ge=1000, le=10**6)]  # fewer say little of the chances near the level
    margins: dict[str, Annotated[float, Field(gt=0)]]
    unaided: dict[str, float]
