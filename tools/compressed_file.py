"""File of compressed images, in bytes: written, and read without trust in what it holds.

In this order: `AEC1`; the lengths of the next two parts, 32 bits each; a header, JSON packed by zlib, of names and
sizes of the images and the sum of the model; the bitstream, which is what the task counts; a CRC of 32 bits.
"""

import json
import struct
import zlib
from pathlib import PurePosixPath
from typing import Annotated

import numpy as np
from PIL import Image
from pydantic import BaseModel, Field, PositiveInt, model_validator

from stages.common.stage import UserError
from stages.prepare.reader import printable

MAGIC = b"AEC1"
FRONT = struct.Struct("<4sII")
LONGEST_HEADER = 100_000_000  # bytes, unpacked
MOST = 1_000_000  # images


class Header(BaseModel):
    """What a file says of its images."""

    trained: str  # name of the model, for messages
    codec: str  # sum of the model and its codec, without which the stream cannot be read
    count: Annotated[int, Field(gt=0, le=MOST)]
    names: list[str]  # none for an array
    sizes: list[tuple[PositiveInt, PositiveInt]]  # height and width; a single one where all images have the same

    @model_validator(mode="after")
    def consistent(self):
        """Nothing is named outside of a folder, and no image is a decompression bomb."""
        if len(self.names) not in (0, self.count) or len(self.sizes) not in (1, self.count):
            raise ValueError("as many names and sizes as images are needed")
        if any(PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts for name in self.names):
            raise ValueError("a name leads out of the folder")
        if any(height * width > Image.MAX_IMAGE_PIXELS for height, width in self.sizes):
            raise ValueError("an image is too large")
        return self


def packed(header: Header, stream: np.ndarray) -> bytes:
    """The content of a file; stream: uint32 words."""
    front = zlib.compress(json.dumps(header.model_dump()).encode(), 9)
    words = stream.astype("<u4").tobytes()
    content = FRONT.pack(MAGIC, len(front), len(words)) + front + words
    return content + struct.pack("<I", zlib.crc32(content))


def unpacked(content: bytes, name: str) -> tuple[Header, np.ndarray]:
    """Header and stream of a file's content. Raises UserError, with its name, where it is damaged or another."""
    if content[: len(MAGIC)] != MAGIC:
        raise UserError(f"{name} is no file of this tool, or of another version of it")
    try:
        _, length, rest = FRONT.unpack_from(content)
        if len(content) != FRONT.size + length + rest + 4:
            raise ValueError("its length is not the stated one")
        if zlib.crc32(content[:-4]) != struct.unpack("<I", content[-4:])[0]:
            raise ValueError("its checksum does not match")
        front = zlib.decompressobj().decompress(content[FRONT.size :][:length], LONGEST_HEADER)
        header = Header.model_validate(json.loads(front))
        return header, np.frombuffer(content[FRONT.size + length : -4], "<u4").astype(np.uint32)
    except (ValueError, struct.error, zlib.error) as error:
        raise UserError(f"{name} is damaged: {printable(' '.join(str(error).split()))[:200]}") from None
