"""Downloads with checksums, several hosts, and a local mirror for machines without internet."""

import errno
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pooch

from stages.common.stage import FULL, UserError

WINDOW, SLOWEST = 30, 10_000  # a host from which fewer bytes a second come for so many seconds is given up
MIRROR = "DATASET_MIRROR"  # environment variable: a folder that holds <dataset>/<file>


def fetch_file(dataset: str, name: str, hosts: tuple[str, ...], folder: Path, check: Callable[[Path], None]) -> Path:
    """Bring a file to folder/name, unless the right one is there: from the mirror if one is set, else from the first
    host that serves it.

    hosts: addresses that end in "/"; each is tried three times
    check: raises ValueError for a wrong file, which is then not kept
    Raises UserError, saying all that was tried, where no source has the right file.
    """
    target = folder / name
    for left in folder.glob("tmp*"):  # by a download that was killed
        left.unlink()
    if passes(check, target):
        return target
    mirror, tried = os.environ.get(MIRROR), []
    for source in [*([str(Path(mirror, dataset, name))] if mirror else []), *(f"{host}{name}" for host in hosts)]:
        try:
            _bring(source, target)
            check(target)
            return target
        except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: links in a circle, no such user
            _stop_where_nothing_can_be_kept(error, folder)
            tried.append(f"{source} ({_reason(error)})")
    target.unlink(missing_ok=True)
    raise UserError(
        f"could not get {name} of {dataset}. Tried: {'; '.join(tried)}. Ways out: connect to the internet; or put the "
        f"file into FOLDER/{dataset}/ and set {MIRROR}=FOLDER; or run `make demo`, which needs no download"
    )


def _bring(source: str, target: Path) -> None:
    """Write what stands at a path or an address to a file."""
    if "://" not in source:
        shutil.copyfile(Path(source).expanduser().resolve(), target)
        return
    target.unlink(missing_ok=True)
    host, registry = source.removesuffix(target.name), {target.name: None}
    pooch.create(target.parent, host, registry=registry, retry_if_failed=2).fetch(target.name, downloader=_watched)


def _watched(url: str, path: str, source: pooch.Pooch) -> None:
    """A downloader of pooch that looks at the file every WINDOW seconds, since a timeout lets a host drip for days.

    Raises ValueError, after which pooch tries again, where too few bytes have come. Needs the main thread's alarm.
    """
    seen = 0

    def look(*_) -> None:
        nonlocal seen
        before, seen = seen, Path(path).stat().st_size
        if seen - before < WINDOW * SLOWEST:
            raise ValueError(f"slower than {SLOWEST:,} bytes a second")

    usual = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, WINDOW, WINDOW)
    try:
        pooch.HTTPDownloader(progressbar=True)(url, path, source)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, usual)


def passes(check: Callable[[Path], None], path: Path) -> bool:
    """Whether a file is there and a check finds nothing wrong with it."""
    try:
        check(path)
    except (OSError, ValueError):
        return False
    return True


def has_sum(sha256: str) -> Callable[[Path], None]:
    """A check for fetch_file: the file's SHA-256 has to be this one."""

    def check(path: Path) -> None:
        actual = pooch.file_hash(str(path))
        if actual != sha256:
            raise ValueError(f"its SHA-256 is {actual[:12]}..., should be {sha256[:12]}...")

    return check


def _stop_where_nothing_can_be_kept(error: Exception, folder: Path) -> None:
    """Raise an error of the folder itself again: no other source is of any help where the disk is full."""
    if isinstance(error, OSError):
        inside = error.filename is not None and Path(error.filename).parent == folder
        if error.errno in FULL or (inside and error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.EISDIR)):
            raise error


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    text = " ".join(str(error).split())
    return text if len(text) < 120 else f"{type(error).__name__}: {text[:100]}..."
