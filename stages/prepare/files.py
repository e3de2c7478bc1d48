"""Files of a source of images, a folder or a zip archive, by name; and their content, or why there is none.

Hidden files are passed over. Links are followed where they stay in the folder or lead into a cache of DVC.
"""

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from stages.common.stage import UserError
from stages.prepare.reader import printable

LARGEST = 1_000_000_000  # bytes of a file
THUMBNAILS = {"@eadir", "__macosx", "@recycle", "#recycle", "#snapshot", "$recycle.bin", "@recently-snapshot"}
THUMBNAILS |= {"system volume information", "lost+found", "thumbnails", "thumbs", "_thumbs", "_thumbnails"}
IN_CACHE = re.compile(r"/[0-9a-f]{2}/[0-9a-f]{30}(\.dir/.+)?$")  # an object of DVC, by its MD5
PASSED = "lies in a folder of thumbnails or of deleted files"  # of a storage system; such files are not opened


def is_zip(source: Path) -> bool:
    """Whether a source is a zip archive of files, as its name says."""
    return source.suffix.lower() == ".zip" and source.is_file()


def names_in(source: Path) -> Iterator[tuple[str, str]]:
    """Names of the files below a folder or in a zip archive, with / between their parts, sorted by their bytes, and why
    one cannot be opened, or nothing; of a folder that cannot be listed its own name and the error.

    Raises UserError where it is no whole archive.
    """
    for name, error in _in_zip(source) if is_zip(source) else _in_folder(source):
        yield name, error or (PASSED if THUMBNAILS & set(name.lower().split("/")[:-1]) else "")


def opened(source: Path) -> Callable[[str], bytes]:
    """A function from a file's name, see `names_in`, to its content; it raises ValueError with the reason where it has
    none. Raises UserError where the source is no whole archive.
    """
    if not is_zip(source):
        return lambda name: bytes_of(source / name, source)
    archive = _archive(source)

    def content(name: str) -> bytes:
        try:
            if archive.getinfo(name).file_size > LARGEST:
                raise ValueError(f"has more than {LARGEST:,} bytes")
            return archive.read(name)
        except KeyError:
            raise ValueError("is not there") from None
        except RuntimeError:
            raise ValueError("is encrypted: unpack the archive with its password") from None
        except (OSError, NotImplementedError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise ValueError(f"cannot be unpacked ({printable(str(error))[:100]})") from None

    return content


def bytes_of(path: Path, source: Path | None = None) -> bytes:
    """Content of a file. Raises ValueError with the reason: pipes and devices are not opened, links not followed unless
    they stay in the folder `source` or lead into a cache of DVC."""
    try:
        if path.is_symlink():
            path = _followed(path, source)
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("is no file")
        if status.st_size > LARGEST:
            raise ValueError(f"has more than {LARGEST:,} bytes")
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"cannot be opened ({error.strerror})") from None


def _followed(path: Path, source: Path | None) -> Path:
    """Where a link leads. Raises ValueError where it is not followed."""
    try:
        target = path.resolve(strict=True)
    except FileNotFoundError:
        wanted = str(path.readlink())
        cure = "`dvc pull` brings it" if IN_CACHE.search(wanted) else "`git annex get` brings it" * ("annex" in wanted)
        raise ValueError("is a link to what is not there" + f": {cure}" * bool(cure)) from None
    except (OSError, RuntimeError):
        raise ValueError("is a link in a circle") from None
    if IN_CACHE.search(str(target)) or (source and target.is_relative_to(source.resolve())):
        return target
    raise ValueError("is a link out of the folder, which is not followed: copy what it leads to")


def _in_folder(source: Path) -> Iterator[tuple[str, str]]:
    """Names of a folder. Folders to which links lead come last, and only what is not there without the link."""
    errors, links, entered = list[OSError](), list[tuple[Path, Path]](), set()

    def walk(top: Path, shown: Path) -> Iterator[tuple[str, str]]:
        for here, folders, files in os.walk(top, onerror=errors.append):
            entered.add(Path(here).resolve())
            all_here = sorted((name for name in (*folders, *files) if not name.startswith(".")), key=os.fsencode)
            linked = {name for name in folders if Path(here, name).is_symlink()}
            inner = {name for name in folders if name not in linked}
            folders[:] = [name for name in all_here if name in inner and Path(here, name).resolve() not in entered]
            place = shown / Path(here).relative_to(top)
            links.extend((Path(here, name), place / name) for name in all_here if name in linked)
            yield from ((str(place / name), "") for name in all_here if name not in linked and name not in inner)

    yield from walk(source, Path())
    for link, shown in links:  # which may grow
        try:
            target = _followed(link, source)
        except ValueError as reason:
            yield str(shown), str(reason)
            continue
        if target in entered:
            yield str(shown), "is a link to a folder that is read by itself"
        else:
            yield from walk(target, shown)
    yield from ((_name_of(error, source), f"cannot be opened ({error.strerror})") for error in errors)


def _name_of(error: OSError, source: Path) -> str:
    path = Path(error.filename)
    return path.relative_to(source).as_posix() if path.is_relative_to(source) else path.name


def _in_zip(source: Path) -> Iterator[tuple[str, str]]:
    members = [member.filename for member in _archive(source).infolist() if not member.is_dir()]
    shown = (name for name in members if not any(part[:1] == "." for part in name.split("/")))
    return ((name, "") for name in sorted(shown, key=os.fsencode))


def _archive(source: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(source)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise UserError(f"{printable(str(source))} is no whole zip archive ({printable(str(error))[:100]})") from None
