"""Checks of all settings but ablations and published figures: names that exist, blocks that hold what they may."""

import re
from pathlib import Path

from stages.common.params import short
from stages.common.registry import load, names
from stages.common.stage import UserError
from stages.evaluate.classifier import CLASSIFIER
from stages.validate import relations
from stages.validate.blocks import (
    DATA,
    FIGURES,
    FOLDER,
    SPLIT,
    TRAINING,
    TUNING,
    VERDICTS,
    check,
    check_bounds,
    keywords,
)

KINDS = {  # of all blocks
    "datasets": list,
    "architectures": list,
    "data": dict,
    "split": dict,
    "training": dict,
    "tuning": dict,
    "architecture": dict,
    "tasks": dict,
    "verdicts": dict,
    "classifier": dict,
    "figures": dict,
    "ablated": dict,
    "ablations": dict,
    "published": dict,
}

CELL = ("check", "dataset", "architecture")  # of an entry of `published`
LISTS = ("datasets", "architectures", "ablated.datasets", "ablated.architectures")  # that dvc.yaml makes stages of


def check_lists(params: dict) -> None:
    """The lists, and the entries of `published`, that DVC makes stages of: where one is none, DVC stops before it runs
    any check."""
    for where in LISTS:
        values = params
        for part in where.split("."):
            values = values.get(part) if isinstance(values, dict) else None
        if not isinstance(values, list):
            raise UserError(f"params.yaml: {where} = {short(values)}: should be a list of names, [] for none")
    entries = params.get("published")
    if not isinstance(entries, dict):
        raise UserError(f"params.yaml: published = {short(entries)}: should be a block of checks, {{}} for none")
    for name, block in entries.items():
        where = f"params.yaml: published.{name}"
        if not re.fullmatch(r"\w+", name, re.ASCII):
            raise UserError(f"params.yaml: published has {short(name)}: names have letters, digits, _ alone")
        for key in CELL:
            if not (isinstance(block, dict) and isinstance(block.get(key), str)):
                raise UserError(f"{where} = {short(block)}: should be a block with {', '.join(CELL)}, which are names")


def check_names(
    values, kind: str, where: str, blocks: dict | None = None, empty: bool = False, own: list[str] | tuple = ()
) -> None:
    """A list of different names, each with a file in stages/<kind>/, or one's `own`, and, where `blocks` is given, a
    block in it."""
    if not isinstance(values, list) or not (values or empty) or len(set(map(str, values))) != len(values):
        raise UserError(f"params.yaml: {where} = {short(values)}: should be a list of different names")
    for name in values:
        if name not in own and name not in names(kind):
            raise UserError(f"params.yaml: {where} has {short(name)}; stages/{kind}/ has {', '.join(names(kind))}")
        if blocks is not None and name not in blocks:
            raise UserError(f"params.yaml: {where} has '{name}', which has no block of settings")


def folders(params: dict) -> list[str]:
    """Names of the data sets that are folders of one's own."""
    return [name for name, block in params["data"].items() if isinstance(block, dict) and block.get("folder")]


def check_source(dataset: str, block: dict) -> None:
    """Where the images of a data set and its anomalies come from: files in stages/prepare/datasets/, or folders."""
    where, built_in = f"data.{dataset}", dataset in names("prepare/datasets")
    if built_in == bool(block["folder"]):
        raise UserError(
            f"params.yaml: {where}.folder = {short(block['folder'])}: "
            + ("should be empty, since stages/prepare/datasets/ has it" if built_in else "`make own` writes it")
        )
    if block["folder"]:
        check(FOLDER, block["folder"], f"{where}.folder")
        if not re.fullmatch(r"\w+", dataset, re.ASCII):
            raise UserError(f"params.yaml: data has {short(dataset)}: names have letters, digits, _ alone")
        if Path(block["anomalies"]).is_absolute():
            return
    check_names([block["anomalies"]], "prepare/datasets", f"{where}.anomalies")


