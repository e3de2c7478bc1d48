"""Finds things by name: an architecture, a data set, a task or a figure is one file in one folder."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

STAGES = Path(__file__).parent


class UserError(Exception):
    """Something that the person who runs the pipeline can mend; the message says what, where and how."""


def names(kind: str) -> list[str]:
    """Names of all files of a kind ("architectures", "datasets", "tasks", "figures/cell", ...), sorted."""
    return sorted(path.stem for path in (STAGES / kind).glob("*.py") if path.stem != "__init__")


def load(kind: str, name: str) -> ModuleType:
    """Import stages/<kind>/<name>.py.

    Raises UserError, with the valid names, where there is no such file.
    """
    if name not in names(kind):
        raise UserError(f"no '{name}' in stages/{kind}/; there are: {', '.join(names(kind))}")
    return importlib.import_module(f"stages.{kind.replace('/', '.')}.{name}")


def read_params(path: str | Path = "params.yaml") -> dict:
    """All settings, as plain dicts and lists. Raises UserError where the file is missing or no valid YAML."""
    try:
        params = YAML(typ="safe").load(Path(path))
    except FileNotFoundError:
        raise UserError(f"{path} is missing: run this in the folder of the project") from None
    except YAMLError as error:
        raise UserError(f"{path} is not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(params, dict):
        raise UserError(f"{path} should hold settings, one 'name: value' a line; it holds {params!r}")
    return params


def run(main: Callable[[], None]) -> None:
    """Run a stage: a user's mistake ends it with one readable line instead of a stack trace."""
    try:
        main()
    except UserError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("stopped by the keyboard; earlier results are untouched, `dvc checkout` brings back this stage's")
