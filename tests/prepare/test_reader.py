"""The reader of images: what every kind of file becomes, and that damaged ones are refused in a line.

FUZZ=2000 pytest tests/prepare/test_reader.py
"""

import io
import os

import numpy as np
import pytest
from helpers import FIXED, blobs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from image_bytes import png, png_of, tiff
from PIL import Image, ImageOps

from stages.prepare.files import bytes_of
from stages.prepare.images import fitted, in_channels
from stages.prepare.reader import decode, eight_bits, printable
from stages.prepare.values import WHITE

EXAMPLES = int(os.environ.get("FUZZ", 100))
COLOUR = blobs(1, (12, 20, 3))[0]
GREY = blobs(1, (12, 20, 1))[0]


def encoded(image, kind, **options):
    """Bytes of a file."""
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def orientation(number):
    exif = Image.Exif()
    exif[0x0112] = number
    return exif


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "WEBP", "JPEG"])
@pytest.mark.parametrize("pixels", [COLOUR, GREY], ids=["colour", "grey"])
def test_every_format(kind, pixels):
    image = Image.fromarray(pixels if pixels.shape[2] == 3 else pixels[..., 0])
    options = {"WEBP": {"lossless": True}, "JPEG": {"quality": 95, "subsampling": 0}}.get(kind, {})
    picture = decode(encoded(image, kind, **options))
    assert picture.format == kind and picture.values.shape == pixels.shape
    assert np.abs(picture.values.astype(int) - pixels).max() <= (8 if kind == "JPEG" else 0)


def test_three_equal_channels_are_grey():
    image = Image.fromarray(np.repeat(GREY, 3, axis=2))
    np.testing.assert_array_equal(decode(encoded(image, "PNG")).values, GREY)


@pytest.mark.parametrize("number", range(1, 9))
def test_rotation_by_exif_is_applied(number, tmp_path):
    upright = Image.fromarray(COLOUR)
    turned = encoded(upright, "PNG", exif=orientation(number))
    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(turned))))
    picture = decode(turned)
    assert picture.rotated == (number > 1)
    np.testing.assert_array_equal(picture.values, expected)
    assert picture.values.shape[:2] == ((20, 12) if number > 4 else (12, 20))


def test_transparent_parts_lie_on_white():
    alpha = np.zeros((12, 20, 1), np.uint8)
    alpha[:, 10:] = 255
    alpha[0, 0] = 128
    for image in (
        Image.fromarray(np.concatenate([COLOUR, alpha], axis=2)),
        Image.fromarray(np.concatenate([GREY, alpha], axis=2)),
    ):
        values = decode(encoded(image, "PNG")).values
        source = COLOUR if image.mode == "RGBA" else GREY
        assert (values[1:, :10] == 255).all()
        np.testing.assert_array_equal(values[:, 10:], np.broadcast_to(source, values.shape)[:, 10:])
        assert np.abs(values[0, 0].astype(int) - (source[0, 0] * (128 / 255) + 127)).max() <= 1


def test_palettes_are_looked_up():
    image = Image.fromarray(COLOUR).quantize(16)
    np.testing.assert_array_equal(decode(encoded(image, "PNG")).values, np.asarray(image.convert("RGB")))
    values = decode(encoded(image, "PNG", transparency=0)).values
    assert (values[np.asarray(image) == 0] == 255).all()


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_by_a_stated_white(kind):
    values = np.linspace(0, 4095, 240).astype(np.uint16).reshape(12, 20)
    content = encoded(Image.fromarray(values), kind)
    picture = decode(content)
    assert picture.depth == 16
    np.testing.assert_array_equal(picture.values[..., 0], values)
    np.testing.assert_array_equal(eight_bits(picture, 4095)[..., 0], np.rint(values / 4095 * 255))
    assert eight_bits(picture).max() == round(4095 / WHITE * 255)
    assert eight_bits(picture, 1000).max() == 255


