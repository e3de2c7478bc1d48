"""Report: which autoencoder for which images, how sure, at which cost, written to REPORT.md from what Git keeps.

python -m stages.report
"""

from pathlib import Path

from stages.common.params import read_params
from stages.common.stage import UserError, fresh, run
from stages.compare.style import save
from stages.report.ablations import answer, blocks, read_ablations, settings
from stages.report.decisions import read_dataset
from stages.report.figures import ablation, overview
from stages.report.text import render


def main() -> None:
    params = read_params()
    architectures = params["architectures"]
    read = {dataset: read_dataset(dataset, architectures, list(params["tasks"])) for dataset in params["datasets"]}
    results = {dataset: result for dataset, result in read.items() if result}
    if not results:
        raise UserError("nothing to report: no data set has been compared; `make demo` compares the digits")
    tables = {dataset: result["tables"] for dataset, result in results.items()}
    save(overview.draw(tables, architectures), Path("plots/overview.png"))

    found = read_ablations(params, results)
    varied = settings(found)
    folder = fresh("plots/ablations")
    if not varied:
        (folder / ".gitkeep").touch()  # Git keeps no empty folder, DVC would miss it
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
