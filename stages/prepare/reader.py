"""Reader of one image, PNG, JPEG, WebP, BMP, TIFF or an array, to uint8 pixels by stated rules; or why it cannot be.

Of several frames the first is taken. EXIF's rotation is applied, transparent parts lie on white, palettes are looked
up, CMYK and other spaces become RGB; profiles are not applied. What has three equal channels is grey. Values of more
than eight bits are scaled by a stated white, not by the image's own range, so that dark images stay dark.
"""

import io
import stat
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps

from stages.common.stage import UserError
from stages.prepare.images import in_channels

SUFFIXES = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".bmp", ".tif", ".tiff")  # in any case
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "DIB", "TIFF")  # by what is in the file; no other decoder of Pillow runs
LARGEST = 1_000_000_000  # bytes of a file
WHITE = 65_535  # of 16 bits


class Picture(NamedTuple):
    """A decoded image and what its file says of itself."""

    values: np.ndarray  # (height, width, 1 or 3); uint8, or uint16 where there are more than eight bits
    format: str
    mode: str  # Pillow's, or the type of an array
    depth: int  # bits of a value
    rotated: bool = False  # by EXIF
    frames: int = 1


def decode(content: bytes | np.ndarray) -> Picture:
    """The image in a file's bytes, or in an array (height, width) or (height, width, channels).

    Raises ValueError with the reason, in words that go after the file's name.
    """
    if isinstance(content, np.ndarray):
        return _of_array(content)
    if not content:
        raise ValueError("is empty")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is odd about a file that can be read
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                kind, mode, frames = image.format, image.mode, getattr(image, "n_frames", 1)
                depth = _depth(image)
                image.load()
                upright = ImageOps.exif_transpose(image)
                rotated = image.getexif().get(0x0112, 1) not in (0, 1)
                return Picture(_values(upright), kind, mode, depth, rotated, frames)
        except _ReasonError as error:
            raise ValueError(str(error)) from None
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            raise ValueError(f"has more than {Image.MAX_IMAGE_PIXELS:,} pixels, as decompression bombs have") from None
        except Image.UnidentifiedImageError:
            raise ValueError("is no image of a known format") from None
        except Exception as error:  # decoders raise whatever a damaged file leads them into
            raise ValueError(f"is damaged ({_line(error)})") from None


def read(path: str | Path, channels: int | None = None, white: int = WHITE) -> np.ndarray:
    """uint8 (height, width, channels) of an image file; its own channels, 1 or 3, where none are asked for.

    white: the value of more than eight bits that is white
    Raises UserError, with the file's name, where it cannot be read.
    """
    try:
        pixels = eight_bits(decode(bytes_of(Path(path))).values, white)
    except ValueError as error:
        raise UserError(f"{printable(str(path))} {error}") from None
    return in_channels(pixels, channels or pixels.shape[2])


def bytes_of(path: Path) -> bytes:
    """Content of a file. Raises ValueError with the reason: links are not followed, pipes and devices not opened."""
    try:
        found = path.lstat()
        if stat.S_ISLNK(found.st_mode):
            raise ValueError("is a link, which is not followed")
        if not stat.S_ISREG(found.st_mode):
            raise ValueError("is no file")
        if found.st_size > LARGEST:
            raise ValueError(f"has more than {LARGEST:,} bytes")
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"cannot be opened ({error.strerror})") from None


def eight_bits(values: np.ndarray, white: int = WHITE) -> np.ndarray:
    """uint8 pixels of a picture's values; more than eight bits are scaled so that `white` is 255, and clipped."""
    if values.dtype == np.uint8:
        return values
    return np.rint(np.minimum(values / white, 1) * 255).astype(np.uint8)


def fitted(pixels: np.ndarray, size: int, fit: str) -> np.ndarray:
    """uint8 (height, width, channels) -> (size, size, channels), bicubic with anti-aliasing, its aspect ratio kept.

    fit "crop": the square in the middle; "pad": all of it, with its border repeated above and below or at the sides
    """
    height, width, channels = pixels.shape
    image = Image.fromarray(pixels[..., 0] if channels == 1 else pixels)
    if fit == "crop":
        side = min(height, width)
        left, top = (width - side) / 2, (height - side) / 2
        image = image.resize((size, size), Image.Resampling.BICUBIC, (left, top, left + side, top + side))
        return np.asarray(image).reshape(size, size, channels)
    inner = [max(1, round(size * own / max(height, width))) for own in (height, width)]
    small = np.asarray(image.resize(inner[::-1], Image.Resampling.BICUBIC)).reshape(*inner, channels)
    before = [(size - own) // 2 for own in inner]
    margins = [(first, size - own - first) for first, own in zip(before, inner, strict=True)]
    return np.pad(small, [*margins, (0, 0)], mode="edge")


def printable(name: str) -> str:
    """A name on one line: what is no printable character, such as a line break or a byte that is no UTF-8, escaped."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in name)


class _ReasonError(Exception):
    """Why an image that is whole cannot be used."""


def _depth(image: Image.Image) -> int:
    """Bits of a value as the file has them; Pillow brings colour of 16 bits to 8."""
    if image.mode in ("I", "F"):
        return 32
    raw = [tile.args if isinstance(tile.args, str) else str(next(iter(tile.args or ()), "")) for tile in image.tile]
    return 16 if any(";16" in mode for mode in (image.mode, *raw)) else 1 if image.mode == "1" else 8


def _values(image: Image.Image) -> np.ndarray:
    """Values (height, width, 1 or 3) of a loaded image of any mode."""
    if image.mode == "F" or image.mode.startswith("I"):
        return _of_numbers(np.asarray(image))[..., None]
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    if image.mode in ("1", "L"):
        return np.asarray(image.convert("L"))[..., None]
    return _grey_if_equal(np.asarray(image.convert("RGB")))


def _grey_if_equal(values: np.ndarray) -> np.ndarray:
    """Colours (height, width, 3), or (height, width, 1) where all three are the same everywhere."""
    first = values[..., :1]
    return first if values.shape[2] == 1 or (values == first).all() else values


def _of_numbers(numbers: np.ndarray) -> np.ndarray:
    """uint8 as it is; truth values as black and white; floats from 0 to 1 scaled; whole numbers to 65,535 as uint16."""
    if numbers.dtype == np.uint8:
        return numbers
    if numbers.dtype == bool:
        return numbers.astype(np.uint8) * 255
    lowest, highest = numbers.min(), numbers.max()
    if np.issubdtype(numbers.dtype, np.floating):
        if not (lowest >= 0 and highest <= 1):  # not a number fails both
            raise _ReasonError("has floating-point values that are not from 0 to 1")
        return np.rint(numbers * 255).astype(np.uint8)
    if lowest < 0 or highest > WHITE:
        raise _ReasonError(f"has whole numbers that are not from 0 to {WHITE:,}")
    return numbers.astype(np.uint16)


def _of_array(array: np.ndarray) -> Picture:
    values = array[..., None] if array.ndim == 2 else array
    if values.ndim != 3 or values.shape[2] not in (1, 3) or not values.size or values.dtype.kind not in "buif":
        shape = "x".join(map(str, array.shape))
        raise ValueError(f"is an array of {shape} {array.dtype}; height x width or height x width x 3 numbers are read")
    try:
        return Picture(_grey_if_equal(_of_numbers(values)), "array", str(array.dtype), array.dtype.itemsize * 8)
    except _ReasonError as error:
        raise ValueError(str(error)) from None


def _line(error: Exception) -> str:
    """What a decoder said, cut to what a line can hold."""
    text = printable(" ".join(str(error).split()))
    return text[:100] if text else type(error).__name__