def test_other_kinds_of_numbers():
    bits = Image.fromarray(COLOUR[..., 0] > 50)
    assert set(np.unique(decode(encoded(bits, "PNG")).values)) == {0, 255} and decode(encoded(bits, "PNG")).depth == 1
    shares = Image.fromarray(GREY[..., 0] / np.float32(255))
    np.testing.assert_array_equal(decode(encoded(shares, "TIFF")).values, GREY)
    inks = Image.fromarray(COLOUR).convert("CMYK")
    assert decode(encoded(inks, "TIFF")).values.shape == COLOUR.shape


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (GREY[..., 0], GREY),
        (COLOUR, COLOUR),
        (COLOUR / 255, COLOUR),
        (GREY[..., 0] > 50, (GREY > 50) * 255),
        (GREY.astype(np.uint16) * 257, GREY),
    ],
)
def test_arrays(array, expected):
    np.testing.assert_array_equal(eight_bits(decode(array)), expected)


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros((3, 3, 2)), "3x3x2 float64"),
        (np.zeros(3), "array of 3 float64"),
        (np.zeros((0, 3), np.uint8), "0x3 uint8"),
        (np.full((3, 3), np.nan), r"not a number \(NaN\)"),
        (np.full((3, 3), -1), "not from 0 to 65,535"),
        (np.full((3, 3), "a"), "numbers are read"),
    ],
)
def test_arrays_that_are_no_images(array, said):
    with pytest.raises(ValueError, match=said):
        decode(array)


def test_of_several_frames_the_first():
    frames = [Image.fromarray(blobs(1, (12, 20, 3), seed)[0]) for seed in range(3)]
    for kind, options in (("PNG", {}), ("WEBP", {"lossless": True}), ("TIFF", {})):
        picture = decode(encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options))
        assert picture.frames == 3
        np.testing.assert_array_equal(picture.values, np.asarray(frames[0]))


