"""Downloads: from a mirror or the first host that serves, checked, and not at all where the right file is there."""

import functools
import hashlib
import http.server
import threading

import pytest

from stages.common.stage import UserError
from stages.prepare import download

NOWHERE = ("http://127.0.0.1:9/",)  # the discard port: refuses at once
RIGHT = download.has_sum(hashlib.sha256(b"content").hexdigest())


def mirror_with(content, tmp_path, monkeypatch):
    folder = tmp_path / "mirror" / "toy"
    folder.mkdir(parents=True)
    (folder / "file.bin").write_bytes(content)
    monkeypatch.setenv("DATASET_MIRROR", str(tmp_path / "mirror"))
    target = tmp_path / "raw"
    target.mkdir()
    return target


def test_a_mirror_needs_no_network(tmp_path, monkeypatch):
    target = mirror_with(b"content", tmp_path, monkeypatch)
    path = download.fetch_file("toy", "file.bin", NOWHERE, target, RIGHT)
    assert path.read_bytes() == b"content"


def test_a_corrupt_mirror_and_no_network_say_what_was_tried(tmp_path, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    target = mirror_with(b"corrupt", tmp_path, monkeypatch)
    with pytest.raises(UserError) as caught:
        download.fetch_file("toy", "file.bin", NOWHERE, target, download.has_sum("0" * 64))
    message = str(caught.value)
    for part in ("file.bin of toy", "SHA-256", NOWHERE[0], "DATASET_MIRROR", "make demo"):
        assert part in message
    assert "\n" not in message
    assert not list(target.iterdir()), "nothing wrong is kept"


def test_the_second_host_serves(tmp_path, monkeypatch, httpserver_folder):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.delenv("DATASET_MIRROR", raising=False)
    folder, address = httpserver_folder
    (folder / "file.bin").write_bytes(b"content")
    target = tmp_path / "raw"
    target.mkdir()
    path = download.fetch_file("toy", "file.bin", (*NOWHERE, address), target, RIGHT)
    assert path.read_bytes() == b"content"


@pytest.fixture
def httpserver_folder(tmp_path):
    folder = tmp_path / "served"
    folder.mkdir()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.mark.parametrize("there", [b"content", b"conte", b"", None], ids=["whole", "truncated", "empty", "absent"])
def test_a_file_is_brought_only_where_the_right_one_is_not_there(tmp_path, monkeypatch, there):
    target = mirror_with(b"content", tmp_path, monkeypatch)
    if there is not None:
        (target / "file.bin").write_bytes(there)
    read = []
    copy = download.shutil.copyfile
    monkeypatch.setattr(download.shutil, "copyfile", lambda *paths: (read.append(paths), copy(*paths)))
    path = download.fetch_file("toy", "file.bin", NOWHERE, target, RIGHT)
    assert path.read_bytes() == b"content"
    assert len(read) == (0 if there == b"content" else 1)
