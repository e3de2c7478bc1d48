"""Report: which autoencoder for which images, how sure, at which cost, written to REPORT.md from what Git keeps.

python -m stages.report
"""

import json
from pathlib import Path

from stages.common.damage import whole
from stages.common.params import read_params
from stages.common.stage import UserError, run
from stages.compare.style import save
from stages.report.ablations import SIZES, answer, read_ablations, settings
from stages.report.decisions import decide
from stages.report.figures import overview
from stages.report.results import read_dataset
from stages.report.sizes import enough, spectrum_says, trained_say
from stages.report.text import report


def varied(dataset: str, params: dict, result: dict) -> dict:
    """What varying settings on a data set told; see text.report."""
    verdicts = params["verdicts"]
    found = settings(read_ablations(dataset, params["ablated"]["architectures"]), verdicts)
    sizes = spectrum_says(result, params["data"][dataset]["latent_size"])
    if SIZES in found:
        sizes.append(trained_say(found[SIZES], enough(found[SIZES], verdicts)))
    answers = {setting: answer(curves) for setting, curves in found.items()}
    return {"answers": answers, "sizes": sizes, "pictures": SIZES in found}


def read_published() -> dict:
    """metrics/published.json; {} where it is not there."""
    path = Path("metrics/published.json")
    if not path.exists():
        return {}
    with whole(path, "dvc repro published"):
        return json.loads(path.read_text())


def main() -> None:
    params = read_params()
    read = {dataset: read_dataset(dataset, params) for dataset in params["datasets"]}
    results = {dataset: result for dataset, result in read.items() if result}
    if not results:
        raise UserError("nothing to report: no data set has been compared; `make demo` compares the digits")
    decisions = {
        dataset: {task: decide(rows) for task, rows in result["tables"].items()} for dataset, result in results.items()
    }
    tasks = {name: task for result in results.values() for name, task in result["tasks"].items()}
    save(overview.draw(decisions, tasks), Path("plots/overview.png"))
    missing = [dataset for dataset, result in read.items() if not result]
    found = {dataset: varied(dataset, params, result) for dataset, result in results.items()}
    Path("REPORT.md").write_text(report(params, results, decisions, missing, found, read_published()))
    print(f"REPORT.md covers {', '.join(results)}")


if __name__ == "__main__":
    run(main)
