"""The page of one data set: which autoencoder for these images, how sure, at what cost, how large a latent.

python -m stages.report.describe --dataset mnist
"""

from pathlib import Path

from stages.common.params import read_params
from stages.common.stage import UserError, run
from stages.compare.style import save
from stages.report.decisions import decide
from stages.report.figures import latent_size
from stages.report.results import read_dataset, validation_errors
from stages.report.sizes import spectrum_says
from stages.report.text import page


def main(dataset: str) -> None:
    params = read_params()
    result = read_dataset(dataset, params)
    if not result:
        raise UserError(f"nothing to tell of {dataset}: it has not been compared; `dvc repro describe@{dataset}` does")
    size = params["data"][dataset]["latent_size"]
    curves = {
        name: [(size, error)]
        for name, error in validation_errors(result["metrics"]).items()
        if result["metrics"][name]["cost"]["latent_size"] == size
    }
    folder = Path("plots", dataset)
    save(latent_size.draw(dataset, result["spectrum"], curves, list(result["metrics"])), folder / "latent_size.png")
    decisions = {task: decide(rows) for task, rows in result["tables"].items()}
    pictures = sorted(path.stem for path in (folder / "pictures").glob("*.png"))
    text = page(params, dataset, result, decisions, spectrum_says(result, size), pictures)
    (folder / "README.md").write_text(text)
    print(f"{folder}/README.md tells of {', '.join(decisions)}")


if __name__ == "__main__":
    run(main)
