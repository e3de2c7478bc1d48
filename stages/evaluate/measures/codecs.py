"""Image codecs of Pillow on sheets of many images, so that no header counts for much."""

import io

import numpy as np
from PIL import Image


def sheet_of(images: np.ndarray) -> np.ndarray:
    """uint8 images (n, height, width, channels) side by side in as many rows as columns, or one row less; black where
    none is left."""
    n, height, width, channels = images.shape
    columns = int(np.ceil(np.sqrt(n)))
    rows = -(-n // columns)
    tiles = np.zeros((rows * columns, height, width, channels), np.uint8)
    tiles[:n] = images
    tiles = tiles.reshape(rows, columns, height, width, channels).transpose(0, 2, 1, 3, 4)
    return tiles.reshape(rows * height, columns * width, channels)


def images_of(sheet: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The images of that shape (n, height, width, channels) back from their sheet."""
    n, height, width, channels = shape
    rows, columns = sheet.shape[0] // height, sheet.shape[1] // width
    tiles = sheet.reshape(rows, height, columns, width, channels).transpose(0, 2, 1, 3, 4)
    return tiles.reshape(-1, height, width, channels)[:n]


def coded(images: np.ndarray, codec: str, **options) -> tuple[int, np.ndarray]:
    """Bits of the file that holds all images, with its header, and the uint8 images that it gives back.

    images: uint8 (n, height, width, channels), grey or colour; codec and options: as for Pillow's Image.save
    """
    sheet, file = sheet_of(images), io.BytesIO()
    Image.fromarray(sheet.squeeze(2) if sheet.shape[2] == 1 else sheet).save(file, codec, **options)
    decoded = np.asarray(Image.open(file).convert("L" if sheet.shape[2] == 1 else "RGB")).reshape(sheet.shape)
    return 8 * len(file.getvalue()), images_of(decoded, images.shape)
