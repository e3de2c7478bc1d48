"""TIFF files of kinds that Pillow does not know: more kinds of numbers, channels in planes, grey with transparency."""

import io
import logging

import numpy as np
from PIL import Image

from stages.prepare.deep import inverted, opaque_at_full

BEGINS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def odd_tiff(content: bytes) -> tuple[np.ndarray, np.ndarray | None, str]:
    """Numbers (height, width, 1 or 3) of the first page, alpha (height, width, 1) or None, and what its mode is. Raises
    ValueError with the reason, in words that go after the file's name."""
    from tifffile import TiffFile

    logging.getLogger("tifffile").setLevel(logging.CRITICAL + 1)
    with TiffFile(io.BytesIO(content)) as file:
        page = file.pages.first
        bits = page.bitspersample if isinstance(page.bitspersample, int) else page.bitspersample[0]
        kind = {"u": "whole numbers", "i": "signed numbers", "f": "floating-point numbers"}
        words = f"{page.samplesperpixel} x {bits} bits of {kind.get(getattr(page.dtype, 'kind', ''), 'another kind')}"
        photometric, compression = _name(page.photometric), _name(page.compression)
        known = photometric in ("MINISBLACK", "MINISWHITE", "RGB") and page.samplesperpixel in (1, 2, 3, 4)
        if page.imagelength * page.imagewidth > Image.MAX_IMAGE_PIXELS:
            raise Image.DecompressionBombError
        try:
            if not known or page.imagedepth > 1 or getattr(page.dtype, "kind", "") not in kind:
                raise ValueError
            numbers = page.asarray()
        except Exception:  # a decoder that is missing, or a damaged file
            words += f" ({photometric}, compression {compression})"
            raise ValueError(f"is TIFF with {words}, which is not read: save it as 8 or 16 bits") from None
    if numbers.ndim == 2:
        numbers = numbers[..., None]
    elif page.planarconfig == 2:
        numbers = np.moveaxis(numbers, 0, -1)
    if photometric == "MINISWHITE":
        numbers = inverted(numbers, bits)
    colours, alpha = numbers.shape[2] // 2 * 2 - 1 if numbers.shape[2] % 2 == 0 else numbers.shape[2], None
    if numbers.shape[2] > colours and numbers.dtype == np.uint16 and 0 not in page.extrasamples:
        alpha = opaque_at_full(numbers[..., colours:])
    return numbers[..., :colours], alpha, f"TIFF {page.dtype}"


def _name(tag: object) -> str | int:
    """Name of what a tag says, in TIFF's words; a number that has none; "unknown" of a damaged tag."""
    return getattr(tag, "name", tag if isinstance(tag, int) else "unknown")
