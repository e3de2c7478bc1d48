"""Phrases of verdicts: differences, chances, counts and lists as people write them."""

from stages.common.names import spoken
from stages.common.task import FLOOR, Task

SHOWN = 3  # names in a sentence, before "and 4 more"


def gain(value: float, task: Task) -> str:
    """A difference as people write it, + is better: in per cent or in the unit of the task's main measure."""
    if task.margin == "relative":  # of seeds that differ wildly an interval reaches into the millions
        return f"{signed(100 * value, 0)} %" if value >= -10 else "below -1,000 %"
    return f"{signed(value, 2)} {task.unit}" if task.unit else signed(value, 3)


def signed(value: float, digits: int) -> str:
    """A number with so many decimals and its sign, which one that is rounded to 0 has not."""
    text = f"{value:+.{digits}f}"
    return text if float(text) else text[1:]


def is_less(task: Task) -> bool:
    """Whether a gain is a share of an error that is gone, which "+70 % over PCA" would have read as more of it."""
    return task.margin == "relative" and task.lower_is_better


def gain_over(value: float, other: str, task: Task) -> str:
    """A gain over a method: "70 % less than PCA", "+1.20 dB over median"."""
    if not is_less(task):
        return f"{gain(value, task)} over {spoken(other)}"
    size = f"{abs(100 * value):.0f} %" if value >= -10 else "over 1,000 %"
    return f"{size} {'less' if value > 0 else 'more'} than {spoken(other)}"


def advantage(values: list[float], others: list[str], task: Task) -> str:
    """Gains over classical methods, one for each value, as a sentence has them: "+1.2 to +3.4 dB over median", "70 %
    lower test MSE than PCA"; "" without any."""
    if not values:
        return ""
    other = spoken(others[0]) if len(set(others)) == 1 else "the best classical method"
    if is_less(task):
        return f"{_lower(min(values), max(values))} {task.label} than {other}"
    ends = list(dict.fromkeys(gain(value, task) for value in (min(values), max(values))))
    unit = " %" if task.margin == "relative" else f" {task.unit}" if task.unit else ""
    return f"{' to '.join(end.removesuffix(unit) for end in ends)}{unit} over {other}"


def _lower(least: float, most: float) -> str:
    """From a least to a most gain of an error, in words: "50 to 75 % lower", "20 % lower to 5 % higher"."""
    low, high = sorted(round(abs(100 * value)) for value in (least, most))
    if least <= 0 < most:
        return f"{100 * most:.0f} % lower to {-100 * least:.0f} % higher"
    return f"{low} to {high} %" * (low < high) + f"{low} %" * (low == high) + (" lower" if most > 0 else " higher")


def without_network(kind: str, name: str) -> str:
    """What stands behind the first name of a decision of this kind, where that is no network; PCA never is one."""
    return " (classical)" if kind == "none" or name == FLOOR else ""


def measured(row: dict, task: Task) -> str:
    """The mean of a ranked row with its unit."""
    return f"{row['mean']:.3g}{f' {task.unit}' if task.unit else ''}"


def chance(value: float) -> str:
    """A chance in per cent; none is certain, since all are shares of draws."""
    return "more than 99 %" if value > 0.99 else "less than 1 %" if value < 0.01 else f"{100 * value:.0f} %"


def many(value: float) -> str:
    """A count of three digits: 950, 311 k, 1.24 M."""
    rounded = float(f"{value:.3g}")
    size, unit = next((one for one in ((1e9, " G"), (1e6, " M"), (1e3, " k")) if rounded >= one[0]), (1, ""))
    return f"{rounded / size:.3g}{unit}"


def numbers(count: int) -> str:
    """A size of the latent: 1 number, 32 numbers."""
    return f"{count} number{'s' * (count != 1)}"


def listed(words: list[str]) -> str:
    """Words as people list them: a, b and c."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def shortened(words: list[str]) -> str:
    """The first words as people list them, and how many more there are."""
    return listed(words) if len(words) <= SHOWN else f"{', '.join(words[:SHOWN])} and {len(words) - SHOWN} more"
