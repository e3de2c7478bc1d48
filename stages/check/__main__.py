"""Check of params.yaml before anything runs, since DVC deletes a stage's results first; and fingerprints of all code.

python -m stages.check [--lists]

Networks are built once to see that they can be: code/checked.json remembers from which settings and code, in Git, so
that a fresh clone need not build them again.
"""

import hashlib
import json
from pathlib import Path

from stages.check.code import CODE, code_of_all, write
from stages.check.fingerprints import fingerprints
from stages.check.settings import check_blocks, check_lists
from stages.check.yaml_readings import check_readings
from stages.common.params import read_params
from stages.common.registry import names
from stages.common.stage import run

CHECKED = "checked"
NO_NETWORK = ("verdicts", "figures", "tasks")  # blocks that no network is built from


def digest(params: dict) -> str:
    """SHA-256 of the settings and the code that say which networks there are and how each is trained."""
    blocks = {name: block for name, block in params.items() if name not in NO_NETWORK}
    items = {kind: names(kind) for kind in ("architectures", "published/checks", "prepare/datasets")}
    code = fingerprints(["stages.check"], items)
    return hashlib.sha256(json.dumps([blocks, code]).encode()).hexdigest()


def digest_of_model(params: dict, architecture: str) -> str:
    """SHA-256 of the settings and the code that one untrained model comes of."""
    dataset = params["datasets"][0]
    blocks = [dataset, params["data"][dataset], params["training"], params["architecture"][architecture]]
    code = fingerprints(["stages.check.models", f"stages.architectures.{architecture}"], {})
    return hashlib.sha256(json.dumps([blocks, code]).encode()).hexdigest()


def digests(params: dict) -> dict:
    """What code/checked.json holds: SHA-256 of all networks, and of the untrained model of each architecture."""
    models = {architecture: digest_of_model(params, architecture) for architecture in params["architectures"]}
    return {"networks": digest(params), "models": models}


def remembered() -> dict:
    """What `main` wrote; empty where that cannot be read."""
    try:
        return json.loads((CODE / f"{CHECKED}.json").read_text())
    except (OSError, ValueError):
        return {}


def check_all_networks(params: dict, architectures: list[str]) -> None:
    """What takes TensorFlow; architectures: those whose models are tried."""
    from stages.train import determinism

    determinism.start(threads=1)  # loads TensorFlow without its notes
    from stages.check.ablations import check_ablations
    from stages.check.cells import check_cells, check_models, check_published

    for check in (check_cells, check_ablations, check_published):
        check(params)
    check_models(params, architectures)


def main(lists: bool = False) -> None:
    """lists: check no more than that DVC can make stages of params.yaml, in a moment; writes nothing."""
    params = read_params()
    check_readings(Path("params.yaml").read_text(), params)
    check_lists(params)
    if lists:
        return
    code = code_of_all(params)
    check_blocks(params)
    known, before = digests(params), remembered()
    if before != known:
        tried = before.get("models", {})
        check_all_networks(params, [name for name, own in known["models"].items() if tried.get(name) != own])
    write(code | {CHECKED: known})
    print(f"params.yaml is valid; code/ has the fingerprints of {len(code)} stages and items")


if __name__ == "__main__":
    run(main)
