"""Images as compressed files of quantised, entropy-coded latents, and back.

python -m tools compress MODEL IMAGES OUT.aec
python -m tools compress MODEL IMAGES.aec OUT --decompress

MODEL: data/<data set>/models/<architecture>, whose first seed is taken, or one .keras file in it
IMAGES: an image, a folder with all below it, or an .npy file (n, height, width, channels); or what was compressed
OUT: the compressed file; where it is decompressed an image, a folder or an .npy file
--decompress: images from a compressed file
"""

import hashlib
from pathlib import Path

import numpy as np
from PIL import Image

from stages.common.stage import UserError
from stages.evaluate.measures.latent_codec import decoded, encoded
from stages.prepare.array_file import is_array
from stages.prepare.reader import printable
from stages.train import determinism
from tools.answers import Model, as_bytes
from tools.compressed_file import MOST, Header, packed, unpacked
from tools.image_files import Writer, batches, check_places
from tools.model import load
from tools.trained import predicted


def codec_sum(model: Model) -> str:
    """SHA-256 of all that a stream depends on. Raises UserError where the model has no latent or no codec."""
    model.check_latent()
    if model.codec is None:
        heal = f"`dvc repro evaluate@{model.cell}` keeps it, where compression is among the tasks"
        raise UserError(f"{model.name} has no codec: {heal}")
    known = hashlib.sha256(model.sha256.encode())
    for name, array in sorted(model.codec.arrays().items()):
        known.update(name.encode() + np.asarray(array).tobytes())
    return known.hexdigest()


def numbers_of(model: Model, images: np.ndarray) -> np.ndarray:
    """uint8 images (n, *image_shape) -> whole numbers (n, columns), which the stream holds."""
    return model.codec.numbers(predicted(model.network.encode if model.codec.quantiser else model.network.code, images))


def images_of(model: Model, numbers: np.ndarray) -> np.ndarray:
    """Whole numbers (n, columns) -> uint8 images (n, *image_shape)."""
    if model.codec.quantiser:
        return as_bytes(model.decode(model.codec.quantiser.values(numbers)))
    return as_bytes(model.decode(predicted(model.network.codebook.look_up, numbers.astype(np.int32))))


def compress(model: Model, source: Path, place: Path) -> None:
    """Write one file of all images of a source that can be read."""
    codec, found, numbers = codec_sum(model), [], []
    for batch in batches(source, model):
        readable = [one for one in batch if not one.error]
        found += [one._replace(image=None) for one in readable]
        if len(found) > MOST:
            raise UserError(f"{printable(str(source))} has more than {MOST:,} images: compress them in parts")
        if large := [one.name for one in readable if np.prod(one.size) > Image.MAX_IMAGE_PIXELS]:
            raise UserError(f"{printable(large[0])} has more than {Image.MAX_IMAGE_PIXELS:,} pixels: leave it out")
        if readable:
            numbers.append(numbers_of(model, np.stack([one.image for one in readable])))
    sizes = [one.size for one in found]
    header = Header(
        trained=model.name,
        codec=codec,
        count=len(found),
        names=[] if is_array(source) else [printable(one.name) for one in found],
        sizes=sizes[:1] if len(set(sizes)) == 1 else sizes,
    )
    stream = encoded(np.concatenate(numbers), model.codec.tables)
    content = packed(header, stream)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    height, width, _ = model.image_shape
    print(
        f"{printable(str(place))}: {len(found):,} images, each brought to {height}x{width}; {stream.nbytes:,} bytes of "
        f"stream, {8 * stream.nbytes / (len(found) * height * width):.4g} bits a pixel, and "
        f"{len(content) - stream.nbytes:,} bytes of names, sizes and sums"
    )


def restore(model: Model, source: Path, place: Path) -> None:
    """Write the images of a file, in the sizes that they had."""
    name = printable(str(source))
    header, stream = unpacked(source.read_bytes(), name)
    if header.codec != codec_sum(model):
        raise UserError(f"{name} is of another model or codec than {model.name}: of {printable(header.trained)}")
    images = images_of(model, decoded(stream, header.count, model.codec.tables))
    names = header.names or [str(i) for i in range(header.count)]
    sizes = header.sizes if len(header.sizes) == header.count else header.sizes * header.count
    writer = Writer(place, single=header.count == 1 and bool(place.suffix))
    for one, image, size in zip(names, images, sizes, strict=True):
        writer.write(one, model.unfitted(image, size))
    writer.close()
    print(f"{printable(str(place))}: {header.count:,} images")


def main(model: str, images: str, out: str, *, decompress: bool = False):
    check_places(Path(images), Path(out))
    determinism.start(1)  # as in evaluation
    own = load(model)
    own.check_trained()
    own.check_whole()
    (restore if decompress else compress)(own, Path(images), Path(out))
