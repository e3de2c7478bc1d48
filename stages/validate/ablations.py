"""Checks of ablations: each changes what there is, what training reads, and is run by a stage."""

import re

from stages.ablate.variants import Variant, variants_of
from stages.common.params import changed, short
from stages.common.stage import UserError
from stages.validate import relations
from stages.validate.blocks import ABLATED, check
from stages.validate.settings import check_cell, check_names, folders

NO_RESULT = ("threads",)  # settings of training that say how fast, not how well


def check_ablations(params: dict) -> None:
    """Every ablation varies what there is and what training reads, over values that are allowed and differ."""
    check(ABLATED, params["ablated"], "ablated")
    own = folders(params)
    check_names(
        params["ablated"]["datasets"], "prepare/datasets", "ablated.datasets", params["ablations"], empty=True, own=own
    )
    check_names(
        params["ablated"]["architectures"], "architectures", "ablated.architectures", params["architecture"], empty=True
    )
    for dataset, block in params["ablations"].items():
        check_names([dataset], "prepare/datasets", "ablations", params["data"], own=own)
        if not isinstance(block, dict):
            raise UserError(f"params.yaml: ablations.{dataset} = {short(block)}: should be a block of settings")
        for setting, values in block.items():
            _check_values(params, dataset, setting, values)
        if dataset not in (params["ablated"]["datasets"] or [dataset]):
            raise UserError(f"params.yaml: ablations.{dataset} is run by no stage: ablated.datasets does not list it")
        with relations.networks_without_memory():
            owners = {owner for values in block.values() for owner in _owners(values)}
            for architecture in sorted({params["architectures"][0], *params["ablated"]["architectures"], *owners}):
                for variant in variants_of(params, dataset, architecture):
                    check_variant(params, dataset, architecture, variant)


def _owners(values) -> set[str]:
    """Architectures that a block of changes concerns."""
    changes = values if isinstance(values, dict) else {}
    return {key.split(".")[1] for key in changes if key.startswith("architecture.")}


def _check_values(params: dict, dataset: str, setting: str, values) -> None:
    where = f"params.yaml: ablations.{dataset}.{setting} = {short(values)}"
    if not re.fullmatch(r"\w+", setting, re.ASCII):
        raise UserError(f"params.yaml: ablations.{dataset} has {short(setting)}: names have letters, digits, _ alone")
    if not isinstance(values, dict | list) or not values:
        raise UserError(f"{where}: should be a list of values, or a block of settings that change together")
    if setting == "seeds":
        raise UserError(f"{where}: all variants have the seeds of the comparison; only a block may change them")
    if isinstance(values, dict) and not all(isinstance(key, str) for key in values):
        raise UserError(f"{where}: should name settings, such as training.learning_rate")
    if isinstance(values, list) and len(set(map(str, values))) != len(values):
        raise UserError(f"{where}: should be different values")
    owners, ablated = _owners(values), set(params["ablated"]["architectures"])
    check_names(list(owners), "architectures", "ablations, architecture", params["architecture"], empty=True)
    if len(owners) > 1:
        raise UserError(f"{where}: should change one architecture; a block for each of {', '.join(sorted(owners))}")
    if ablated and not owners <= ablated:
        raise UserError(f"{where} is run by no stage: ablated.architectures does not list {', '.join(owners)}")


def check_variant(params: dict, dataset: str, architecture: str, variant: Variant) -> None:
    """Settings as one ablation changes them; only what training this architecture on this data set reads."""
    read = (f"data.{dataset}.", "training.", f"architecture.{architecture}.")
    for key in variant.changes:
        last = str(key).rpartition(".")[2]
        if not str(key).startswith(read) or last in ("image_size", "anomalies"):
            raise UserError(
                f"params.yaml: ablations.{dataset}.{variant.setting} changes {short(key)}, which training "
                f"{architecture} on {dataset} does not read"
            )
        if last in NO_RESULT:
            raise UserError(
                f"params.yaml: ablations.{dataset}.{variant.setting} changes {key}, which says how fast, not how well"
            )
    after = changed(params, variant.changes)
    check_cell(after, dataset, architecture)
    if not all(key.startswith("training.") for key in variant.changes):
        relations.check_cell(after, dataset, architecture)
