"""Silence of decoders, whatever is odd about a file that they can read."""

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

from PIL import Image


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Nothing is warned of that is odd about a file, but for a bomb; and what libraries of C write to the terminal is
    lost."""
    sys.stderr.flush()
    with warnings.catch_warnings(), Path(os.devnull).open("w") as null:
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        terminal = os.dup(2)
        os.dup2(null.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
