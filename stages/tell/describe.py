"""The page of one data set: which autoencoder for these images, how sure, at what cost, how large a latent.

python -m stages.tell.describe --dataset mnist
"""

from pathlib import Path

from stages.common.params import read_params
from stages.common.registry import load
from stages.common.stage import UserError, run
from stages.draw import latent_size
from stages.draw.style import save
from stages.tell.render import page
from stages.tell.results import read_results


def main(dataset: str) -> None:
    params = read_params()
    result = read_results(dataset)
    if not result:
        raise UserError(f"nothing to tell of {dataset}: it has not been compared; `dvc repro describe@{dataset}` does")
    folder, sizes = Path("plots", dataset), result["verdicts"]["latent_sizes"]
    curves = {name: [(sizes["size"], error)] for name, error in sizes["validation_mse"].items()}
    architectures = list(result["metrics"])
    picture = latent_size.draw(dataset, result["spectrum"], curves, architectures, components=sizes["components"])
    save(picture, folder / "latent_size.png")
    drawn = sorted(path.stem for path in (folder / "pictures").glob("*.png"))
    figures = {name: load("draw/figures/dataset", name) for name in drawn}
    (folder / "README.md").write_text(page(params, dataset, result, figures))
    print(f"{folder}/README.md tells of {', '.join(result['tables'])}")


if __name__ == "__main__":
    run(main)
