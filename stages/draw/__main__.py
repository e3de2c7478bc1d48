"""Pictures that compare all architectures on one data set, and the tables behind its charts.

python -m stages.draw --dataset mnist
"""

from pathlib import Path

from stages.common.params import read_params
from stages.common.registry import load
from stages.common.stage import fresh, run
from stages.draw.chart_data import costs, curves, rate_distortion, write
from stages.draw.results import read_results
from stages.draw.style import save


def main(dataset: str) -> None:
    params, results, folder = read_params(), read_results(dataset), Path("plots", dataset)
    write(curves(results.metrics), folder / "curves.csv")
    write(rate_distortion(results.metrics, results.references), folder / "rate_distortion.csv")
    write(costs(results.metrics, results.summary), folder / "cost.csv")
    pictures = fresh(folder / "pictures")
    for name in params["figures"]["dataset"]:
        figure = load("draw/figures/dataset", name)
        measured = getattr(figure, "TASK", None) in (None, *results.summary)
        private = getattr(figure, "SHOWS_IMAGES", False) and not any(results.shown.values())
        if measured and not private and (drawn := figure.draw(results)):
            save(drawn, pictures / f"{name}.png")
    print(f"{dataset}: {len(list(pictures.glob('*.png')))} pictures in {pictures}")


if __name__ == "__main__":
    run(main)
