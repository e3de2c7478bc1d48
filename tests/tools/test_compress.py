"""Compressed files: as long as the task compression says, read by another process, refused where anything is amiss."""

import shutil
import struct
import sys
import zlib

import numpy as np
import pytest
from helpers import ROOT, blobs
from PIL import Image
from project import command

from stages.common.stage import UserError
from stages.evaluate.measures.image_quality import psnr
from tools.compress import codec_sum, main
from tools.compressed_file import Header, packed, unpacked
from tools.model import load

ARCHITECTURES = ("pca", "convolutional_denoising", "vector_quantized")


@pytest.fixture(scope="module")
def files(trained, tmp_path_factory):
    """Test images as one array, and what each architecture makes of them."""
    folder = tmp_path_factory.mktemp("compressed")
    np.save(folder / "in.npy", trained.data.test)
    for name in ARCHITECTURES:
        main(str(trained.models / name), str(folder / "in.npy"), str(folder / f"{name}.aec"))
    return folder


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_files_have_the_bits_and_the_quality_that_are_told(trained, files, architecture):
    scores, path = trained.scores[architecture]["compression"], files / f"{architecture}.aec"
    _, stream = unpacked(path.read_bytes(), "")
    assert 8 * stream.nbytes == scores["stream_bits"][0]
    assert path.stat().st_size < stream.nbytes + 250  # what is stated: names, sizes and sums
    main(str(trained.models / architecture), str(path), str(files / "out.npy"), decompress=True)
    images = np.load(files / "out.npy")
    assert images.shape == trained.data.test.shape
    quality = psnr(trained.data.test / np.float32(255), images / np.float32(255)).mean()
    assert quality == pytest.approx(scores["stream_psnr"][0], abs=0.02)  # pixels are whole numbers here


def test_without_a_latent_nothing_is_compressed(denoiser, files):
    with pytest.raises(UserError, match=r"^digits/red_net/seed-0\.keras has no latent; it denoises alone$"):
        main(str(denoiser), str(files / "in.npy"), str(files / "none.aec"))


def test_what_no_file_may_hold_is_refused(trained, tmp_path, monkeypatch):
    """More images than a header may name, and an image that would be taken for a decompression bomb."""
    np.save(tmp_path / "in.npy", blobs(3, (16, 16, 1)))
    given = str(trained.models / "pca"), str(tmp_path / "in.npy"), str(tmp_path / "a.aec")
    with monkeypatch.context() as patch, pytest.raises(UserError, match=r"in\.npy has more than 2 images"):
        patch.setattr("tools.compress.MOST", 2)
        main(*given)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 255)
    with pytest.raises(UserError, match=r"^0 has more than 255 pixels"):
        main(*given)


def test_the_same_bytes_every_time(trained, files):
    main(str(trained.models / "pca"), str(files / "in.npy"), str(files / "again.aec"))
    assert (files / "again.aec").read_bytes() == (files / "pca.aec").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_another_process_gives_the_same_images(trained, files, architecture):
    paths = [str(trained.models / architecture), str(files / f"{architecture}.aec")]
    main(*paths, str(files / "here.npy"), decompress=True)
    arguments = (sys.executable, "-m", "tools", "compress", *paths, str(files / "there.npy"), "--decompress")
    said, done = command(ROOT, *arguments)
    assert done, said
    assert (files / "here.npy").read_bytes() == (files / "there.npy").read_bytes()


def test_a_folder_comes_back_with_names_and_sizes(trained, tmp_path):
    (tmp_path / "in/inner").mkdir(parents=True)
    for i, (name, shape) in enumerate({"a.png": (16, 16, 1), "inner/ü.jpg": (20, 31, 3)}.items()):
        Image.fromarray(blobs(1, shape, i)[0].squeeze()).save(tmp_path / "in" / name)
    (tmp_path / "in/bad.png").touch()
    model = str(trained.models / "pca")
    main(model, str(tmp_path / "in"), str(tmp_path / "a.aec"))
    main(model, str(tmp_path / "a.aec"), str(tmp_path / "out"), decompress=True)
    found = {p.relative_to(tmp_path / "out").as_posix(): Image.open(p).size for p in (tmp_path / "out").rglob("*.png")}
    assert found == {"a.png": (16, 16), "inner/ü.jpg.png": (31, 20)}
    main(model, str(tmp_path / "in/a.png"), str(tmp_path / "one.aec"))
    main(model, str(tmp_path / "one.aec"), str(tmp_path / "one.bmp"), decompress=True)
    assert Image.open(tmp_path / "one.bmp").size == (16, 16)


