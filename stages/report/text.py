"""Text of the report: the template filled with results, decisions, warnings and traits."""

from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from stages.common.registry import about, load
from stages.compare.style import spoken
from stages.report import traits, warnings
from stages.report.decisions import best_epochs, decide, hardest_class, margin, mean_score, takeaways


def render(params: dict, results: dict[str, dict], missing: list[str], ablations: dict) -> str:
    """REPORT.md.

    results: of the data sets that have been compared, see decisions.read_dataset; missing: the others
    ablations: "settings" and "blocks", see ablations.py
    """
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
