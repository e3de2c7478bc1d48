"""Images of another data set in this one's shape, as anomalies: those of its test split, or all where it has none.

python -m stages.outliers --dataset mnist

It fetches the other data set for itself, so that it need not be among those that are compared.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

import numpy as np
from skimage.color import rgb2gray

from stages.catalogue import load, read_params, run
from stages.prepare import resized
from stages.sampling import spread

COUNT = 2000  # images kept, at most


def in_shape(images: np.ndarray, image_shape: tuple[int, int, int]) -> np.ndarray:
    """uint8 (n, height, width, channels) -> uint8 (n, *image_shape): resized, grey by luminance, or grey in colour."""
    size, _, channels = image_shape
    images = resized(images, size)
    if channels == images.shape[3]:
        return images
    if channels == 1:
        return np.rint(rgb2gray(images / 255) * 255).astype(np.uint8)[..., None]
    return np.repeat(images, channels, axis=3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", required=True)
    dataset = parser.parse_args().dataset
    other = read_params()["data"][dataset]["outliers"]
    image_shape = np.load(f"data/prepared/{dataset}/images.npz")["test"].shape[1:]
    source = load("datasets", other)
    with tempfile.TemporaryDirectory() as folder:
        source.fetch(Path(folder))
        images = source.decode(Path(folder))
    pictures = images.train if images.test is None else images.test
    pictures = in_shape(pictures[spread(COUNT, len(pictures))], image_shape)
    folder = Path("data/outliers", dataset)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    np.save(folder / "images.npy", pictures)
    print(f"{dataset}: {len(pictures):,} images of {other} as anomalies")


if __name__ == "__main__":
    run(main)
