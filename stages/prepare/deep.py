"""Pixels of more than eight bits as their files have them, where Pillow gives the high bytes, wraps or inverts them."""

import re
import sys

import numpy as np
from PIL import Image, ImageFile, ImageOps

COLOUR = re.compile(r"(RGB|RGBA|RGBa|RGBX|LA);16([BLN])")  # Pillow's names of such pixels in a file
SWAPPED = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}  # the order that gives the low bytes
OPAQUE = 65_535
PHOTOMETRIC, BITS, PLANES, SAMPLE_FORMAT = 262, 258, 284, 339  # tags of TIFF
NETPBM = re.compile(rb"P([2356])" + rb"(?:\s|#[^\n]*\n)+(\d{1,9})" * 3 + rb"\s")


def colour_of(image: ImageFile.ImageFile) -> str:
    """The colours of the file's pixels of 16 bits, of COLOUR; empty where it has others."""
    modes = [tile.args if isinstance(tile.args, str) else str(next(iter(tile.args or ()), "")) for tile in image.tile]
    found = {match[1] for mode in modes if (match := COLOUR.fullmatch(mode))}
    return found.pop() if len(found) == 1 else ""


def deep_colour(
    image: ImageFile.ImageFile, again: ImageFile.ImageFile, colour: str
) -> tuple[np.ndarray, np.ndarray | None]:
    """uint16 values (height, width, 1 or 3) and alpha (height, width, 1) of an image that is not yet loaded.

    again: the same file, opened once more: it is decoded with its bytes swapped, which gives the low ones
    colour: of `colour_of`
    """
    if colour == "LA":  # Pillow has no swapped order for it, but takes its four bytes for four channels
        image._mode = "RGBA"  # as a plugin of Pillow sets it
        _load(image, lambda mode: "RGBA")
        high, low = (np.asarray(ImageOps.exif_transpose(image)).astype(np.uint16)[..., first::2] for first in (0, 1))
    else:
        _load(image, lambda mode: mode.replace("a", "A"))
        _load(again, lambda mode: mode.replace("a", "A")[:-1] + SWAPPED[mode[-1]])
        high, low = (np.asarray(ImageOps.exif_transpose(part)).astype(np.uint16) for part in (image, again))
    numbers = high * 256 + low
    if colour in ("RGB", "RGBX"):
        return numbers[..., :3], keyed(numbers[..., :3], image.info.get("transparency"))
    values, alpha = numbers[..., :-1], opaque_at_full(numbers[..., -1:])
    if colour == "RGBa":
        values = np.minimum(values.astype(float) * OPAQUE / np.maximum(alpha, 1), OPAQUE).astype(np.uint16)
    return values, alpha


def keyed(values: np.ndarray, transparent: int | tuple[int, ...] | None) -> np.ndarray | None:
    """uint16 alpha (height, width, 1) of an image in which one colour is transparent."""
    if transparent is None:
        return None
    return np.where((values == np.array(transparent)).all(axis=-1, keepdims=True), 0, OPAQUE).astype(np.uint16)


def opaque_at_full(alpha: np.ndarray) -> np.ndarray:
    """Alpha scaled to OPAQUE where its highest value is that of 10, 12 or 14 bits, as the colours beside it have."""
    highest = int(alpha.max())
    return (alpha * (OPAQUE / highest)).astype(np.uint16) if highest in (1023, 4095, 16_383) else alpha


def in_deep_planes(tags) -> bool:
    """Whether a TIFF file has one plane of more than eight bits after the other, which Pillow takes for bytes."""
    return tags.get(PLANES) == 2 and max(tags.get(BITS, (1,))) > 8 and len(tags.get(BITS, ())) > 1


def as_in_tiff(numbers: np.ndarray, tags) -> np.ndarray:
    """Numbers of a TIFF file for which Pillow has not done so: signed bytes with their sign, inverted where zero is
    white."""
    if numbers.dtype == np.uint8:
        return numbers.view(np.int8) if tags.get(SAMPLE_FORMAT) == (2,) else numbers
    if tags.get(PHOTOMETRIC) != 0 or numbers.dtype == bool:
        return numbers
    bits = tags.get(BITS, (16,))[0]
    return inverted(numbers.astype(np.uint16) if numbers.dtype.kind != "f" and bits <= 16 else numbers, bits)


def inverted(numbers: np.ndarray, bits: int) -> np.ndarray:
    """Numbers of an image in which zero is white."""
    if numbers.dtype.kind == "f":
        return 1 - numbers
    turned = 2**bits - 1 - numbers.astype(np.int64)
    return turned.astype(numbers.dtype) if numbers.dtype.kind == "u" else turned


def deep_netpbm(content: bytes) -> np.ndarray | None:
    """uint16 values (height, width, 1 or 3) of PGM or PPM with more than eight bits, scaled from the file's own white;
    None for all else. Raises ValueError where pixels are missing."""
    match = NETPBM.match(content)
    if not match or not 255 < int(match[4]) <= OPAQUE:
        return None
    kind, width, height, white = map(int, match.groups())
    shape = height, width, 3 if kind in (3, 6) else 1
    if height * width > 2 * Image.MAX_IMAGE_PIXELS:
        raise Image.DecompressionBombError
    count, pixels = int(np.prod(shape)), content[match.end() :]
    if kind in (2, 3):
        numbers = np.array(pixels.split()[:count], dtype=np.uint16)
    else:
        numbers = np.frombuffer(pixels[: 2 * count], ">u2")
    return np.rint(np.minimum(numbers.reshape(shape) / white, 1) * OPAQUE).astype(np.uint16)


def _load(image: ImageFile.ImageFile, renamed) -> None:
    """Load with other raw modes."""
    for i, tile in enumerate(image.tile):
        args = renamed(tile.args) if isinstance(tile.args, str) else (renamed(tile.args[0]), *tile.args[1:])
        image.tile[i] = tile._replace(args=args)
    image.load()
