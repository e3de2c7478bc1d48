"""Files of images for a model: read and brought to its size one after the other; and written."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from stages.common.stage import UserError
from stages.prepare.array_file import is_array
from stages.prepare.files import bytes_of, names_in
from stages.prepare.folder import contents, holds_many
from stages.prepare.layout import MASK, places_of
from stages.prepare.reader import SUFFIXES, decode, eight_bits, printable
from tools.answers import Model

BATCH = 512  # images that are looked at together, as in evaluation
FEW = 16  # the same where the images may be large: they are kept, or looked at in patches


class Found(NamedTuple):
    """One image of a source, or why there is none."""

    name: str  # path below the folder, or place in the array
    image: np.ndarray | None = None  # uint8, in the model's shape
    size: tuple[int, int] = (0, 0)  # height and width before
    error: str = ""
    pixels: np.ndarray | None = None  # uint8 (height, width, channels), as they were, where that was asked for


def batches(source: Path, model: Model, pixels: bool = False) -> Iterator[list[Found]]:
    """The images of a file, a folder and all below it, a zip archive or an array; what cannot be read is said, and so
    is that masks are left out. pixels: whether those are wanted. Raises UserError where nothing can."""
    single = source.is_file() and not holds_many(source)
    masks = set() if single else masks_in(source)
    if masks:
        print(f"left out, as masks: {len(masks):,}, such as {printable(min(masks))}", flush=True)
    every = [(source.name, None)] if single else contents(source)
    found, readable = ((name, content) for name, content in every if name not in masks), False
    while batch := list(itertools.islice(found, FEW if pixels or model.whole else BATCH)):
        own = [_found(name, source if single else content, model, pixels) for name, content in batch]
        for one in own:
            if one.error:
                print(f"{printable(one.name)} {one.error}", flush=True)
        readable = readable or not all(one.error for one in own)
        yield own
    if not readable:
        raise UserError(f"{printable(str(source))} has no image that can be read")


def masks_in(source: Path) -> set[str]:
    """Names of the masks of anomalies in a folder or an archive, by its layout, as prepare knows them."""
    if is_array(source):
        return set()
    try:
        places, _ = places_of([name for name, _ in names_in(source) if name.lower().endswith(SUFFIXES)])
    except UserError:  # several layouts
        return set()
    return {name for name, place in places.items() if place.role == MASK}


def _found(name: str, content: bytes | np.ndarray | ValueError | Path, model: Model, kept: bool) -> Found:
    try:
        if isinstance(content, ValueError):
            raise content
        picture = decode(bytes_of(content.resolve()) if isinstance(content, Path) else content)
        pixels = eight_bits(picture, model.white, model.black)
    except ValueError as error:
        return Found(name, error=str(error))
    return Found(name, model.fitted(pixels), pixels.shape[:2], pixels=pixels if kept else None)


class Writer:
    """Where images go: one file; a folder of PNG files, with the names that the images had; or one .npy file."""

    def __init__(self, path: Path, single: bool):
        """single: whether there is one image alone. Raises UserError where the path is no place for what is written."""
        where = printable(str(path))
        self.path, self.written = path, set[Path]()
        self.array = list[np.ndarray]() if path.suffix.lower() == ".npy" else None
        self.single = single and not path.is_dir() and self.array is None
        if self.single and path.suffix.lower() not in Image.registered_extensions():
            raise UserError(f"{where}: the name of an image ends with .png or the like")
        if not self.single and self.array is None and path.exists() and not path.is_dir():
            raise UserError(f"{where} is no folder: images go into a folder, or into one .npy file")

    def write(self, name: str, image: np.ndarray) -> None:
        """Write one uint8 image (height, width, channels), or keep it for the array."""
        if self.array is not None:
            self.array.append(image)
            return
        path = self.path if self.single else self.path / (name if name.lower().endswith(".png") else f"{name}.png")
        if path in self.written:
            raise UserError(f"two images would become {printable(str(path))}: rename one of them")
        self.written.add(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image.squeeze(2) if image.shape[2] == 1 else image).save(path)

    def close(self) -> None:
        """Write the array, if there is to be one."""
        if self.array is None:
            return
        if len({image.shape for image in self.array}) > 1:
            raise UserError(f"{printable(str(self.path))}: images of several sizes are no array; name a folder")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        np.save(self.path, np.stack(self.array))


def check_places(source: Path, out: Path) -> None:
    """Raises UserError where there is nothing to read, or where writing would change what is read."""
    if not source.exists():
        raise UserError(f"{printable(str(source))}: no such file or folder")
    source, place = source.resolve(), out.resolve()
    if place == source or (source.is_dir() and source in place.parents):
        raise UserError(f"{printable(str(out))} is what is read, or lies in it: name another place")
