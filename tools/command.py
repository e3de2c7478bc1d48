"""Commands of `python -m tools`: their names, the parser that they share, and how each ends."""

import argparse
import ast
import inspect
import re
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import UnionType
from typing import get_args, get_origin

from stages.common.stage import UserError, refusal

COMMANDS = {  # group -> names
    "run": ("run", "verify", "measure-run"),
    "own": ("own", "remove"),
    "use": ("apply", "compress", "export"),
    "change": ("diff", "compare", "comment", "experiments", "check-lock", "merge-lock"),
    "pages": ("page", "plots", "site", "readme", "dag"),
    "cache": ("share", "clean-cache"),
}
# Name -> module, whose main has the command's arguments.
MODULES = {name: f"tools.{name.replace('-', '_')}" for names in COMMANDS.values() for name in names}
MODULES |= {"run": "tools.run.command", "own": "tools.own.command", "remove": "tools.own.remove"}
ROOT = Path(__file__).parents[1]


class FailedError(Exception):
    """Something failed that is no mistake of the user's; the message says what."""


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:
        raise UserError(f"{message}; see `{self.prog} --help`")


def listing() -> str:
    """All commands by group, each with the first line of its module's docstring, without importing any."""
    lines = ["usage: python -m tools COMMAND ...     `python -m tools COMMAND --help` says more"]
    for group, names in COMMANDS.items():
        lines += ["", group]
        for name in names:
            source = ROOT.joinpath(*MODULES[name].split(".")).with_suffix(".py").read_text()
            lines.append(f"  {name:<12} {ast.get_docstring(ast.parse(source)).splitlines()[0]}")
    return "\n".join(lines)


def start(name: str, arguments: list[str]) -> None:
    """Run a command as a program of its own."""
    # A KeyboardInterrupt would be lost in what TensorFlow calls while it loads, so until then Ctrl-C just ends it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    main = import_module(MODULES[name]).main
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    run(main, name, arguments)


def run(main: Callable[..., None], name: str, arguments: list[str]) -> None:
    """Run main with what the command line gives, see `parser_of`.

    Ends the program with 2 and one line where something that was given is wrong, with 1 where something fails.
    """
    try:
        given = vars(parser_of(main, name).parse_intermixed_args(arguments))
        places, flags = list[object](), dict[str, object]()
        for argument in inspect.signature(main).parameters.values():
            value = given[argument.name]
            if argument.kind is argument.KEYWORD_ONLY:
                flags[argument.name] = value
            else:
                places += value if argument.kind is argument.VAR_POSITIONAL else [value]
        main(*places, **flags)
    except UserError as error:
        _end(str(error), 2)
    except OSError as error:
        _end(refusal(error), 2)
    except FailedError as error:
        _end(str(error), 1)
    except MemoryError:
        _end("the memory is full", 1)
    except KeyboardInterrupt:
        _end("stopped; the same command can be run again", 1)


def parser_of(main: Callable[..., None], name: str) -> Parser:
    """A parser with a place for each argument of main and a flag for each that is keyword-only.

    One without default has to be given; `*names` takes any number. A flag of type bool is a switch, one of a list may
    be given several times. All others take a value of their type, a text where none is named. What each is for: lines
    of the module's docstring, "PLACE: ..." and "--flag: ...".
    """
    description, helps = _described(inspect.getdoc(sys.modules[main.__module__]) or "")
    parser = Parser(
        prog=f"python -m tools {name}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    for argument in inspect.signature(main).parameters.values():
        required, shown = argument.default is argument.empty, argument.name.upper()
        if argument.kind is argument.VAR_POSITIONAL:
            parser.add_argument(argument.name, metavar=shown, nargs="*", help=helps.get(shown))
        elif argument.kind is not argument.KEYWORD_ONLY:
            options = {} if required else {"nargs": "?", "default": argument.default}
            parser.add_argument(argument.name, metavar=shown, help=helps.get(shown), **options)
        else:
            flag = f"--{argument.name.replace('_', '-')}"
            options = _of_type(argument.annotation) | {"required": required, "default": argument.default}
            parser.add_argument(flag, help=helps.get(flag), **options)
    return parser


def _described(docstring: str) -> tuple[str, dict[str, str]]:
    """A docstring without the lines on arguments, and these: place or flag -> what it is for, in one line."""
    pattern = re.compile(r"^(--[a-z-]+|[A-Z]+): (.+(?:\n +.+)*)\n?", re.MULTILINE)
    helps = {name: " ".join(text.split()).replace("%", "%%") for name, text in pattern.findall(docstring)}
    return pattern.sub("", docstring).strip(), helps


def _of_type(annotation: type) -> dict:
    """Options of argparse for a flag of this type, which may also be None."""
    if annotation is bool:
        return {"action": "store_true"}
    kind = get_args(annotation)[0] if isinstance(annotation, UnionType) else annotation
    return {"type": get_args(kind)[0], "action": "append"} if get_origin(kind) is list else {"type": kind}


def _end(reason: str, code: int) -> None:
    print(f"error: {reason}", file=sys.stderr)
    sys.exit(code)
