"""Files of images that Pillow does not write: PNG of 16 bits with everything, TIFF of any kind."""

import io
import struct
import zlib

import numpy as np
import tifffile

PNG_KINDS = {1: 0, 2: 4, 3: 2, 4: 6}  # channels -> type of colour


def png(values, transparent=None):
    """A PNG file of 16 bits."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    height, width, channels = values.shape
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, PNG_KINDS[channels], 0, 0, 0))
    colour = b"" if transparent is None else chunk(b"tRNS", np.array(transparent, ">u2").tobytes())
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    return b"\x89PNG\r\n\x1a\n" + header + colour + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def tiff(values, **options):
    stream = io.BytesIO()
    tifffile.imwrite(stream, values, **options)
    return stream.getvalue()
