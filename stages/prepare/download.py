"""Downloads with checksums, several hosts, and a local mirror for machines without internet."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pooch

from stages.common.stage import UserError

MIRROR = "DATASET_MIRROR"  # environment variable: a folder that holds <dataset>/<file>


def fetch_file(dataset: str, name: str, hosts: tuple[str, ...], folder: Path, check: Callable[[Path], None]) -> Path:
    """Bring a file to folder/name, unless the right one is there: from the mirror if one is set, else from the first
    host that serves it.

    hosts: addresses that end in "/"; each is tried three times
    check: raises ValueError for a wrong file, which is then not kept
    Raises UserError, saying all that was tried, where no source has the right file.
    """
    target = folder / name
    if passes(check, target):
        return target
    tried = []
    mirror = os.environ.get(MIRROR)
    if mirror:
        source = Path(mirror, dataset, name).expanduser().resolve()
        try:
            shutil.copyfile(source, target)
            check(target)
            return target
        except (OSError, ValueError) as error:
            tried.append(f"{source} ({_reason(error)})")
    for host in hosts:
        downloader = pooch.HTTPDownloader(progressbar=True, timeout=30)
        source = pooch.create(folder, base_url=host, registry={name: None}, retry_if_failed=2)
        try:
            target.unlink(missing_ok=True)
            source.fetch(name, downloader=downloader)
            check(target)
            return target
        except (OSError, ValueError) as error:
            tried.append(f"{host}{name} ({_reason(error)})")
    target.unlink(missing_ok=True)
    raise UserError(
        f"could not get {name} of {dataset}. Tried: {'; '.join(tried)}. Ways out: connect to the internet; or put the "
        f"file into FOLDER/{dataset}/ and set {MIRROR}=FOLDER; or run `make demo`, which needs no download"
    )


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
        found = pooch.file_hash(str(path))
        if found != sha256:
            raise ValueError(f"its SHA-256 is {found[:12]}..., should be {sha256[:12]}...")

    return check


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    text = " ".join(str(error).split())
    return text if len(text) < 120 else f"{type(error).__name__}: {text[:100]}..."
