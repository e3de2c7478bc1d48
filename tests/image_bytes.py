"""Files of images that Pillow does not write: PNG of 16 bits with everything, TIFF of any kind."""

import io
import struct
import zlib

import numpy as np
import tifffile

PNG_KINDS = {1: 0, 2: 4, 3: 2, 4: 6}  # channels -> type of colour


def png_of(width, height, bits, colour, content, transparent=b""):
    """A PNG file; content: its rows as they are compressed."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
    header += chunk(b"tRNS", transparent) if transparent else b""
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(content)) + chunk(b"IEND", b"")


def png(values, transparent=None):
    """A PNG file of 16 bits."""
    height, width, channels = values.shape
    colour = b"" if transparent is None else np.array(transparent, ">u2").tobytes()
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    return png_of(width, height, 16, PNG_KINDS[channels], rows, colour)


def tiff(values, **options):
    stream = io.BytesIO()
    tifffile.imwrite(stream, values, **options)
    return stream.getvalue()
