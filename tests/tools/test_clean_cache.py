"""Damaged files of a cache are those whose name is not the checksum of what they hold."""

import hashlib

from tools.clean_cache import damaged


def keep(cache, content, suffix=""):
    name = hashlib.md5(content).hexdigest()
    path = cache / name[:2] / (name[2:] + suffix)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_what_does_not_fit_its_name(tmp_path):
    whole, folder, bent = keep(tmp_path, b"whole"), keep(tmp_path, b"[]", ".dir"), keep(tmp_path, b"bent")
    assert damaged(tmp_path) == []
    bent.write_bytes(b"Bent")
    folder.write_bytes(b"")
    assert set(damaged(tmp_path)) == {bent, folder} and whole.exists()
    assert damaged(tmp_path / "nowhere") == []
