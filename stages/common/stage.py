"""Frame of every stage and tool: flags, a fresh folder for outputs, errors that speak to a person."""

import argparse
import contextlib
import errno
import inspect
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

AGAIN = (
    "the same command again makes what is missing; `git restore metrics plots REPORT.md` and `dvc checkout` bring back "
    "what the last commit had"
)
SAID_OF_FULL = ("No space left", "File too large", "requested and")  # by HDF5 and NumPy, which give no number
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class UserError(Exception):
    """A mistake that the person who runs the pipeline can mend; the message says what, where and how."""


def run(main: Callable[..., None]) -> None:
    """Run main with a flag of the command line for each of its arguments.

    An argument without default has to be given; one whose default is False is a switch; a whole number as default
    makes the flag one. A UserError, and what the machine refuses (no room, no permission, no memory), ends the program
    with one readable line instead of a stack trace.
    """
    description = (sys.modules[main.__module__].__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(description=description)
    for name, argument in inspect.signature(main).parameters.items():
        default, options = argument.default, {"required": True}  # type: object, dict
        if default is False:
            options = {"action": "store_true"}
        elif default is not argument.empty:
            options = {"default": default, "type": int if isinstance(default, int) else str}
        parser.add_argument(f"--{name.replace('_', '-')}", **options)
    try:
        main(**vars(parser.parse_args()))
    except UserError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(f"stopped by the keyboard; {AGAIN}")
    except OSError as error:
        sys.exit(f"error: {refusal(error)}; then {AGAIN}")
    except MemoryError:
        sys.exit(f"error: the memory is full: run fewer stages side by side (JOBS=1), then {AGAIN}")


def refusal(error: OSError) -> str:
    """What the system refused, where, and what may be done about it."""
    text = " ".join(str(error).split())
    if error.errno in FULL or any(said in text for said in SAID_OF_FULL):
        return f"the disk is full, or no file may be that long: make room ({text})"
    where = f"{error.filename}: {error.strerror}" if error.filename and error.strerror else text
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{where}: let your user read and write there"
    return f"{where}: see that it is there and can be used"


def fresh(folder: str | Path) -> Path:
    """An empty folder at that path, whatever was there before."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)
    Path(folder).mkdir(parents=True)
    return Path(folder)
