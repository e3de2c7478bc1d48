"""Checks of published figures: each entry has a check and what it takes, where somebody published such a figure."""

from stages.common.params import short
from stages.common.registry import load
from stages.common.stage import UserError
from stages.published.table import published
from stages.validate.blocks import check, check_bounds, keywords
from stages.validate.settings import CELL, check_names


def check_published(params: dict) -> None:
    """Every entry names a check, and a data set and an architecture of which it knows a figure; and has its options.

    What check_lists has let pass. Raises UserError in one line that names key, value and what is allowed.
    """
    cells = [(row["check"], row["dataset"], row["architecture"]) for row in published()]
    for name, block in params["published"].items():
        where = f"published.{name}"
        check_names([block["check"]], "published/checks", f"{where}.check")
        check_names([block["dataset"]], "prepare/datasets", f"{where}.dataset", params["data"])
        if tuple(block[key] for key in CELL) not in cells:
            known = dict.fromkeys(f"{d} {a}" for check, d, a in cells if check == block["check"])
            raise UserError(
                f"params.yaml: {where} = {short(block)}: {block['check']} knows figures of {', '.join(known)} alone"
            )
        module = load("published/checks", block["check"])
        check(dict.fromkeys(CELL, str) | keywords(module.measure), block, where)
        check_bounds(block, where)
