"""A codec of latents: a quantiser and the tables of an entropy coder, which arrays can keep."""

from typing import NamedTuple

import numpy as np

from stages.evaluate.measures.entropy_coding import Table, clipped, encoded
from stages.evaluate.measures.quantisation import Quantiser


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
        arrays = {
            "lows": np.array([table.low for table in self.tables]),
            "sizes": np.array([len(table.chances) for table in self.tables]),
            "chances": np.concatenate([table.chances for table in self.tables]),
        }
        return arrays if self.quantiser is None else arrays | self.quantiser._asdict()


def codec_of(arrays: dict[str, np.ndarray]) -> Codec:
    """The codec whose `arrays` these are. Raises KeyError where one lacks."""
    chances = np.split(arrays["chances"], np.cumsum(arrays["sizes"])[:-1])
    tables = [Table(int(low), own) for low, own in zip(arrays["lows"], chances, strict=True)]
    if "steps" not in arrays:
        return Codec(tables)
    return Codec(tables, Quantiser(arrays["centre"], arrays["steps"], float(arrays["dead_zone"])))
