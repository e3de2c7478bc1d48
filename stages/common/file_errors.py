"""Damaged files: which one, and the commands that make it anew.

DVC hands out what its cache holds under a checksum without reading it, so a damaged file is noticed where it is used.
"""

import contextlib
import pickle
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from stages.common.params import short
from stages.common.stage import UserError

DAMAGE = (OSError, EOFError, ValueError, KeyError, IndexError, TypeError)  # type: tuple[type[Exception], ...]
DAMAGE += (zipfile.BadZipFile, zlib.error, pickle.UnpicklingError)


@contextlib.contextmanager
def whole(path: str | Path, heal: str) -> Iterator[None]:
    """Reading of a file or folder: what goes wrong meanwhile becomes a UserError that names it.

    heal: the command that makes it anew
    """
    try:
        yield
    except FileNotFoundError as error:
        raise UserError(f"{error.filename or path} is missing; `{heal}` makes it") from None
    except DAMAGE as error:
        raise UserError(
            f"{path} is damaged ({type(error).__name__}: {short(str(error))}), perhaps in the cache of DVC as well. "
            f"To heal: `python -m tools.clean_cache && rm -rf {path} && {heal}`"
        ) from None
