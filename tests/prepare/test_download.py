"""Downloads: from a mirror or the first host that serves, checked, and not at all where the right file is there."""

import contextlib
import errno
import functools
import hashlib
import http.server
import signal
import socket
import threading
import time

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


def test_a_mirror_of_links_in_a_circle(tmp_path, monkeypatch):
    target = mirror_with(b"content", tmp_path, monkeypatch)
    circle = tmp_path / "circle"
    circle.symlink_to(circle)
    monkeypatch.setenv("DATASET_MIRROR", str(circle))
    with pytest.raises(UserError, match=r"Tried: .*circle/toy/file\.bin"):
        download.fetch_file("toy", "file.bin", (), target, RIGHT)
    monkeypatch.setenv("DATASET_MIRROR", "~nobody-of-that-name/mirror")
    with pytest.raises(UserError, match="Tried: ~nobody"):
        download.fetch_file("toy", "file.bin", (), target, RIGHT)


@contextlib.contextmanager
def saying(parts, pause):
    """The address of a host that says the parts with pauses of some seconds, then nothing more; its connections."""
    connections, over = [], threading.Event()

    def accept():
        with contextlib.suppress(OSError):
            while True:
                connections.append(server.accept()[0])
                threading.Thread(target=say, args=connections[-1:], daemon=True).start()

    def say(connection):
        with contextlib.suppress(OSError):
            for part in parts:
                connection.sendall(part)
                over.wait(pause)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/", connections
        over.set()


HEADER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
SLOW = {
    "nothing": [],
    "half of the file": [HEADER % 7, b"con"],
    "the file in drips": [HEADER % 7, *(b"conten"[i : i + 1] for i in range(6)), *[b""] * 90, b"t"],
    "a header without end": [(HEADER % 7)[:-2], *[b"X-More: yes\r\n"] * 99],
}


@pytest.mark.parametrize("kind", SLOW)
def test_a_host_that_hangs_or_drips_is_given_up(tmp_path, monkeypatch, httpserver_folder, kind):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setattr(download, "WINDOW", 0.5)
    monkeypatch.delenv("DATASET_MIRROR", raising=False)
    folder, address = httpserver_folder
    (folder / "file.bin").write_bytes(b"content")
    target = tmp_path / "raw"
    target.mkdir()
    with saying(SLOW[kind], pause=0.1) as (slow, connections):
        begun = time.monotonic()
        path = download.fetch_file("toy", "file.bin", (slow, address), target, RIGHT)
        assert time.monotonic() - begun < 5, "each of three tries is given up after a window"
    assert path.read_bytes() == b"content" and len(connections) == 3
    assert [path.name for path in target.iterdir()] == ["file.bin"]
    assert signal.getsignal(signal.SIGALRM) == signal.SIG_DFL and signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_a_large_file_takes_as_many_windows_as_it_needs(tmp_path, monkeypatch):
    """And where no host is fast enough, that is the reason that is told."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setattr(download, "WINDOW", 0.5)
    monkeypatch.delenv("DATASET_MIRROR", raising=False)
    content = bytes(400_000)
    right = download.has_sum(hashlib.sha256(content).hexdigest())
    with saying([HEADER % len(content), *[content[:20_000]] * 20], pause=0.1) as (host, connections):
        path = download.fetch_file("toy", "file.bin", (host,), tmp_path, right)
        assert path.read_bytes() == content and len(connections) == 1
        path.unlink()
        monkeypatch.setattr(download, "SLOWEST", 10**6)
        with pytest.raises(UserError, match=r"file\.bin \(slower than 1,000,000 bytes a second\)"):
            download.fetch_file("toy", "file.bin", (host,), tmp_path, right)


def test_what_a_killed_download_left_goes(tmp_path, monkeypatch):
    target = mirror_with(b"content", tmp_path, monkeypatch)
    (target / "tmpa1b2c3").write_bytes(b"cont")
    download.fetch_file("toy", "file.bin", NOWHERE, target, RIGHT)
    assert [path.name for path in target.iterdir()] == ["file.bin"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_where_nothing_can_be_kept_no_other_source_is_tried(tmp_path, monkeypatch, number):
    target = mirror_with(b"content", tmp_path, monkeypatch)

    def refuse(source, path):
        raise OSError(number, "refused", str(path))

    monkeypatch.setattr(download.shutil, "copyfile", refuse)
    monkeypatch.setattr(download.pooch, "create", lambda *_, **__: pytest.fail("another source was tried"))
    with pytest.raises(OSError, match="refused"):
        download.fetch_file("toy", "file.bin", NOWHERE, target, RIGHT)
