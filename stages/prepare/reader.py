"""Reader of one image, of a file of a known format or of an array, to uint8 pixels; or why it cannot be read.

Of several frames the first is taken, EXIF's rotation is applied. Transparent parts lie on white, palettes are looked
up, CMYK and other spaces become RGB; profiles are not applied. What has three equal channels is grey. Values of more
than eight bits are scaled by a stated black and white, not by the image's own range, so that dark images stay dark.
"""

import contextlib
import io
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps, features

from stages.prepare.deep import as_in_tiff, colour_of, deep_colour, deep_netpbm, in_deep_planes, keyed
from stages.prepare.foreign import what_it_is
from stages.prepare.odd_tiff import BEGINS, odd_tiff
from stages.prepare.silence import silence
from stages.prepare.values import WHITE, values_of

SUFFIXES: tuple[str, ...] = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".bmp")  # in any case
SUFFIXES += (".tif", ".tiff", ".pgm", ".ppm", ".pbm", ".pnm", ".avif", ".heic", ".heif", ".hif")
FORMATS = ["PNG", "JPEG", "WEBP", "BMP", "DIB", "TIFF", "PPM"]  # by what is in the file; no other decoder runs
if features.check("avif"):
    FORMATS.append("AVIF")
with contextlib.suppress(ImportError):  # docs/image-files.md says how to install it
    import pillow_heif

    pillow_heif.register_heif_opener()
    FORMATS.append("HEIF")


class Picture(NamedTuple):
    """A decoded image and what its file says of itself."""

    values: np.ndarray  # (height, width, 1 or 3); uint8, or uint16 where there are more than eight bits
    format: str
    mode: str  # Pillow's, or the type of an array
    depth: int  # bits of a value
    rotated: bool = False  # by EXIF
    frames: int = 1
    alpha: np.ndarray | None = None  # uint16 (height, width, 1), of more than eight bits; all others lie on white


def decode(content: bytes | np.ndarray) -> Picture:
    """The image in a file's bytes, or in an array (height, width) or (height, width, channels). Raises ValueError with
    the reason, in words that go after the file's name."""
    if isinstance(content, np.ndarray):
        return _of_array(content)
    if not content:
        raise ValueError("is empty")
    with silence():
        try:
            numbers, alpha, said = _decoded(content)
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            raise ValueError(f"has more than {Image.MAX_IMAGE_PIXELS:,} pixels, as decompression bombs have") from None
        except UnknownError as reason:
            raise ValueError(str(reason)) from None
        except Exception as error:  # decoders raise whatever a damaged file leads them into
            words = printable(" ".join(str(error).split()))[:100] or type(error).__name__
            raise ValueError(f"is damaged ({words})") from None
    return Picture(values_of(numbers), *said, alpha=None if alpha is None or alpha.min() == WHITE else alpha)


def eight_bits(picture: Picture, white: int = WHITE, black: int = 0) -> np.ndarray:
    """uint8 pixels of a picture; more than eight bits are scaled from black to white, and clipped."""
    if picture.values.dtype == np.uint8:
        return picture.values
    shares = np.clip((picture.values.astype(float) - black) / (white - black), 0, 1)
    if picture.alpha is not None:
        shares = 1 - picture.alpha / WHITE * (1 - shares)
    return np.rint(shares * 255).astype(np.uint8)


def numbers_of(image: Image.Image) -> np.ndarray:
    """Numbers (height, width, 1 or 3), of any type, of a loaded image of any mode."""
    numeric = _is_numeric(image)
    if image.has_transparency_data and not numeric:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    if numeric or image.mode in ("1", "L"):
        return np.asarray(image)[..., None]
    return np.asarray(image.convert("RGB"))


def printable(name: str) -> str:
    """A name on one line: what is no printable character, such as a line break or a byte that is no UTF-8, escaped."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in name)


class UnknownError(Exception):
    """A file that no decoder takes; why, in words that go after its name."""


def _decoded(content: bytes) -> tuple[np.ndarray, np.ndarray | None, tuple[str, str, int, bool, int]]:
    """Numbers (height, width, 1 or 3), alpha or None, and what a Picture says: format, mode, depth, rotated, frames."""
    if (numbers := deep_netpbm(content)) is not None:
        return numbers, None, ("PPM", "I;16" if numbers.shape[2] == 1 else "RGB;16", 16, False, 1)
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.UnidentifiedImageError:
        if not content.startswith(BEGINS):
            raise UnknownError(what_it_is(content)) from None
        return _odd(content)
    with image:
        deep, tags = colour_of(image), getattr(image, "tag_v2", {})
        if in_deep_planes(tags):
            return _odd(content)
        said = image.format, image.mode, 16 if deep else _depth(image)
        frames = getattr(image, "n_frames", 1)
        if deep:
            with Image.open(io.BytesIO(content), formats=FORMATS) as again:
                numbers, alpha = deep_colour(image, again, deep)
        else:
            image.load()
            upright = ImageOps.exif_transpose(image)
            numbers = as_in_tiff(numbers_of(upright), tags)
            alpha = keyed(numbers, image.info.get("transparency")) if _is_numeric(image) else None
        rotated = image.getexif().get(0x0112, 1) not in (0, 1)
    return numbers, alpha, (*said, rotated, frames)


def _odd(content: bytes) -> tuple[np.ndarray, np.ndarray | None, tuple[str, str, int, bool, int]]:
    """What `_decoded` says of a TIFF file that is not for Pillow."""
    try:
        numbers, alpha, mode = odd_tiff(content)
    except ValueError as reason:
        raise UnknownError(str(reason)) from None
    return numbers, alpha, ("TIFF", mode, 8 * numbers.dtype.itemsize, False, 1)


def _is_numeric(image: Image.Image) -> bool:
    return image.mode == "F" or image.mode.startswith("I")


def _depth(image: Image.Image) -> int:
    """Bits of a value as the file has them."""
    return 32 if image.mode in ("I", "F") else 16 if image.mode.startswith("I;16") else 1 if image.mode == "1" else 8


def _of_array(array: np.ndarray) -> Picture:
    numbers = array[..., None] if array.ndim == 2 else array
    if numbers.ndim != 3 or numbers.shape[2] not in (1, 3) or not numbers.size or numbers.dtype.kind not in "buif":
        shape = "x".join(map(str, array.shape))
        raise ValueError(f"is an array of {shape} {array.dtype}; height x width or height x width x 3 numbers are read")
    return Picture(values_of(numbers), "array", str(array.dtype), array.dtype.itemsize * 8)
