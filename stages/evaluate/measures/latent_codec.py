"""A codec of latents: a quantiser with a dead zone, and an entropy coder of whole numbers, to a bitstream and back:
asymmetric numeral systems, a static table for each column. Arrays can keep it.

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
    return np.clip(numbers, low, low + np.array([len(table.chances) - 1 for table in tables]))


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


class Quantiser(NamedTuple):
    """A uniform quantiser with a dead zone: the bin of 0 is `dead_zone` steps wide, those of other numbers are one.

    Numbers stand for whole multiples of the step. Behind a wide dead zone these lie nearer to the inner end of their
    bins, where a peaked distribution has more of its values.
    """

    centre: np.ndarray  # (k,), what 0 stands for
    steps: np.ndarray  # (k,)
    dead_zone: float  # 1 for none

    def numbers(self, latents: np.ndarray) -> np.ndarray:
        """Latents (n, k) -> whole numbers int32 (n, k)."""
        scaled = (latents - self.centre) / self.steps
        return (np.sign(scaled) * np.floor(np.abs(scaled) + (1 - self.dead_zone / 2))).astype(np.int32)

    def values(self, numbers: np.ndarray) -> np.ndarray:
        """Whole numbers (n, k) -> the latents that they stand for, float32 (n, k)."""
        return (self.centre + self.steps * numbers).astype(np.float32)


class Codec(NamedTuple):
    """A quantiser of latents (n, k), and a table for each of the columns that it gives."""

    tables: list[Table]
    quantiser: Quantiser | None = None  # None for a discrete latent, whose codes (n, positions) are numbers already

    def numbers(self, latents: np.ndarray) -> np.ndarray:
        """Latents, or codes -> whole numbers of the same shape that the tables can code."""
        return clipped(latents if self.quantiser is None else self.quantiser.numbers(latents), self.tables)

    def bits(self, numbers: np.ndarray) -> int:
        """What such numbers take in one bitstream."""
        return 32 * len(encoded(numbers, self.tables))

    def arrays(self) -> dict[str, np.ndarray]:
        """The codec as arrays by name, from which `codec_of` makes it again."""
        lows, parts = zip(*self.tables, strict=True)
        arrays = {"lows": np.array(lows), "sizes": np.array([len(part) for part in parts])}
        arrays["chances"] = np.concatenate(parts)
        return arrays if self.quantiser is None else arrays | self.quantiser._asdict()


def codec_of(arrays: dict[str, np.ndarray]) -> Codec:
    """The codec whose `arrays` these are. Raises KeyError where one lacks."""
    chances = np.split(arrays["chances"], np.cumsum(arrays["sizes"])[:-1])
    tables = [Table(int(low), part) for low, part in zip(arrays["lows"], chances, strict=True)]
    if "steps" not in arrays:
        return Codec(tables)
    return Codec(tables, Quantiser(arrays["centre"], arrays["steps"], float(arrays["dead_zone"])))
