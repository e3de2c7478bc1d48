"""Names that mean something else as well: a method, a file of every data set, a folder on some machines."""

import json
import re
from collections.abc import Iterable

from stages.common.registry import STAGES
from stages.common.stage import UserError


def check_architecture_names(architectures: list[str]) -> None:
    """No architecture is named like a classical method, beside which it is ranked, or like a file or a folder
    that a data set has."""
    root = STAGES.parent
    outputs = re.findall(r"\$\{item\.dataset\}(/[\w/]+)", (root / "dvc.yaml").read_text())
    kept = {part for path in outputs for part in path.split("/")}
    for path in sorted(root.glob("metrics/*/references.json")):
        kept |= {method for methods in json.loads(path.read_text())["scores"].values() for method in methods}
    for name in architectures:
        if name in kept:
            wrong = "which is the name of a method, or of a file that every data set has: rename its file"
            raise UserError(f"params.yaml: architectures has '{name}', {wrong}")


def check_alike(data: dict) -> None:
    """Names of data sets, which are names of folders, differ also where capital letters count for nothing."""
    for dataset in data:
        if other := alike(dataset, data):
            raise UserError(f"params.yaml: data has '{dataset}' and '{other}', one folder on some machines: rename one")


def alike(name: str, others: Iterable[str]) -> str | None:
    """Another name that differs in capital letters alone."""
    return next((other for other in others if other != name and other.lower() == name.lower()), None)