WHOLE = encoded(Image.fromarray(COLOUR), "JPEG")
DAMAGED = {
    "cut": (WHOLE[: len(WHOLE) // 2], "damaged"),
    "cut png": (encoded(Image.fromarray(COLOUR), "PNG")[:200], "damaged"),
    "empty": (b"", "is empty"),
    "text": (b"hello", "no image of a known format"),
    "another format": (b"GIF89a" + bytes(50), "is a GIF: save it as PNG"),
    "ten thousand million pixels": (png_of(100_000, 100_000, 8, 0, bytes(1000)), "decompression bombs"),
    "numbers": (encoded(Image.fromarray(np.full((3, 3), 7, np.float32)), "TIFF"), "not from 0 to 1"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_files_say_why(name):
    content, said = DAMAGED[name]
    with pytest.raises(ValueError, match=said) as caught:
        decode(content)
    assert "\n" not in str(caught.value) and type(caught.value) is ValueError


def test_what_is_no_file(tmp_path):
    (tmp_path / "whole.jpg").write_bytes(WHOLE)
    (tmp_path / "link.jpg").symlink_to(tmp_path / "whole.jpg")
    (tmp_path / "circle.jpg").symlink_to(tmp_path / "circle.jpg")
    (tmp_path / "folder.jpg").mkdir()
    os.mkfifo(tmp_path / "pipe.jpg")
    for name, said in {
        "link.jpg": "is a link",
        "circle.jpg": "is a link",
        "folder.jpg": "is no file",
        "pipe.jpg": "is no file",
        "gone.jpg": "cannot be opened",
    }.items():
        with pytest.raises(ValueError, match=said):
            bytes_of(tmp_path / name)
    assert bytes_of(tmp_path / "whole.jpg") == WHOLE


def test_channels_that_are_asked_for():
    assert in_channels(COLOUR, 1).shape == (12, 20, 1) and in_channels(COLOUR, 3) is COLOUR
    assert in_channels(GREY, 3).shape == (12, 20, 3) and (in_channels(GREY, 3) == GREY).all()


@pytest.mark.parametrize("shape", [(12, 20, 3), (20, 12, 1), (16, 16, 3), (1, 60_000, 1), (300, 7, 3)])
@pytest.mark.parametrize("fit", ["crop", "pad"])
def test_images_fit_without_being_stretched(shape, fit):
    image = fitted(blobs(1, shape)[0] if shape[1] < 1000 else np.zeros(shape, np.uint8), 8, fit)
    assert image.shape == (8, 8, shape[2]) and image.dtype == np.uint8


def test_crop_takes_the_middle_and_pad_all():
    wide = np.zeros((10, 30, 1), np.uint8)
    wide[:, 10:20] = 200
    assert (fitted(wide, 10, "crop") == 200).all()
    padded = fitted(wide, 30, "pad")
    np.testing.assert_array_equal(padded[10:20], wide)
    assert (padded == wide[:1]).all(), "the border goes on above and below"


def test_making_smaller_averages():
    """Without anti-aliasing, every second pixel of a fine pattern is all that is seen."""
    pattern = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)[..., None]
    small = fitted(pattern, 16, "crop")
    assert 110 < small.mean() < 145 and small.std() < 20


def test_names_on_one_line():
    assert printable("a\nb'ü") == r"a\nb'ü"
    assert printable(os.fsdecode(b"\xe9.png")) == r"\udce9.png"


def test_damaged_tag_of_a_tiff_is_no_long_line():
    content = bytearray(tiff(COLOUR.astype(np.uint16) * 16, photometric="rgb", compression="zlib"))
    entry = content.index((259).to_bytes(2, "little") + (3).to_bytes(2, "little"))
    content[entry + 4] = 27  # values of the tag "compression", which has one
    with pytest.raises(
        ValueError, match=r"is TIFF with 3 x 16 bits .* \(RGB, compression unknown\), which is not read"
    ):
        decode(bytes(content))


FILES = [
    encoded(Image.fromarray(COLOUR), "PNG"),
    encoded(Image.fromarray(COLOUR), "JPEG", exif=orientation(6)),
    encoded(Image.fromarray(COLOUR), "WEBP"),
    encoded(Image.fromarray(COLOUR), "BMP"),
    encoded(Image.fromarray(COLOUR), "TIFF"),
    encoded(Image.fromarray(COLOUR), "TIFF", compression="tiff_lzw"),
    encoded(Image.fromarray(COLOUR).quantize(8), "PNG", transparency=0),
    encoded(Image.fromarray(GREY[..., 0].astype(np.uint16) * 200), "PNG"),
    encoded(Image.fromarray(GREY[..., 0].astype(np.uint16) * 200), "TIFF"),
    encoded(Image.fromarray(COLOUR), "PPM"),
    encoded(Image.fromarray(COLOUR), "AVIF"),
    b"P6 20 12 4095\n" + COLOUR.astype(">u2").tobytes(),
    png(COLOUR.astype(np.uint16) * 16, transparent=[160, 320, 480]),
    png(np.dstack([GREY, GREY]).astype(np.uint16) * 16),
    tiff(np.moveaxis(COLOUR.astype(np.uint16), -1, 0), photometric="rgb", planarconfig="separate"),
    tiff(COLOUR.astype(np.uint16) * 16, photometric="rgb", compression="zlib"),
    tiff(GREY / 255.0),
]


@st.composite
def slips(draw):
    """A file with a few bytes replaced, added, taken out, or cut."""
    content = bytearray(draw(st.sampled_from(FILES)))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, max(0, len(content) - 1)) | st.integers(0, min(60, len(content))))
        length = draw(st.sampled_from([0, 1, 1, 1, 2, 4, 30, 10**6]))
        content[start : start + length] = draw(st.binary(max_size=4))
    return bytes(content)


@given(slips())
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=FIXED,
    suppress_health_check=list(HealthCheck),
)
def test_any_file_is_read_or_refused_in_a_line(content):
    try:
        picture = decode(content)
    except ValueError as error:
        assert type(error) is ValueError and "\n" not in str(error) and len(str(error)) < 200, str(error)
        return
    pixels = eight_bits(picture)
    assert pixels.dtype == np.uint8 and pixels.ndim == 3 and pixels.shape[2] in (1, 3)
    assert fitted(pixels, 8, "pad").shape[:2] == (8, 8)
