"""Values of an image from numbers of any type; or why they are none."""

import numpy as np

WHITE = 65_535  # of 16 bits
HAIR = 1e-3  # by which floats may lie beyond 0 and 1, and are clipped


def values_of(numbers: np.ndarray) -> np.ndarray:
    """Values (height, width, 1 or 3), one channel where all three are the same everywhere: uint8 as it is; truth values
    as black and white; floats from 0 to 1 scaled; whole numbers to 65,535 as uint16.

    Raises ValueError with the reason, in words that go after the file's name.
    """
    if numbers.dtype == np.uint8:
        values = numbers
    elif numbers.dtype == bool:
        values = numbers.astype(np.uint8) * 255
    elif reason := out_of_range(numbers.dtype, numbers.min(), numbers.max()):
        raise ValueError(reason)
    elif np.issubdtype(numbers.dtype, np.floating):
        values = np.rint(np.clip(numbers, 0, 1) * 255).astype(np.uint8)
    else:
        values = numbers.astype(np.uint16)
    first = values[..., :1]
    return first if (values == first).all() else values


def out_of_range(dtype: np.dtype, low: float, high: float) -> str:
    """Why numbers of a type and of that range are not those of an image, in words that go after a name; or empty."""
    if np.issubdtype(dtype, np.floating):
        if np.isnan(low):
            return "has values that are not a number (NaN): fill them in, or leave the image out"
        if not (np.isfinite(low) and np.isfinite(high)):
            return "has infinite values: fill them in, or leave the image out"
        if low >= -HAIR and 1 + HAIR < high <= 255:
            return "has floating-point values that are not from 0 to 1, but to 255: divide by 255, or save as uint8"
        if low < -HAIR or high > 1 + HAIR:
            return "has floating-point values that are not from 0 to 1: scale all images by the same two numbers"
    elif low < 0:
        return f"has whole numbers that are not from 0 to {WHITE:,}, but negative: add what makes the lowest 0 to all"
    elif high > WHITE:
        return f"has whole numbers that are not from 0 to {WHITE:,}, but above: divide all images by the same number"
    return ""
