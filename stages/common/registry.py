"""Registry of items: an architecture, a data set, a task or a figure is one file in one folder, found by its name."""

import importlib
import re
from pathlib import Path
from types import ModuleType

from stages.common.stage import UserError

STAGES = Path(__file__).parents[1]


def names(kind: str) -> list[str]:
    """Names of all files of a kind ("architectures", "prepare/datasets", "evaluate/tasks", ...), sorted.

    A name goes into commands and paths, so it has letters, digits and _ alone; other files are passed over.
    """
    stems = (path.stem for path in (STAGES / kind).glob("*.py"))
    return sorted(name for name in stems if re.fullmatch(r"\w+", name, re.ASCII) and name != "__init__")


def load(kind: str, name: str) -> ModuleType:
    """Module stages/<kind>/<name>.py, imported.

    Raises UserError, with the valid names, where there is no such file.
    """
    if name not in names(kind):
        raise UserError(f"no '{name}' in stages/{kind}/; there are: {', '.join(names(kind))}")
    return importlib.import_module(f"stages.{kind.replace('/', '.')}.{name}")


def about(module: ModuleType) -> str:
    """First sentence of an item's docstring, on one line and without its full stop."""
    return first_sentence(module.__doc__)


def first_sentence(docstring: str) -> str:
    """First sentence of a docstring, on one line and without its full stop."""
    return " ".join(re.split(r"\.(?=\s|$)", docstring)[0].split())
