"""Files of folders and zip archives: links that are followed and links that are not, thumbnails, broken archives."""

import os
import zipfile

import pytest
from helpers import blobs
from own_folders import put

from stages.common.stage import UserError
from stages.prepare import files, folder
from stages.prepare.rows import usable

OBJECT = "files/md5/ab/" + "c" * 30


def looked(source):
    """Names of the images that are read, and the reasons of all others."""
    rows = list(folder.look(source))
    assert len(rows) == folder.count(source)
    return [row["name"] for row in rows if "values" in row], {row["name"]: row.get("error") for row in rows}


def test_links_within_the_folder_and_into_a_cache_of_dvc(tmp_path):
    source = tmp_path / "source"
    put(source / ".store", blobs(2, (8, 8, 3)))
    put(tmp_path / "cache/files/md5/ab", blobs(1, (8, 8, 3), 1))
    (tmp_path / "cache/files/md5/ab/000.png").rename(tmp_path / "cache" / OBJECT)
    put(tmp_path / "outside", blobs(1, (8, 8, 3), 2))
    (source / "a.png").symlink_to(".store/000.png")
    (source / "cached.png").symlink_to(tmp_path / "cache" / OBJECT)
    (source / "out.png").symlink_to(tmp_path / "outside/000.png")
    (source / "gone.png").symlink_to(tmp_path / "cache" / OBJECT.replace("ab", "ad"))
    (source / "lost.png").symlink_to("nowhere.png")
    names, errors = looked(source)
    assert names == ["a.png", "cached.png"]
    assert "link out of the folder" in errors["out.png"] and "dvc pull" in errors["gone.png"]
    assert errors["lost.png"] == "is a link to what is not there"


def test_folders_by_links_never_in_circles(tmp_path):
    source = tmp_path / "source"
    put(source / ".store/cats", blobs(2, (8, 8, 3)))
    put(source / "dogs", blobs(1, (8, 8, 3), 1))
    put(tmp_path / "outside", blobs(1, (8, 8, 3), 2))
    for name, target in {
        "cats": ".store/cats",
        "again": "dogs",
        "up": "..",
        "self": ".",
        "out": "../outside",
        ".store/cats/back": "../../cats",
        "dogs/store": "../.store",
    }.items():
        (source / name).symlink_to(target)
    names, errors = looked(source)
    assert sorted(names) == ["cats/000.png", "cats/001.png", "dogs/000.png"]
    assert "read by itself" in errors["again"] and "read by itself" in errors["self"]
    assert "out of the folder" in errors["up"] and "out of the folder" in errors["out"]
    (tmp_path / "linked").symlink_to(source)
    assert looked(tmp_path / "linked")[0] == names


def test_thumbnails_of_storage_systems_are_not_opened(tmp_path):
    put(tmp_path, blobs(2, (8, 8, 3)))
    for i, name in enumerate(("@eaDir/a.png", "__MACOSX", "cats/.thumbnails", "cats/Thumbnails", "#recycle"), 1):
        put(tmp_path / name, blobs(1, (8, 8, 3), i))
    names, errors = looked(tmp_path)
    assert names == ["000.png", "001.png"]
    assert {name for name, error in errors.items() if error == files.PASSED} == {
        f"{place}/000.png" for place in ("@eaDir/a.png", "__MACOSX", "cats/Thumbnails", "#recycle")
    }


@pytest.fixture
def archive(tmp_path):
    put(tmp_path / "in/photos", blobs(3, (8, 8, 3)))
    path = tmp_path / "photos.ZIP"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for i in (2, 0, 1):
            file.write(tmp_path / f"in/photos/00{i}.png", f"photos/{'cats' if i else 'dogs'}/00{i}.png")
        file.writestr("__MACOSX/photos/._000.png", b"x")
        file.writestr("photos/empty.png", b"")
        file.writestr("photos/notes.txt", b"x")
    return path


def test_a_zip_archive_is_read_as_a_folder(archive):
    names, errors = looked(archive)
    assert names == ["photos/cats/001.png", "photos/cats/002.png", "photos/dogs/000.png"]
    assert errors["photos/empty.png"] == "is empty" and errors["photos/notes.txt"] == folder.NO_IMAGE
    assert [row["label"] for row in usable(list(folder.look(archive)))] == ["cats", "cats", "dogs"]


def test_broken_and_locked_archives(archive, tmp_path):
    content = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as file:
        start = file.getinfo("photos/dogs/000.png").header_offset
    content[start + 60 : start + 90] = bytes(30)
    archive.write_bytes(content)
    names, errors = looked(archive)
    assert len(names) == 2 and "cannot be unpacked" in errors["photos/dogs/000.png"]
    archive.write_bytes(content[:100])
    with pytest.raises(UserError, match="is no whole zip archive"):
        folder.count(archive)
    content[start + 6] |= 1  # encrypted
    central = content.rindex(b"PK\x01\x02", 0, content.index(b"photos/dogs", start + 60))
    content[central + 8] |= 1
    archive.write_bytes(content)
    assert "encrypted" in looked(archive)[1]["photos/dogs/000.png"]


def test_members_that_are_too_large(archive, monkeypatch):
    monkeypatch.setattr(files, "LARGEST", 10)
    assert "more than 10 bytes" in looked(archive)[1]["photos/dogs/000.png"]


def test_a_single_image_is_no_folder(tmp_path):
    put(tmp_path, blobs(1, (8, 8, 3)))
    with pytest.raises(UserError, match=r"000\.png is one image: a folder of images is needed"):
        folder.count(tmp_path / "000.png")
    (tmp_path / "a.txt").write_bytes(b"")
    os.mkfifo(tmp_path / "pipe")
    for name, said in {"a.txt": "another kind", "pipe": "no such folder", "gone": "no such folder"}.items():
        with pytest.raises(UserError, match=said):
            folder.count(tmp_path / name)
