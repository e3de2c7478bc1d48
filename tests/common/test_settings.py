"""Blocks of settings: attributes of the stated types, and nothing else."""

import pytest
from pydantic import ValidationError

from stages.common.settings import Block, Rate, Seeds, different, read_block, rising
from stages.common.stage import UserError


class Walk(Block):
    """A block."""

    speed: Rate
    seeds: Seeds


class Part(Walk, extra="ignore"):
    """The same, of a block that others read as well."""


def test_a_block_becomes_attributes():
    walk = read_block(Walk, {"data": {"digits": {"speed": 1, "seeds": [3, 1]}}}, "data", "digits")
    assert (walk.speed, walk.seeds) == (1.0, [3, 1]) and list(walk.model_dump()) == ["speed", "seeds"]
    with pytest.raises(ValidationError, match="frozen"):
        walk.speed = 0.5


@pytest.mark.parametrize(
    "block",
    [
        None,
        3,
        ["speed"],
        {"speed": 0.5},
        {"speed": "0.5", "seeds": [1]},
        {"speed": float("nan"), "seeds": [1]},
        {"speed": True, "seeds": [1]},
        {"speed": 0.5, "seeds": [1, 1]},
        {"speed": 0.5, "seeds": [10**9]},
        {"speed": 0.5, "seeds": [1], "sped": 1},
    ],
)
def test_what_is_no_such_block_is_told_in_a_line(block):
    """Of a stage that runs without the check, which says more."""
    with pytest.raises(UserError, match=r"^params\.yaml: walk is not what it should be: `python -m stages\.check`"):
        read_block(Walk, {"walk": block}, "walk")


def test_a_block_that_is_missing():
    with pytest.raises(UserError, match=r"^params\.yaml has no data\.moon$"):
        read_block(Walk, {"data": {}}, "data", "moon")


def test_a_part_leaves_the_rest_to_others():
    assert read_block(Part, {"walk": {"speed": 0.5, "seeds": [1], "anomalies": "x"}}, "walk").seeds == [1]


def test_lists():
    assert different([2, 1]) == [2, 1] and rising([1, 2.5]) == [1, 2.5]
    for values in ([1, 1], [2, 1]):
        with pytest.raises(ValueError, match="rise"):
            rising(values)
