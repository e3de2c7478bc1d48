"""Frame of tools that take a model and files, each by its place; they end with 2 where nothing can be done."""

import argparse
import inspect
import sys
from collections.abc import Callable

from stages.common.stage import UserError, told


def run(main: Callable[..., None]) -> None:
    """Run main with a place on the command line for each of its arguments, and a flag for each keyword-only one.

    A place with a default may be left empty; a flag whose default is False is a switch. What goes wrong ends the
    program with 2 and one line.
    """
    parser = argparse.ArgumentParser(description=(sys.modules[main.__module__].__doc__ or "").partition("\n")[0])
    for name, argument in inspect.signature(main).parameters.items():
        if argument.kind is argument.KEYWORD_ONLY:
            switch = {"action": "store_true"} if argument.default is False else {"metavar": "FILE"}
            parser.add_argument(f"--{name}", **switch)
        else:
            parser.add_argument(name, metavar=name.upper(), nargs=None if argument.default is argument.empty else "?")
    try:
        main(**vars(parser.parse_args()))
    except UserError as error:
        _end(str(error))
    except OSError as error:
        _end(told(error))
    except MemoryError:
        _end("the memory is full")
    except KeyboardInterrupt:
        _end("stopped by the keyboard")


def _end(reason: str) -> None:
    print(f"error: {reason}", file=sys.stderr)
    sys.exit(2)
