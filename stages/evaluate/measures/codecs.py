"""Classical coders: image codecs of Pillow on sheets of many images, so that no header counts for much; and
all principal components, quantised and coded as latents are."""

import io
from bisect import bisect_right
from functools import cache

import numpy as np
from PIL import Image
from sklearn.decomposition import PCA

from stages.evaluate.measures.budgets import examples
from stages.evaluate.measures.latent_coder import coder_of, tuned
from stages.evaluate.measures.rate_distortion import Point, measured
from stages.train.components import solver

CODECS = {  # Pillow's options, and qualities from the lowest, between which those for the rates are searched
    "jpeg": ("JPEG", {"optimize": True}, (1, 3, 5, 10, 20, 30)),
    "webp": ("WEBP", {"method": 6}, (0, 5, 10, 20, 30)),
    "avif": ("AVIF", {"subsampling": "4:4:4", "max_threads": 1}, (0, 10, 20, 30, 40)),
}
REACH = 2.0  # bits per pixel up to which the PCA coder is measured, for all that is compared with it


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
    """Bits of the file that holds all images, with its header, and the uint8 images decoded from it.

    images: uint8 (n, height, width, channels), grey or colour; codec and options: as for Pillow's Image.save
    """
    sheet, file = sheet_of(images), io.BytesIO()
    Image.fromarray(sheet.squeeze(2) if sheet.shape[2] == 1 else sheet).save(file, codec, **options)
    decoded = np.asarray(Image.open(file).convert("L" if sheet.shape[2] == 1 else "RGB")).reshape(sheet.shape)
    return 8 * len(file.getvalue()), images_of(decoded, images.shape)


def pca_coder(pictures: dict[str, np.ndarray], rates: list[float]) -> tuple[float, list[Point], list[Point]]:
    """The dead zone of a coder of all principal components, and its points on validation and on test.

    pictures: split -> uint8 images (n, height, width, channels); rates: in bits per pixel
    """
    shape = pictures["test"].shape[1:]
    pictures = pictures | {"train": examples(pictures["train"])}
    flat = {split: images.reshape(len(images), -1) / np.float32(255) for split, images in pictures.items()}
    size, n = flat["train"].shape[1], len(flat["train"])
    pca = PCA(min(size, n - 1), svd_solver=solver(n, size)).fit(flat["train"])

    def decode(latents):
        return np.clip(pca.inverse_transform(latents).reshape(-1, *shape), 0, 1)

    latents = {split: pca.transform(rows) for split, rows in flat.items()}
    coder = coder_of(latents["train"], decode, np.ones(latents["train"].shape[1], np.float32))
    return tuned(coder, {split: (pictures[split], latents[split]) for split in ("validation", "test")}, rates, REACH)


def picture_codecs(pictures: np.ndarray, rates: list[float]) -> dict[str, list[Point]]:
    """Points of every image codec on uint8 pictures (n, height, width, channels), all on one sheet: at its qualities,
    and at the highest whose file takes no more than each of the rates, bits per pixel."""
    points, pixels = {}, np.prod(pictures.shape[:3])
    for name, (file_format, options, qualities) in CODECS.items():
        every = range(qualities[0], 101)
        code = cache(lambda quality, kind=file_format, more=options: coded(pictures, kind, quality=quality, **more))
        within = [bisect_right(every, rate * pixels, key=lambda quality, code=code: code(quality)[0]) for rate in rates]  # type: ignore[misc]
        chosen = sorted({*qualities, *(every[place - 1] for place in within if place)})
        points[name] = [measured(pictures, bits, decoded / np.float32(255)) for bits, decoded in map(code, chosen)]
    return points
