"""Description of a task: what it measures, which way is better and how differences are told, in words for reports."""

from typing import NamedTuple


class Task(NamedTuple):
    """What a task says of itself. It travels with the scores, so that comparing them needs no code of the task."""

    measure: str  # the main measure, which ranks architectures
    better: str  # "lower" or "higher"
    label: str  # the main measure as people write it
    margin: str  # differences are told "relative" to the other score or "absolute", in the unit
    unit: str = ""
    headline: tuple[str, ...] = ()  # measures that `dvc metrics show` shows
    columns: dict[str, str] = {}  # noqa: RUF012  measure -> heading of the report's table; never changed
    bounds: tuple[str, ...] = ()  # references that are no rivals: trivial, or beyond what can be expected
    usable: dict[str, float] = {}  # noqa: RUF012  measure -> what it has to be above for an architecture to be of use,
    # besides being better than the best method without a network
    name: str = ""  # of its file, filled in with the two below when the scores are written
    about: str = ""  # first sentence of its docstring
    options: dict = {}  # noqa: RUF012  its block in params.yaml

    @property
    def lower_is_better(self) -> bool:
        """Whether a smaller main measure is better."""
        return self.better == "lower"
