"""What the report says of a sweep."""

import re

import pytest

from stages.report import answer


def point(value, change, verdict):
    return {"value": value, "change": change, "verdict": verdict, "scores": [0.01]}


AS_COMPARED = point(0.003, 0.0, "itself")
LOWER = point(0.001, -0.2, "better")
HIGHER = point(0.01, 0.3, "worse")


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ([AS_COMPARED, LOWER, HIGHER], "yes, 2 of 2 .* goes down to -20 % .* and up to \\+30 %"),
        ([AS_COMPARED, LOWER], "yes, 1 of 1 .* goes down to -20 % \\(vanilla, 0.001\\)\\.$"),
        ([AS_COMPARED, HIGHER], "yes, 1 of 1 .* goes up to \\+30 % \\(vanilla, 0.01\\)\\.$"),
        ([AS_COMPARED], "no, no value is told"),
    ],
)
def test_the_answer_where_values_are_better_worse_or_neither(points, said):
    (line,) = answer({"digits": {"vanilla": points}})
    assert re.search(said, line)
