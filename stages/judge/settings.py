"""Settings of verdicts."""

from typing import Annotated

from pydantic import Field

from stages.common.settings import Block


class Verdicts(Block):
    """How sure a verdict has to be, from how many joint draws, the margin of each task, in tasks that restore an image
    what the identity scores, which leaves it as it is, and the share by which the reconstruction error of validation
    images may be above that of training images before it is warned of."""

    level: Annotated[float, Field(gt=0.5, lt=1)]
    draws: Annotated[int, Field(ge=1000, le=10**6)]  # fewer say little of the chances near the level
    margins: dict[str, Annotated[float, Field(gt=0)]]
    identity: dict[str, float]
    overfitting: Annotated[float, Field(gt=0)]
