"""Progress of a run: a line for each stage, the time that is left, and first answers."""

from collections import defaultdict
from contextlib import suppress
from statistics import fmean

from tqdm import tqdm

from tools.run.early import Early
from tools.run.stage_names import parts


class Bar(tqdm):
    """A bar that is silent where it was interrupted while it was made."""

    def __del__(self):
        with suppress(AttributeError):
            self.close()


class Progress:
    """What became of stages, as it is said while others run. names: of all stages."""

    def __init__(self, names: list[str]):
        self.names = names
        self.outcomes: dict[str, str] = {}  # name -> "unchanged", "cached", "ran" or "failed"
        self.seconds: defaultdict[str, list[float]] = defaultdict(list)  # kind of stage -> what each took
        self.bar = Bar(total=len(names), disable=None, bar_format="{n}/{total} |{bar}| {desc}")
        self.early = Early(names, self.bar.write)

    def note(self, name: str, outcome: str, seconds: float | None = None, error: BaseException | None = None) -> None:
        """Say what became of a stage: the seconds that it ran, or why it failed."""
        self.outcomes[name] = outcome
        if outcome == "ran":
            self.seconds[parts(name)[0]].append(seconds)
            self.bar.write(f"{name}: ran in {seconds:.1f} s{self.early.known(name)}")
        elif outcome != "unchanged":
            self.bar.write(f"{name}: {outcome}" + f"\n{error}\n" * (outcome == "failed"))

    def show(self, running: int) -> None:
        """Bring the bar up to date."""
        text = f"{running} running, {list(self.outcomes.values()).count('failed')} failed"
        if running and self.seconds:
            means = {name: fmean(taken) for name, taken in self.seconds.items()}
            kinds = [parts(name)[0] for name in self.names if name not in self.outcomes]
            rest = [means.get(kind, fmean(means.values())) for kind in kinds]
            text += f", {tqdm.format_interval(sum(rest) / running)} left"
        self.bar.n = len(self.outcomes)
        self.bar.set_description_str(text)
