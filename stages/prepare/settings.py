"""Settings that fetch and prepare read: where the images of a data set come from, and how they are split."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from stages.common.settings import LONGEST, Block, Names, Seed


class Reading(Block):
    """Where the images of a folder are, and how they are read: the settings by which the arrays are made."""

    path: str
    fit: Literal["crop", "pad"]
    group: str | None
    white: Annotated[int, Field(ge=1, le=65_535)]
    black: Annotated[int, Field(ge=0, lt=65_535)] = 0
    channels: Literal[1, 3]
    classes_by: Literal["folders", "none"] | None = None  # None: as their names and numbers suggest
    whole: Annotated[int, Field(ge=16, le=4096)] | None = None  # size of images that are cut into patches of image_size
    private: bool = False  # no picture of an image may get into a file that Git tracks
    files: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]  # their fingerprint

    @model_validator(mode="after")
    def _in_order(self):
        if self.black >= self.white:
            raise ValueError("white should be above black")
        return self


class Folder(Reading):
    """A folder of the user's images as `make own` has seen it: data.<data set>.folder."""

    images: Annotated[int, Field(ge=1, le=10_000_000)]  # without those of splits that the folder has
    validation: Annotated[int, Field(ge=1)] | None = None  # images of the folder's own split
    test: Annotated[int, Field(ge=1)] | None = None
    classes: Annotated[int, Field(ge=0, le=LONGEST)]
    anomalous: Annotated[int, Field(ge=0, le=10_000_000)] = 0  # images among the anomalies; 0 where a data set serves
    levels_given: bool = False  # black or white, by the user, also where they are the usual ones
    architectures: Names  # that `make own` compares
    minutes: Annotated[int, Field(ge=1)] | None  # into which it fitted epochs and seeds


class Source(Block, extra="ignore"):
    """What fetch and prepare read of a data set's block; training reads the rest."""

    folder: Annotated[Folder, Field(strict=False)] | None  # none for a data set in stages/prepare/datasets
    anomalies: str
    image_size: Annotated[int, Field(ge=8, le=256)]


class Split(Block):
    """Shares of the images that validation and test get, and the seed by which they are drawn."""

    validation_fraction: Annotated[float, Field(gt=0, lt=0.5)]
    test_fraction: Annotated[float, Field(gt=0, lt=0.5)]
    seed: Seed
