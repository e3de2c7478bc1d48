"""Entropy coding of whole numbers, to a bitstream and back: asymmetric numeral systems, a static table for each column.

The coder is that of the constriction library (Bamler 2022, "Understanding entropy coding with asymmetric numeral
systems"). The tables are fitted on training data; like the weights of a network they belong to the codec, not to the
stream, and are not counted.
"""

from typing import NamedTuple

import numpy as np
from constriction import stream as coding


class Table(NamedTuple):
    """What the coder knows of one column: the lowest number and the chance of each from there on."""

    low: int
    chances: np.ndarray


def tables_of(numbers: np.ndarray, size: int | None = None) -> list[Table]:
    """A table for every column of whole numbers (n, columns).

    size: all numbers 0 .. size - 1 can occur; None: those from the lowest to the highest in a column
    Numbers that do not occur get half a count (Krichevsky and Trofimov 1981), so that they can still be coded.
    """
    tables = []
    for column in numbers.T:
        low = int(column.min()) if size is None else 0
        counts = np.bincount(column - low, minlength=size or 0) + 0.5
        tables.append(Table(low, counts / counts.sum()))
    return tables


def clipped(numbers: np.ndarray, tables: list[Table]) -> np.ndarray:
    """Numbers (n, columns) brought into the range that the tables can code."""
    low = np.array([table.low for table in tables])
    high = low + np.array([len(table.chances) - 1 for table in tables])
    return np.clip(numbers, low, high)


def encoded(numbers: np.ndarray, tables: list[Table]) -> np.ndarray:
    """The bitstream, uint32 words, of whole numbers (n, columns) within the tables' range."""
    coder = coding.stack.AnsCoder()
    for column, table in reversed(list(zip(numbers.T, tables, strict=True))):
        if len(table.chances) > 1:
            symbols = np.ascontiguousarray(column - table.low, np.int32)
            coder.encode_reverse(symbols, coding.model.Categorical(table.chances, perfect=False))
    return coder.get_compressed()


def decoded(stream: np.ndarray, n: int, tables: list[Table]) -> np.ndarray:
    """The numbers (n, columns) back from their bitstream."""
    coder = coding.stack.AnsCoder(stream)
    columns = []
    for table in tables:
        symbols = np.zeros(n, np.int64)
        if len(table.chances) > 1:
            symbols = coder.decode(coding.model.Categorical(table.chances, perfect=False), n).astype(np.int64)
        columns.append(symbols + table.low)
    return np.column_stack(columns)
