"""Description of a task: what it measures, which way is better and how differences are stated, in words for reports."""

from typing import NamedTuple

BEST, EQUIVALENT, WORSE, UNDECIDED = "best", "equivalent", "worse", "undecided"
ONE_SEED = "one seed"  # in place of a verdict
INSUFFICIENT = "insufficient"  # the kind of a decision where no method is good enough
FLOOR = "pca"  # needs no training: the classical method where a task has no other
TAKE, AS_GOOD, CANDIDATE = "take", "as good", "candidate"  # what an architecture is for a task, see judge/ranking.py


class Case(NamedTuple):
    """A condition under which a task is judged by itself, since the answer may be another than under the next."""

    name: str  # in words, such as "noise of sigma 0.1"
    measure: str  # of the scores, which ranks architectures; who has none is not in this case
    scale: str = ""  # of cases that differ in a number alone: words with {} in its place, such as "{} bits per pixel"
    level: float | None = None  # that number; the cases of a scale stand together, the lowest first


class Task(NamedTuple):
    """What a task says of itself. It travels with the scores, so that comparing them needs no code of the task."""

    measure: str  # the main measure, which ranks architectures; "" where the task has cases, which have theirs
    better: str  # "lower" or "higher"
    label: str  # the main measure as people write it
    margin: str  # differences are "relative" to the other score or "absolute", in the unit
    unit: str = ""
    headline: tuple[str, ...] = ()  # measures that `dvc metrics show` shows; filled in where the task has cases
    columns: dict[str, str] = {}  # noqa: RUF012  measure -> heading of the report's table, those of cases left out
    bounds: tuple[str, ...] = ()  # references that are no rivals: trivial, or beyond what can be expected
    usable: dict[str, float] = {}  # noqa: RUF012  measure -> what it has to be above for an architecture to be of use,
    # besides being better than the best classical method by more than the margin
    name: str = ""  # of its file, filled in with the four below when the scores are written
    about: str = ""  # first sentence of its docstring
    method: str = ""  # how it is measured with these options, a paragraph
    options: dict = {}  # noqa: RUF012  its block in params.yaml
    cases: tuple[Case, ...] = ()  # with these options, where it has several
    case: str = ""  # the name of the one that is looked at, see `by_case`

    @property
    def lower_is_better(self) -> bool:
        """Whether a smaller main measure is better."""
        return self.better == "lower"

    def by_case(self) -> dict[str, "Task"]:
        """Name of a case -> the task in this case, which has a measure; "" -> the task itself where it has no cases."""
        cases = self.described()
        return {case.name: self._replace(case=case.name, measure=case.measure) for case in cases} or {"": self}

    def described(self) -> list[Case]:
        """Its cases, which JSON has kept as lists."""
        return [Case(*case) for case in self.cases]