def test_any_damage_is_noticed(files):
    content = (files / "pca.aec").read_bytes()
    unpacked(content, "pca.aec")
    random = np.random.default_rng(0)
    damaged = [content[:n] for n in (0, 3, 8, 40, len(content) - 1)] + [content + b"x"]
    damaged += [
        content[:place] + bytes([content[place] ^ (1 << random.integers(8))]) + content[place + 1 :]
        for place in random.integers(0, len(content), 60)
    ]
    for own in damaged:
        with pytest.raises(UserError, match=r"^pca.aec is (damaged|no file of this tool)") as caught:
            unpacked(own, "pca.aec")
        assert "\n" not in str(caught.value)


FIELDS = {"trained": "a", "codec": "b", "count": 2, "names": [], "sizes": [(4, 4)]}


@pytest.mark.parametrize(
    "changes",
    [
        {"names": ["../a.png", "b.png"]},
        {"names": ["/etc/a.png", "b.png"]},
        {"names": ["a.png"]},
        {"count": 10**12},
        {"count": 0},
        {"sizes": [(10**6, 10**6)]},
        {"sizes": []},
        {"sizes": [(0, 4)]},
    ],
)
def test_a_header_that_is_whole_and_malicious(changes):
    whole = packed(Header(**FIELDS), np.zeros(3, np.uint32))
    assert unpacked(whole, "a.aec")[0] == Header(**FIELDS)
    with pytest.raises(UserError, match=r"a\.aec is damaged"):
        unpacked(packed(Header.model_construct(**FIELDS | changes), np.zeros(3, np.uint32)), "a.aec")


def test_a_header_that_unpacks_without_end(monkeypatch):
    monkeypatch.setattr("tools.compressed_file.LONGEST_HEADER", 1000)
    front = zlib.compress(b" " * 10**6)
    content = struct.pack("<4sII", b"AEC1", len(front), 0) + front
    with pytest.raises(UserError, match=r"a\.aec is damaged"):
        unpacked(content + struct.pack("<I", zlib.crc32(content)), "a.aec")


def test_files_of_other_models_are_refused(trained, files, tmp_path):
    out = str(tmp_path / "out.npy")
    with pytest.raises(UserError, match=r"pca\.aec is of another model .*vector_quantized.*: of digits/pca"):
        main(str(trained.models / "vector_quantized"), str(files / "pca.aec"), out, decompress=True)
    with pytest.raises(UserError, match=r"is of another model .*seed-4\.keras: of digits/pca/seed-0"):
        main(str(trained.models / "pca/seed-4.keras"), str(files / "pca.aec"), out, decompress=True)
    shutil.copy(trained.models / "pca/seed-0.keras", tmp_path / "mine.keras")
    with pytest.raises(UserError, match=r"mine\.keras has no codec: `dvc repro evaluate@[^.`]+` keeps it"):
        main(str(tmp_path / "mine.keras"), str(files / "pca.aec"), out, decompress=True)
    with pytest.raises(UserError, match="no file of this tool"):
        main(str(trained.models / "pca"), str(files / "in.npy"), out, decompress=True)
    with pytest.raises(UserError, match="no such file"):
        main(str(trained.models / "pca"), str(files / "none.aec"), out, decompress=True)


def test_the_sum_is_of_the_model_and_of_its_codec(trained):
    model = load(trained.models / "pca")
    quantiser = model.codec.quantiser._replace(dead_zone=1.3)
    others = [model._replace(codec=model.codec._replace(quantiser=quantiser)), model._replace(sha256="0" * 64)]
    assert len({codec_sum(own) for own in (model, *others, model)}) == 3
