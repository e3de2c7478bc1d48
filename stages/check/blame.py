"""Blame for what goes wrong while the code of an item runs: a line with the file, the line in it, and what happened.

Also for what it changes in the program, of which other items are a part: Keras' defaults, the working directory, a
class or a function of somebody else.
"""

import contextlib
import inspect
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import FunctionType

from stages.common.registry import STAGES
from stages.common.stage import UserError

SHARED = ("builtins", "numpy", "keras")  # modules whose classes and functions are everybody's
WITHIN = ("keras.", "stages.")  # how the names of further such modules begin
COLOURS = re.compile(r"\x1b\[[0-9;]*m")  # for a terminal
DEFAULTS = ("floatx", "epsilon", "image_data_format")  # of Keras
HINTS = {
    ImportError: "; packages that may be imported stand in pyproject.toml",
    SystemExit: "; a file may not end the program",
}


@contextlib.contextmanager
def blamed(where: str, what: str) -> Iterator[None]:
    """What goes wrong in an item's file meanwhile becomes a UserError of one line.

    where: the file, from the folder of the project; what: what is done with it, a noun
    """
    try:
        yield
    except (UserError, KeyboardInterrupt):
        raise
    except BaseException as error:  # SystemExit is no Exception
        said = " ".join(COLOURS.sub("", str(error)).split("Arguments received by")[0].split())  # of Keras
        hint = next((hint for kind, hint in HINTS.items() if isinstance(error, kind)), "")
        raised = type(error).__name__ + f": {said[:300]}" * bool(said)
        raise UserError(f"{where}{_line(error, where)}: {what} raises {raised}{hint}") from None


@contextlib.contextmanager
def untouched(where: str, what: str) -> Iterator[None]:
    """What an item's file changes meanwhile that all others use is put back, and becomes a UserError as in `blamed`."""
    folder, defaults = Path.cwd(), _defaults()
    shared = [(owner, name, dict(vars(owner))) for name, owner in _owners(len(sys.modules))]
    try:
        with blamed(where, what):
            yield
    finally:
        changed = _put_back(folder, defaults, shared)
    if changed:
        raise UserError(f"{where}: {what} changes {changed}, which all others use: leave it as it is")


def line_of(function: Callable) -> str:
    """ ", line 12", where a function of a file begins."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return f", line {code.co_firstlineno}" if code else ""


def _line(error: BaseException, where: str) -> str:
    """The last line of the file that an error went through, or else of another file of stages/."""
    frames = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        frames.append((error.filename, error.lineno))
    inside = [number for path, number in frames if path == str(STAGES.parent / where)]
    if inside:
        return f", line {inside[-1]}"
    own = str(STAGES / "check")
    others = [frame for frame in frames if frame[0].startswith(str(STAGES)) and not frame[0].startswith(own)]
    return "".join(f" (at {os.path.relpath(path, STAGES.parent)}, line {number})" for path, number in others[-1:])


def _defaults() -> dict[str, object]:
    """Keras' defaults, where it is loaded."""
    config = getattr(sys.modules.get("keras"), "config", None)
    return {name: getattr(config, name)() for name in DEFAULTS} if config else {}


@cache
def _owners(modules: int) -> list[tuple[str, object]]:
    """Every module of SHARED and WITHIN and every class that one of these defines, with their names.

    modules: number of those that are loaded, for the cache
    """
    found = [(name, module) for name, module in sys.modules.items() if name in SHARED or name.startswith(WITHIN)]
    classes = [(name, part) for name, module in found for part in vars(module).values() if isinstance(part, type)]
    return found + [(f"{name}.{part.__name__}", part) for name, part in classes if part.__module__ == name]


def _put_back(folder: Path, defaults: dict[str, object], shared: list[tuple[object, str, dict]]) -> str:
    """Put back what is otherwise now; the name of one such thing, empty where there is none."""
    changed = []
    if Path.cwd() != folder:
        os.chdir(folder)
        changed.append("the working directory")
    for name, value in defaults.items():
        if _defaults()[name] != value:
            getattr(sys.modules["keras"].config, f"set_{name}")(value)
            changed.append(f"keras.config.{name}")
    for owner, name, values in shared:
        now = vars(owner)
        for key, value in values.items():
            if isinstance(value, type | FunctionType) and now.get(key) is not value:
                setattr(owner, key, value)
                changed.append(f"{name}.{key}")
    return next(iter(changed), "")
