"""Checks of all settings: names that exist, blocks that hold what they may, ablations that change what there is."""

from stages.ablate.variants import Variant, variants_of
from stages.common.params import changed
from stages.common.registry import load, names
from stages.common.stage import UserError
from stages.evaluate.classifier import CLASSIFIER
from stages.validate.blocks import ABLATED, DATA, FIGURES, SPLIT, TRAINING, check, keywords

KINDS = {  # of all blocks
    "datasets": list,
    "architectures": list,
    "data": dict,
    "split": dict,
    "training": dict,
    "architecture": dict,
    "tasks": dict,
    "classifier": dict,
    "figures": dict,
    "ablated": dict,
    "ablations": dict,
}


def check_names(values, kind: str, where: str, blocks: dict | None = None, empty: bool = False) -> None:
    """A list of different names, each with a file in stages/<kind>/ and, where `blocks` is given, a block in it."""
    if not isinstance(values, list) or not (values or empty) or len(set(map(str, values))) != len(values):
        raise UserError(f"params.yaml: {where} = {values!r}: should be a list of different names")
    for name in values:
        if name not in names(kind):
            raise UserError(f"params.yaml: {where} has '{name}'; stages/{kind}/ has {', '.join(names(kind))}")
        if blocks is not None and name not in blocks:
            raise UserError(f"params.yaml: {where} has '{name}', which has no block of settings")


def check_cell(params: dict, dataset: str, architecture: str) -> None:
    """All that training one architecture on one data set reads."""
    check(TRAINING, params["training"], "training")
    check(DATA, params["data"].get(dataset), f"data.{dataset}")
    build = load("architectures", architecture).build
    check(keywords(build), params["architecture"].get(architecture), f"architecture.{architecture}")


def check_params(params: dict) -> None:
    """All blocks but the ablations. Raises UserError in one line that names key, value and what is allowed."""
    check(dict.fromkeys(KINDS, object), params, "params.yaml")
    for block, kind in KINDS.items():
        if not isinstance(params[block], kind):
            what = "a block of settings" if kind is dict else "a list of names"
            raise UserError(f"params.yaml: {block} = {params[block]!r}: should be {what}")
    check_names(params["datasets"], "prepare/datasets", "datasets", params["data"])
    check_names(params["architectures"], "architectures", "architectures", params["architecture"])
    check_names(list(params["tasks"]), "evaluate/tasks", "tasks")
    check(TRAINING, params["training"], "training")
    check(SPLIT, params["split"], "split")
    for dataset, block in params["data"].items():
        check(DATA, block, f"data.{dataset}")
        check_names([block["anomalies"]], "prepare/datasets", f"data.{dataset}.anomalies")
    check(CLASSIFIER, params["classifier"], "classifier")
    for architecture, block in params["architecture"].items():
        allowed = keywords(load("architectures", architecture).build)
        if block and not allowed:
            raise UserError(f"params.yaml: architecture.{architecture} = {block!r}: it takes no settings, write {{}}")
        check(allowed, block, f"architecture.{architecture}")
    for task, block in params["tasks"].items():
        check(keywords(load("evaluate/tasks", task).score), block, f"tasks.{task}")
    check(FIGURES, params["figures"], "figures")
    for kind, listed in params["figures"].items():
        check_names(listed, f"compare/figures/{kind}", f"figures.{kind}")


def check_ablations(params: dict) -> None:
    """Every ablation varies what there is and what training reads, over values that are allowed and differ."""
    check(ABLATED, params["ablated"], "ablated")
    check_names(params["ablated"]["datasets"], "prepare/datasets", "ablated.datasets", params["ablations"], empty=True)
    check_names(
        params["ablated"]["architectures"], "architectures", "ablated.architectures", params["architecture"], empty=True
    )
    for dataset, block in params["ablations"].items():
        check_names([dataset], "prepare/datasets", "ablations", params["data"])
        if not isinstance(block, dict):
            raise UserError(f"params.yaml: ablations.{dataset} = {block!r}: should be a block of settings")
        for setting, values in block.items():
            _check_values(dataset, setting, values)
        for architecture in _concerned(params, block):
            for variant in variants_of(params, dataset, architecture):
                check_variant(params, dataset, architecture, variant)


def _concerned(params: dict, block: dict) -> set[str]:
    """Architectures that ablations change or are run for; one at least, for the settings that all share."""
    changes = [key for values in block.values() if isinstance(values, dict) for key in values]
    owners = {key.split(".")[1] for key in changes if key.startswith("architecture.")}
    check_names(list(owners), "architectures", "ablations, architecture", params["architecture"], empty=True)
    return {params["architectures"][0], *params["ablated"]["architectures"], *owners}


def _check_values(dataset: str, setting: str, values) -> None:
    where = f"params.yaml: ablations.{dataset}.{setting} = {values!r}"
    if not isinstance(values, dict | list) or not values:
        raise UserError(f"{where}: should be a list of values, or a block of settings that change together")
    if setting == "seeds":
        raise UserError(f"{where}: all variants have the seeds of the comparison; only a block may change them")
    if isinstance(values, dict) and not all(isinstance(key, str) for key in values):
        raise UserError(f"{where}: should name settings, such as training.learning_rate")
    if isinstance(values, list) and len(set(map(str, values))) != len(values):
        raise UserError(f"{where}: should be different values")


def check_variant(params: dict, dataset: str, architecture: str, variant: Variant) -> None:
    """Settings as one ablation changes them; only what training this architecture on this data set reads."""
    read = (f"data.{dataset}.", "training.", f"architecture.{architecture}.")
    for key in variant.changes:
        if not str(key).startswith(read) or str(key).rpartition(".")[2] in ("image_size", "anomalies"):
            raise UserError(
                f"params.yaml: ablations.{dataset}.{variant.setting} changes {key}, which training {architecture} on "
                f"{dataset} does not read"
            )
    check_cell(changed(params, variant.changes), dataset, architecture)
