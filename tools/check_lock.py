"""Check that the committed results belong to the committed code and settings.

python -m tools check-lock

Needs neither data nor the DVC cache. Ends with 1 and a list of the stale stages: code, settings or command changed
after dvc.lock, metrics or plots were recorded, or an input of the stage was made anew since, such as the classifier, so
that scores are not comparable. What is merely absent under data/, as in a fresh clone, counts as present, and a stage
that has never been run is not stale.
"""

import json
import subprocess
import sys
from pathlib import Path

from ruamel.yaml import YAML

from tools.command import FailedError

ABSENT = {"deleted", "not in cache"}


def stale(status: dict[str, list]) -> dict[str, list[str]]:
    """From the output of `dvc status --json`, what is wrong with each stage, in words; stages without fault left out.

    status: stage -> entries such as {"changed deps": {"params.yaml": {"training.patience": "modified"}}}
    """
    found = {}
    for stage, entries in sorted(status.items()):
        reasons = [entry for entry in entries if isinstance(entry, str)]  # "changed command", "changed checksum"
        for kind, changes in (pair for entry in entries if isinstance(entry, dict) for pair in entry.items()):
            what = "output" if kind == "changed outs" else "dependency"
            reasons += [f"{what} {path}: {change}" for path, change in _flat(changes)]
        if reasons:
            found[stage] = sorted(reasons)
    return found


def outdated(stages: dict[str, dict]) -> dict[str, list[str]]:
    """Of the stages in dvc.lock those that read another version of an output than was written last, in words.

    `dvc status` does not see this where the output is absent.
    """
    made = {out["path"]: out["md5"] for stage in stages.values() for out in stage.get("outs", ())}
    found: dict[str, list[str]] = {}
    for name, stage in sorted(stages.items()):
        for dep in stage.get("deps", ()):
            if dep["md5"] != made.get(dep["path"], dep["md5"]):
                found.setdefault(name, []).append(f"dependency {dep['path']}: made anew since")
    return found


def _flat(changes: dict) -> list[tuple[str, str]]:
    """(path, change), of those that matter; for settings the path is "params.yaml training.patience"."""
    flat = []
    for path, change in changes.items():
        if isinstance(change, dict):
            flat += [(f"{path} {key}", value) for key, value in change.items()]
        elif not (change in ABSENT and path.startswith("data/")):
            flat.append((path, change))
    return flat


def main() -> None:
    done = subprocess.run([sys.executable, "-m", "dvc", "status", "--json"], text=True, capture_output=True)
    if done.returncode:
        raise FailedError(f"`dvc status` failed:\n{done.stderr.strip()}")
    lock = Path("dvc.lock")
    known = YAML(typ="safe").load(lock)["stages"] if lock.exists() else {}
    status = json.loads(done.stdout)
    never = [stage for stage in status if stage not in known]
    found = outdated(known)
    for stage, reasons in stale({stage: entries for stage, entries in status.items() if stage in known}).items():
        found[stage] = [*dict.fromkeys(found.get(stage, []) + reasons)]
    for stage, reasons in found.items():
        print(f"{stage}: {'; '.join(reasons)}")
    if found:
        again = f"`dvc repro {' '.join(found)}`"
        raise FailedError(f"{len(found)} stages are stale; {again} runs them, then commit dvc.lock")
    print("dvc.lock, metrics and plots belong to this code and these settings")
    if never:
        print(f"{len(never)} stages have never been run; `make reproduce` runs them")
