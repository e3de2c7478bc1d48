"""Checks of ablations: each changes what there is, what training reads, and is run by a stage."""

from stages.ablate.variants import Ablated, Variant, setting_of, variants_of
from stages.check.blocks import check_names, check_new_name, mistake, parse
from stages.check.cells import check_cell, networks_without_memory
from stages.check.data_sets import folders
from stages.common.params import changed, short
from stages.common.stage import UserError
from stages.train.build import takes_part
from stages.train.settings import Budget

SCORED_ON = "reconstruction"  # the task of ablations


def check_ablations(params: dict) -> None:
    """Every ablation varies what there is and what training reads, over values that are allowed and differ."""
    ablated, user = parse(Ablated, params["ablated"], "ablated"), folders(params)
    check_names(ablated.datasets, "prepare/datasets", "ablated.datasets", params["ablations"], True, user)
    check_names(ablated.architectures, "architectures", "ablated.architectures", params["architecture"], empty=True)
    for architecture in ablated.architectures:
        if not takes_part(architecture, SCORED_ON):
            raise UserError(f"params.yaml: ablated.architectures has {architecture}, which is not for {SCORED_ON}")
    for dataset, block in params["ablations"].items():
        check_names([dataset], "prepare/datasets", "ablations", params["data"], besides=user)
        if not isinstance(block, dict):
            raise mistake(f"ablations.{dataset}", block, "should be a block of settings")
        for setting, values in block.items():
            _check_values(params, f"ablations.{dataset}", setting, values)
            _check_setting(params, dataset, setting, values)
        if dataset not in (ablated.datasets or [dataset]):
            raise UserError(f"params.yaml: ablations.{dataset} is run by no stage: ablated.datasets does not list it")
        with networks_without_memory():
            owners = set().union(*map(_owners, block.values()))
            for architecture in sorted({params["architectures"][0], *ablated.architectures, *owners}):
                for variant in variants_of(params, dataset, architecture):
                    check_variant(params, dataset, architecture, variant)


def _owners(values) -> set[str]:
    """Architectures that a block of changes concerns."""
    changes = values if isinstance(values, dict) else {}
    return {key.split(".")[1] for key in changes if key.startswith("architecture.")}


def _check_values(params: dict, block: str, setting: str, values) -> None:
    check_new_name(setting, block)
    where = f"{block}.{setting}"
    if not isinstance(values, dict | list) or not values:
        raise mistake(where, values, "should be a list of values, or a block of settings that change together")
    if setting == "seeds":
        raise mistake(where, values, "all variants have the seeds of the comparison; only a block may change them")
    if isinstance(values, dict) and not all(isinstance(key, str) for key in values):
        raise mistake(where, values, "should name settings, such as training.learning_rate")
    if isinstance(values, list) and len(set(map(str, values))) != len(values):
        raise mistake(where, values, "should be different values")
    owners, ablated = _owners(values), set(params["ablated"]["architectures"])
    check_names(list(owners), "architectures", "ablations, architecture", params["architecture"], empty=True)
    listed = ", ".join(sorted(owners))
    if len(owners) > 1:
        raise mistake(where, values, f"should change one architecture; a block for each of {listed}")
    if ablated and not owners <= ablated:
        raise mistake(where, values, f"is run by no stage: ablated.architectures does not list {listed}")


def _check_setting(params: dict, dataset: str, setting: str, values) -> None:
    """Values are of a setting that something which is ablated has."""
    architectures = params["ablated"]["architectures"] or params["architectures"]
    has = (setting_of(params, dataset, name, setting) for name in architectures)
    if isinstance(values, list) and not any(has):
        raise UserError(
            f"params.yaml: ablations.{dataset} has '{setting}', which stands neither in data.{dataset} nor in training "
            "nor in the block of an architecture that is ablated; several settings that change together are a block of "
            "dotted names"
        )


def check_variant(params: dict, dataset: str, architecture: str, variant: Variant) -> None:
    """Settings as one ablation changes them; only what training this architecture on this data set reads."""
    where = f"params.yaml: ablations.{dataset}.{variant.setting} changes"
    after, read = changed(params, variant.changes), {f"data.{dataset}.{name}" for name in Budget.model_fields}
    for key in variant.changes:
        if key not in read and not key.startswith(("training.", f"architecture.{architecture}.")):
            raise UserError(f"{where} {short(key)}, which training {architecture} on {dataset} does not read")
        if key == "training.threads":
            raise UserError(f"{where} {key}, which says how fast, not how well")
    check_cell(after, dataset, architecture, network=not all(key.startswith("training.") for key in variant.changes))
