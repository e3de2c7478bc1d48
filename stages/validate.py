"""Check all of params.yaml before anything runs: DVC deletes a stage's results before it starts the stage.

python -m stages.validate
"""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from stages import runtime
from stages.catalogue import UserError, load, names, read_params, run
from stages.changes import changed
from stages.classifier import CLASSIFIER
from stages.settings import DATA, IMAGE, SPLIT, TRAINING, check, check_cell, keywords
from stages.swept import cells, key_of, values

Names = Annotated[list[str], Field(min_length=1)]
EXPERIMENT = {"dataset": str, "architecture": str, "question": str, "changes": dict[str, Any]}
SWEEP = {"settings": Names, "datasets": Names, "architectures": Names}
OUTLIERS = {"outliers": str}
FIGURES = {"cell": Names, "dataset": Names}
BLOCKS = {
    "datasets",
    "architectures",
    "data",
    "split",
    "training",
    "architecture",
    "tasks",
    "classifier",
    "figures",
    "experiments",
    "sweeps",
}


def check_names(values, kind: str, where: str, blocks: dict | None = None) -> None:
    """A list of different names, each with a file in stages/<kind>/ and, where `blocks` is given, a block in it."""
    if not isinstance(values, list) or not values or len(set(map(str, values))) != len(values):
        raise UserError(f"params.yaml: {where} = {values!r}: should be a list of different names")
    for name in values:
        if name not in names(kind):
            raise UserError(f"params.yaml: {where} has '{name}'; stages/{kind}/ has {', '.join(names(kind))}")
        if blocks is not None and name not in blocks:
            raise UserError(f"params.yaml: {where} has '{name}', which has no block of settings")


def check_params(params: dict) -> None:
    """Raises UserError in one line that names key, value and what is allowed."""
    check(dict.fromkeys(sorted(BLOCKS), dict | list), params, "params.yaml")
    for block in ("data", "architecture", "tasks", "experiments", "sweeps"):
        if not isinstance(params[block], dict):
            raise UserError(f"params.yaml: {block} = {params[block]!r}: should be a block of settings")
    check_names(params["datasets"], "datasets", "datasets", params["data"])
    check_names(params["architectures"], "architectures", "architectures", params["architecture"])
    check_names(list(params["tasks"]), "tasks", "tasks")
    check(TRAINING, params["training"], "training")
    check(SPLIT, params["split"], "split")
    for dataset, block in params["data"].items():
        check(OUTLIERS | IMAGE | DATA, block, f"data.{dataset}")
        check_names([block["outliers"]], "datasets", f"data.{dataset}.outliers")
    check(CLASSIFIER, params["classifier"], "classifier")
    for architecture, block in params["architecture"].items():
        if block and not keywords(load("architectures", architecture).build):
            raise UserError(f"params.yaml: architecture.{architecture} = {block!r}: it takes no settings, write {{}}")
        check(keywords(load("architectures", architecture).build), block, f"architecture.{architecture}")
    for task, block in params["tasks"].items():
        check(keywords(load("tasks", task).score), block, f"tasks.{task}")
    check(FIGURES, params["figures"], "figures")
    for kind, listed in params["figures"].items():
        check_names(listed, f"figures/{kind}", f"figures.{kind}")


def check_experiments(params: dict) -> None:
    """Every experiment changes settings that exist, to values that are allowed."""
    for name, block in params["experiments"].items():
        check(EXPERIMENT, block, f"experiments.{name}")
        check_names([block["dataset"]], "datasets", f"experiments.{name}.dataset", params["data"])
        check_names(
            [block["architecture"]], "architectures", f"experiments.{name}.architecture", params["architecture"]
        )
        check_cell(changed(params, block["changes"]), block["dataset"], block["architecture"])


def check_sweeps(params: dict) -> None:
    """Every sweep varies a setting that exists, over values that are allowed and differ."""
    for name, block in params["sweeps"].items():
        if name != "values":
            check(SWEEP, block, f"sweeps.{name}")
            check_names(block["datasets"], "datasets", f"sweeps.{name}.datasets", params["data"])
            check_names(block["architectures"], "architectures", f"sweeps.{name}.architectures", params["architecture"])
    varied = dict.fromkeys(setting for setting, _, _ in cells(params))
    check(dict.fromkeys(varied, Annotated[list, Field(min_length=1)]), params["sweeps"].get("values"), "sweeps.values")
    for setting, dataset, architecture in cells(params):
        key, (compared, others) = key_of(params, dataset, setting), values(params, dataset, setting)
        if len(set(map(str, others))) != len(others) or not others:
            raise UserError(
                f"params.yaml: sweeps.values.{setting} should be different values besides {compared}, got {others!r}"
            )
        for value in others:
            check_cell(changed(params, {key: value}), dataset, architecture)


def main() -> None:
    params = read_params()
    runtime.start(threads=1)  # loads TensorFlow without its notes
    check_params(params)
    check_experiments(params)
    check_sweeps(params)
    Path("data/validated").write_text("params.yaml is valid\n")


if __name__ == "__main__":
    run(main)
