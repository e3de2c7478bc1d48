"""Report: which autoencoder for which images, how sure, at which cost, written to REPORT.md from what Git keeps.

python -m stages.report
"""

from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from stages.common.params import read_params
from stages.common.registry import about, load
from stages.common.stage import UserError, fresh, run
from stages.compare.style import save, spoken
from stages.report import traits, warnings
from stages.report.ablations import answer, blocks, read_ablations, settings
from stages.report.decisions import best_epochs, decide, hardest_class, margin, mean_score, read_dataset, takeaways
from stages.report.figures import ablation, overview


def render(params: dict, results: dict[str, dict], missing: list[str], ablations: dict) -> str:
    """The text. results: of the data sets that have been compared; missing: the others; ablations: see main."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"spoken": spoken, "margin": margin, "about": about}
    decisions = {
        dataset: {task: decide(rows, result["metrics"]) for task, rows in result["tables"].items()}
        for dataset, result in results.items()
    }
    return environment.get_template("report.md.j2").render(
        params=params,
        results=results,
        missing=missing,
        tasks={name: task for result in results.values() for name, task in result["tasks"].items()},
        decisions=decisions,
        takeaways=takeaways(results, decisions),
        warnings={dataset: warnings.warnings(result) for dataset, result in results.items()},
        mean_score=mean_score,
        hardest_class=hardest_class,
        average=lambda values: float(np.mean(values)),
        figures={name: load("compare/figures/dataset", name) for name in params["figures"]["dataset"]},
        traits={name: traits.traits(name, params, results) for name in params["architectures"]},
        epochs={d: {n: best_epochs(m) for n, m in result["metrics"].items()} for d, result in results.items()},
        rules=traits.RULES | warnings.RULES,
        **ablations,
    )


def main() -> None:
    params = read_params()
    architectures = params["architectures"]
    read = {dataset: read_dataset(dataset, architectures) for dataset in params["datasets"]}
    results = {dataset: result for dataset, result in read.items() if result}
    if not results:
        raise UserError("nothing to report: no data set has been compared; `make demo` compares the digits")
    tables = {dataset: result["tables"] for dataset, result in results.items()}
    save(overview.draw(tables, architectures), Path("plots/overview.png"))

    found = read_ablations(params, results)
    varied = settings(found)
    folder = fresh("plots/ablations")
    for setting, panels in varied.items():
        save(ablation.draw(setting, panels, architectures), folder / f"{setting}.png")
    ablations = {
        "settings": {setting: (answer(panels), panels) for setting, panels in varied.items()},
        "blocks": blocks(params, found),
    }
    missing = [dataset for dataset, result in read.items() if not result]
    Path("REPORT.md").write_text(render(params, results, missing, ablations).rstrip() + "\n")
    print(f"REPORT.md covers {', '.join(results)}")


if __name__ == "__main__":
    run(main)
