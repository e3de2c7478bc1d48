"""Pixels of more than eight bits in every kind of file: every value as it was written, and what is transparent."""

import numpy as np
import pytest
from image_bytes import png, tiff

from stages.prepare.reader import decode, eight_bits

RANDOM = np.random.default_rng(0)
COLOUR = RANDOM.integers(0, 4096, (12, 20, 3)).astype(np.uint16)
GREY = COLOUR[..., :1]
ALPHA = np.full((12, 20, 1), 65_535, np.uint16)
ALPHA[:4] = 0


def planes(values):
    return np.moveaxis(values, -1, 0)


@pytest.mark.parametrize("values", [GREY, COLOUR], ids=["grey", "colour"])
@pytest.mark.parametrize("transparent", [False, True])
def test_png_keeps_every_bit(values, transparent):
    picture = decode(png(np.dstack([values, ALPHA]) if transparent else values))
    np.testing.assert_array_equal(picture.values, values)
    assert picture.depth == 16 and (picture.alpha is not None) == transparent
    pixels = eight_bits(picture, 4095)
    expected = np.rint(values / 4095 * 255)
    expected[:4] = 255 if transparent else expected[:4]
    np.testing.assert_array_equal(pixels, expected)


COLOURED = {
    "plain": tiff(COLOUR, photometric="rgb"),
    "big endian": tiff(COLOUR, photometric="rgb", byteorder=">"),
    "deflate": tiff(COLOUR, photometric="rgb", compression="zlib", predictor=True),
    "tiles": tiff(COLOUR, photometric="rgb", tile=(16, 16)),
    "planes": tiff(planes(COLOUR), photometric="rgb", planarconfig="separate"),
    "deflated planes": tiff(planes(COLOUR), photometric="rgb", planarconfig="separate", compression="zlib"),
    "fourth channel": tiff(np.dstack([COLOUR, ALPHA]), photometric="rgb", extrasamples=["unspecified"]),
    "32 bits": tiff(COLOUR.astype(np.uint32), photometric="rgb"),
}


@pytest.mark.parametrize("kind", COLOURED)
def test_tiff_keeps_every_bit(kind):
    picture = decode(COLOURED[kind])
    np.testing.assert_array_equal(picture.values, COLOUR)
    assert picture.alpha is None


@pytest.mark.parametrize("alpha", ["unassalpha", "assocalpha"])
@pytest.mark.parametrize("options", [{}, {"compression": "zlib"}])
def test_tiff_with_alpha(alpha, options):
    half = np.full_like(ALPHA, 32_768)
    drawn = (COLOUR * (32_768 / 65_535)).astype(np.uint16) if alpha == "assocalpha" else COLOUR
    picture = decode(tiff(np.dstack([drawn, half]), photometric="rgb", extrasamples=[alpha], **options))
    assert np.abs(picture.values.astype(int) - COLOUR).max() <= 2 and (picture.alpha == half).all()
    expected = (COLOUR / 4095 / 2 + 0.5) * 255
    assert np.abs(eight_bits(picture, 4095) - expected).max() <= 1


def test_grey_with_alpha_in_tiff():
    picture = decode(
        tiff(np.dstack([GREY, ALPHA]), photometric="minisblack", extrasamples=["unassalpha"], planarconfig="contig")
    )
    np.testing.assert_array_equal(picture.values, GREY)
    np.testing.assert_array_equal(picture.alpha, ALPHA)


def test_alpha_of_as_many_bits_as_the_colours():
    """4,095 is opaque where a camera writes twelve bits of everything."""
    picture = decode(png(np.dstack([COLOUR, ALPHA // 16])))
    np.testing.assert_array_equal(picture.alpha, ALPHA)


@pytest.mark.parametrize("values", [GREY, COLOUR], ids=["grey", "colour"])
def test_a_transparent_colour_lies_on_white(values):
    """The other pixels of the same high byte do not."""
    values = values.copy()
    values[5, 5], values[5, 6] = 1000, 1001
    pixels = eight_bits(decode(png(values, transparent=[1000] * values.shape[2])), 4095)
    assert (pixels[5, 5] == 255).all() and (pixels[5, 6] == round(1001 / 4095 * 255)).all()


@pytest.mark.parametrize("options", [{}, {"compression": "zlib"}])
def test_zero_is_white(options):
    for white, dtype in ((65_535, np.uint16), (255, np.uint8)):
        stored = (white - COLOUR[..., 0] % 256).astype(dtype)
        picture = decode(tiff(stored, photometric="miniswhite", **options))
        np.testing.assert_array_equal(picture.values[..., 0], COLOUR[..., 0] % 256)
        assert picture.values.dtype == dtype
    shares = decode(tiff(np.full((4, 4), 0.25, np.float32), photometric="miniswhite"))
    assert (shares.values == round(0.75 * 255)).all()


def test_signed_numbers_have_their_sign():
    values = (COLOUR[..., 0] % 100).astype(np.int8)
    for dtype in (np.int8, np.int16, np.int32):
        np.testing.assert_array_equal(decode(tiff(values.astype(dtype))).values[..., 0], values)
        with pytest.raises(ValueError, match="negative"):
            decode(tiff((values - 50).astype(dtype)))
    with pytest.raises(ValueError, match="negative"):
        decode(tiff(np.full((4, 4, 3), -1, np.int8), photometric="rgb"))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floats_of_every_kind(dtype):
    shares = (COLOUR / 4095).astype(dtype)
    for values in (shares, shares[..., 0]):
        pixels = decode(tiff(values, photometric="rgb" if values.ndim == 3 else "minisblack")).values
        assert np.abs(pixels.reshape(values.shape) - values * 255.0).max() <= 1


def test_what_is_no_picture_says_what_it_is():
    with pytest.raises(ValueError, match=r"TIFF with 1 x 16 bits of whole numbers \(CFA, .*save it as 8 or 16 bits"):
        decode(tiff(GREY[..., 0], photometric="cfa"))
    with pytest.raises(ValueError, match=r"TIFF with 1 x 16 bits of whole numbers \(60000, "):  # has no name
        decode(tiff(GREY[..., 0], photometric="cfa").replace((32_803).to_bytes(2, "little"), b"\x60\xea"))
    with pytest.raises(ValueError, match="is TIFF with 1 x 64 bits of another kind"):
        decode(tiff(GREY[..., 0].astype(np.complex64)))


@pytest.mark.parametrize(("kind", "values"), [(5, GREY), (6, COLOUR)])
def test_netpbm_is_scaled_by_its_own_white(kind, values):
    content = b"P%d\n# a comment\n20 12\n4095\n" % kind + values.astype(">u2").tobytes()
    picture = decode(content)
    assert picture.values.shape == values.shape and picture.format == "PPM" and picture.depth == 16
    np.testing.assert_array_equal(eight_bits(picture), np.rint(values / 4095 * 255))
    with pytest.raises(ValueError, match="damaged"):
        decode(content[:-50])


def test_netpbm_of_other_kinds():
    assert decode(b"P2 2 2 1000 0 500 1000 250").values.ravel().tolist() == [0, 32_768, 65_535, 16_384]
    assert decode(b"P5 2 1 255\n\x01\xff").values.ravel().tolist() == [1, 255]
    assert decode(b"P6 1 1 255\n\x01\x02\x03").values.ravel().tolist() == [1, 2, 3]
