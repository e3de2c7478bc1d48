"""Report: which autoencoder for which images, how sure, at which cost, written to REPORT.md from what Git keeps; how
that was measured, to plots/method.md; and every architecture's strengths and weaknesses, to plots/architectures.md.

python -m stages.tell
"""

import json
from pathlib import Path

from stages.common.file_errors import whole
from stages.common.params import read_params
from stages.common.results import by_use, read_verdicts
from stages.common.stage import UserError, run
from stages.draw import overview
from stages.draw.style import save
from stages.tell.render import architectures_page, method, report
from stages.tell.results import read_results

PUBLISHED = Path("metrics/published.json")


def read(path: Path, stage: str) -> dict:
    """The content of a file that a stage writes. Raises UserError where it is not there."""
    with whole(path, f"dvc repro -s {stage}"):
        return json.loads(path.read_text())


def main() -> None:
    params = read_params()
    asked = {dataset: read_results(dataset) for dataset in params["datasets"]}
    results = {dataset: result for dataset, result in asked.items() if result}
    if not results:
        raise UserError("nothing to report: no data set has been compared; `make demo` compares the digits")
    for dataset, result in results.items():
        missing = set(params["architectures"]) - set(result["verdicts"]["architectures"])
        result["missing"] = [] if result["verdicts"]["data"]["folder"] else sorted(missing)
        result["varied"] = (read_verdicts(dataset, "ablation_verdicts") or {"settings": {}})["settings"]
    tasks = list(dict.fromkeys(task for result in results.values() for task in result["tables"]))
    decisions = {dataset: by_use(result["verdicts"]["tasks"]) for dataset, result in results.items()}
    save(overview.draw(decisions, tasks), Path("plots/overview.png"))
    recipe = {name: block for name, (block,) in read(Path("metrics/recipe.json"), "recipe").items()}
    published = read(PUBLISHED, "published") if PUBLISHED.exists() else {}
    across = read(Path("plots/across-datasets.json"), "judge_across")
    uncompared = [dataset for dataset in asked if dataset not in results]
    Path("plots/method.md").write_text(method(results, across, recipe | {"architecture": params["architecture"]}))
    Path("plots/architectures.md").write_text(architectures_page(results, uncompared, across))
    Path("REPORT.md").write_text(report(results, uncompared, across, published))
    print(f"REPORT.md covers {', '.join(results)}")


if __name__ == "__main__":
    run(main)
