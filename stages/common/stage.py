"""Frame of every stage and tool: flags, a fresh folder for outputs, errors that speak to a person."""

import argparse
import inspect
import shutil
import sys
from collections.abc import Callable
from pathlib import Path


class UserError(Exception):
    """A mistake that the person who runs the pipeline can mend; the message says what, where and how."""


def run(main: Callable[..., None]) -> None:
    """Run main with a flag of the command line for each of its arguments.

    An argument without default has to be given; one whose default is False is a switch; a whole number as default
    makes the flag one. A UserError ends the program with one readable line instead of a stack trace.
    """
    description = (sys.modules[main.__module__].__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(description=description)
    for name, argument in inspect.signature(main).parameters.items():
        flag, default = f"--{name.replace('_', '-')}", argument.default
        if default is argument.empty:
            parser.add_argument(flag, required=True)
        elif default is False:
            parser.add_argument(flag, action="store_true")
        else:
            parser.add_argument(flag, default=default, type=int if isinstance(default, int) else str)
    try:
        main(**vars(parser.parse_args()))
    except UserError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("stopped by the keyboard; earlier results are untouched, `dvc checkout` brings back this stage's")


def fresh(folder: str | Path) -> Path:
    """An empty folder at that path, whatever was there before."""
    shutil.rmtree(folder, ignore_errors=True)
    Path(folder).mkdir(parents=True)
    return Path(folder)
