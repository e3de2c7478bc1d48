"""Values of the arguments of `python -m tools own`, see command.py."""

import os
import re
from argparse import Namespace

from stages.common.stage import UserError

NUMBERS = {  # the least and the most that a number may be
    "size": (8, 4096),
    "patch": (8, 256),
    "latent": (1, 100_000),
    "seeds": (1, 100),
    "minutes": (1, 1_000_000),
    "jobs": (1, 1000),
    "white": (1, 65_535),
    "black": (0, 65_534),
    "private": (0, 1),
}


def read_values(given: Namespace) -> None:
    """Put numbers in the place of texts; without `jobs` that of cores. Raises UserError where a value is none that its
    option takes."""
    for flag in (flag for flag in NUMBERS if getattr(given, flag)):
        setattr(given, flag, _number(flag, getattr(given, flag)))
    given.jobs = given.jobs or os.cpu_count()
    for flag, known in {"fit": ("crop", "pad"), "classes": ("folders", "none")}.items():
        if getattr(given, flag) not in (None, *known):
            raise UserError(f"{flag.upper()}={getattr(given, flag)}: should be {' or '.join(known)}")


def _number(flag: str, text: str) -> int:
    least, most = NUMBERS[flag]
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not least <= int(text) <= most:
        raise UserError(f"{flag.upper()}={text}: should be a whole number from {least} to {most:,}")
    return int(text)


def asked_architectures(given: str | None, former: list[str], known: list[str]) -> list[str]:
    """The architectures to compare, in the order of params.yaml. Raises UserError where one is not known."""
    asked = given.split() if given else former or known
    if unknown := [name for name in asked if name not in known]:
        raise UserError(f"ARCHITECTURES: no {unknown[0]}; there are {', '.join(known)}")
    return [name for name in known if name in asked]
