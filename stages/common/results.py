"""Results of one data set, as Git keeps them in metrics/."""

import json
from pathlib import Path

from stages.common.file_errors import whole
from stages.common.seeds import without_seeds
from stages.common.stage import UserError
from stages.common.task import BEST, EQUIVALENT, FLOOR, Task

NO_NETWORK = "no-network"  # the folder of images that classical methods denoise, beside those of architectures
JUDGES = {"verdicts": "judge", "ablation_verdicts": "judge_ablations"}  # file of verdicts -> the stage that writes it


def architectures_of(params: dict, dataset: str) -> list[str]:
    """Architectures that are compared on a data set: all, or on a folder of the user's images those chosen for it that
    have scores, since one that fails there must not take the others' page away."""
    folder = params["data"][dataset]["folder"]
    if not folder:
        return params["architectures"]
    scored = [name for name in folder["architectures"] if _scores_of(dataset, name).exists()]
    return scored or folder["architectures"]


def _scores_of(dataset: str, architecture: str) -> Path:
    return Path("metrics", dataset, "scores", f"{architecture}.json")


def read_metrics(dataset: str, architectures: list[str], failed: dict | None = None) -> dict[str, dict]:
    """The metrics file of every architecture, without the seeds that failed, see common/seeds.py: without_seeds.

    Raises UserError where one is missing or trained on other seeds.
    """
    metrics = {}
    for name in architectures:
        path = _scores_of(dataset, name)
        if not path.exists():
            raise UserError(f"{path} is missing: `dvc repro evaluate@{dataset}-{name}` makes it")
        metrics[name] = json.loads(path.read_text())
    seeds = {name: tuple(content["facts"]["seeds"]) for name, content in metrics.items()}
    if len(set(seeds.values())) > 1:
        raise UserError(f"the architectures on {dataset} were trained on different seeds: {seeds}; run `dvc repro`")
    return without_seeds(metrics, failed or {})


def read_references(dataset: str) -> tuple[dict[str, Task], dict]:
    """Tasks by name, and the whole content of the references' metrics file."""
    content = json.loads(Path("metrics", dataset, "references.json").read_text())
    return {task["name"]: Task(**task) for task in content["tasks"]}, content


def read_summary(dataset: str) -> dict[str, dict[str, list[dict]]]:
    """Task -> case -> the rows that judge has ranked, see stages/judge/ranking.py; empty where nothing has been
    judged."""
    summary = {}  # type: dict[str, dict[str, list[dict]]]
    for path in sorted(Path("metrics", dataset, "summary").glob("*.json")):
        for row in json.loads(path.read_text()):
            summary.setdefault(path.stem, {}).setdefault(row["case"], []).append(row)
    return summary


def read_dataset(dataset: str, architectures: list[str], tasks: list[str], failed: dict | None = None) -> dict:
    """What was measured on a data set, without the seeds that failed: tasks, of those that are asked for; metrics by
    architecture; scores of the references by task; PCA's spectrum; the classifier's accuracy, None where there is none.
    """
    described, content = read_references(dataset)
    return {
        "tasks": {name: task for name, task in described.items() if name in tasks},
        "metrics": read_metrics(dataset, architectures, failed),
        "references": content["scores"],
        "spectrum": content["pca_spectrum"],
        "accuracy": content["classifier"].get("accuracy"),
    }


def read_verdicts(dataset: str, name: str = "verdicts") -> dict | None:
    """What the stage judge wrote of a data set, see stages/judge/__main__.py, or judge_ablations, under the name of
    "ablation_verdicts", see stages/judge/ablations.py; None where it has not judged."""
    path = Path("metrics", dataset, f"{name}.json")
    if not path.exists():
        return None
    with whole(path, f"dvc repro {JUDGES[name]}@{dataset}"):
        return json.loads(path.read_text())["verdicts"][0]


def write_verdicts(dataset: str, content: dict, name: str = "verdicts") -> None:
    """Write what `read_verdicts` reads, in a list, since `dvc metrics show` has a column for all that is in none."""
    text = json.dumps({"verdicts": [content]}, indent=1, ensure_ascii=False)
    Path("metrics", dataset, f"{name}.json").write_text(text + "\n")


def by_use(tasks: dict[str, dict]) -> dict[tuple[str, str], dict]:
    """Task and case -> decision, of all tasks as `read_verdicts` has them."""
    return {(task, case): decision for task, judged in tasks.items() for case, decision in judged["cases"].items()}


def leading(rows: list[dict]) -> set[str]:
    """The architectures that are best or equivalent."""
    return {row["architecture"] for row in rows if row.get("verdict") in (BEST, EQUIVALENT)}


def without_network(rows: list[dict]) -> dict | None:
    """The row of the best classical method, PCA's where there is no other; None where there is neither."""
    others = [row for row in rows if row["kind"] == "reference"] or [r for r in rows if r["architecture"] == FLOOR]
    return others[0] if others else None