def check_cell(params: dict, dataset: str, architecture: str) -> None:
    """All that training one architecture on one data set reads."""
    check(TRAINING, params["training"], "training")
    check(DATA, params["data"].get(dataset), f"data.{dataset}")
    check_architecture(params, architecture)


def check_architecture(params: dict, architecture: str) -> None:
    """The block of an architecture: what its `build` takes."""
    block, where = params["architecture"].get(architecture), f"architecture.{architecture}"
    check(keywords(load("architectures", architecture).build), block, where)
    check_bounds(block, where)


def check_tuning(params: dict) -> None:
    """Trials that can begin with the settings of `training`, and a draw that no seed of a data set repeats."""
    tuning, training = params["tuning"], params["training"]
    check(TUNING, tuning, "tuning")
    low, high = tuning["learning_rate"]
    inside = low <= training["learning_rate"] <= high
    for name in ("learning_rate", "activation", "output"):
        if tuning["trials"] and not (inside if name == "learning_rate" else training[name] in tuning[name]):
            raise UserError(
                f"params.yaml: training.{name} = {training[name]!r}: with tuning.trials above 0 it is where tuning "
                f"begins, so it should be in tuning.{name}, {tuning[name]!r}"
            )
    for dataset, block in params["data"].items():
        if tuning["draw"] in block["seeds"]:
            raise UserError(f"params.yaml: tuning.draw = {tuning['draw']!r}: is a seed of data.{dataset} as well")


def check_params(params: dict) -> None:
    """All blocks but ablations and published figures.

    Raises UserError in one line that names key, value and what is allowed.
    """
    check_kinds(params)
    check_names(params["datasets"], "prepare/datasets", "datasets", params["data"], own=folders(params))
    check_names(params["architectures"], "architectures", "architectures", params["architecture"])
    check_names(list(params["tasks"]), "evaluate/tasks", "tasks")
    check(TRAINING, params["training"], "training")
    check(SPLIT, params["split"], "split")
    for dataset, block in params["data"].items():
        check(DATA, block, f"data.{dataset}")
        check_source(dataset, block)
    check_tuning(params)
    check(CLASSIFIER, params["classifier"], "classifier")
    check_bounds(params["classifier"], "classifier")
    for architecture in params["architecture"]:
        check_architecture(params, architecture)
    for task, block in params["tasks"].items():
        check(keywords(load("evaluate/tasks", task).score), block, f"tasks.{task}")
        check_bounds(block, f"tasks.{task}")
        relations.check_task(task, block)
    check(VERDICTS, params["verdicts"], "verdicts")
    check_names(list(params["verdicts"]["margins"]), "evaluate/tasks", "verdicts.margins")
    for task in params["tasks"]:
        if task not in params["verdicts"]["margins"]:
            raise UserError(f"params.yaml: verdicts.margins.{task} is missing: within it one is as good as the best")
    check(FIGURES, params["figures"], "figures")
    for kind, listed in params["figures"].items():
        check_names(listed, f"compare/figures/{kind}", f"figures.{kind}")
    with relations.networks_without_memory():
        for dataset in params["datasets"]:
            for architecture in params["architectures"]:
                relations.check_cell(params, dataset, architecture)


def check_kinds(params: dict) -> None:
    """Every block is there and is a list or a block."""
    unknown = [name for name in params if name not in KINDS]
    if unknown:
        raise UserError(
            f"params.yaml: {unknown[0]} = {short(params[unknown[0]])}: no such block; there are {', '.join(KINDS)}"
        )
    for block, kind in KINDS.items():
        if block not in params:
            raise UserError(f"params.yaml: {block} is missing")
        if not isinstance(params[block], kind):
            what = "a block of settings, {} for none" if kind is dict else "a list of names, [] for none"
            raise UserError(f"params.yaml: {block} = {short(params[block])}: should be {what}")
