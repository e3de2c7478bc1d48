"""Folders of the user's images as params.yaml has them, which a hand may have written instead of `make own`."""

import itertools
import json
import re
import subprocess
import sys
from pathlib import Path

from stages.check.blocks import mistake, parse
from stages.prepare.settings import Folder

SECONDS = 5  # that an expression may take for PROBES and for the first names of the folder
FIRST = 1000  # names
LONG = 60  # times that a probe repeats a letter: an expression that backtracks without end shows
SEARCH = "import json, re, sys; p = re.compile(sys.argv[1]); [p.search(name) for name in json.load(sys.stdin)]"


def check_folder(dataset: str, folder, anomalies) -> None:
    """Its block, paths that are one line and say from where they start, and an expression that ends."""
    where = f"data.{dataset}.folder"
    block = parse(Folder, folder, where)
    check_path(f"{where}.path", block.path)
    if isinstance(anomalies, str) and "/" in anomalies:
        check_path(f"data.{dataset}.anomalies", anomalies)
    if block.group is not None:
        names = [path.name for path in itertools.islice(Path(block.path).rglob("*"), FIRST)]
        if wrong := wrong_expression(block.group, names):
            raise mistake(f"{where}.group", block.group, wrong)


def check_path(where: str, path: str) -> None:
    """An absolute path of letters that can be printed."""
    if not path.isprintable():
        raise mistake(where, path, "should be a path without line breaks and other signs that cannot be seen")
    if not Path(path).is_absolute():
        raise mistake(where, path, "should be a whole path, from / on; ~ is not replaced here")


def wrong_expression(expression: str, names: list[str]) -> str:
    """Why an expression is none that Python reads, or does not end soon on names of files; empty where it can be used.
    It is tried in a program that can be stopped."""
    try:
        re.compile(expression)
    except (re.error, RecursionError, OverflowError) as error:
        return f"is no regular expression: {error}"
    letters = sorted({*expression, *"a0_-. /"})
    probes = [f"{letter * LONG}{end}" for letter in letters for end in ("", "!", "\n")]
    command, given = [sys.executable, "-I", "-c", SEARCH, expression], json.dumps([*probes, *names])
    try:
        subprocess.run(command, input=given, text=True, timeout=SECONDS, check=True, capture_output=True)
    except subprocess.TimeoutExpired:
        return f"takes more than {SECONDS} s for a few names; no repetition within a repetition, such as (a+)+"
    except (subprocess.CalledProcessError, OSError, ValueError) as error:
        return f"cannot be used: {type(error).__name__}"
    return ""
