"""Files that no decoder takes: what each is, in a line that says what to do."""

import io
import os

import numpy as np
import pytest
from PIL import Image

from stages.prepare import reader
from stages.prepare.reader import decode


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 1\n", "git lfs pull"),
        (b"/annex/objects/MD5E-s12--ab.png\n", "git annex get"),
        (b"outs:\n- md5: ab\n  path: a.png\n", "dvc pull"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b'<?xml version="1.0"?>\n<svg xmlns="">', "SVG"),
        (b"GIF89a", "GIF"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04", "zip archive"),
        (bytes(128) + b"DICM", "DICOM"),
        (b"\x93NUMPY\x01", ".npy array"),
        (b"\0\0\0\x18ftypheic\0\0", "pillow-heif"),
        (b"\0\0\0\x18ftypmp42\0\0", "video"),
        (bytes(100), "nothing but zeros"),
        (b"hello", "no image of a known format"),
    ],
)
def test_what_a_file_is(content, said):
    with pytest.raises(ValueError, match=said) as caught:
        decode(content)
    assert "\n" not in str(caught.value)


def test_avif_is_read():
    stream = io.BytesIO()
    Image.fromarray(np.full((16, 16, 3), 200, np.uint8)).save(stream, "AVIF")
    picture = decode(stream.getvalue())
    assert picture.format == "AVIF" and np.abs(picture.values.astype(int) - 200).max() < 5
    assert reader.FORMATS.count("AVIF") == 1


def test_libraries_of_c_write_nothing(capfd):
    """libtiff says on the terminal what it thinks of a damaged file."""
    stream = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (64, 64)).astype(np.uint8)
    Image.fromarray(noise).save(stream, "TIFF", compression="tiff_lzw")
    content = bytearray(stream.getvalue())
    content[100:300] = b"\xff" * 200
    with pytest.raises(ValueError, match="damaged"):
        decode(bytes(content))
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"
