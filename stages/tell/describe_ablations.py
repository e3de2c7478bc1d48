"""The page of the ablations on one data set: does a setting matter, how large a latent, what do blocks of changes gain.

python -m stages.tell.describe_ablations --dataset mnist
"""

from pathlib import Path

from stages.common.params import read_params
from stages.common.results import read_references, read_verdicts
from stages.common.stage import UserError, fresh, run
from stages.draw import ablation, envelope, latent_size
from stages.draw.style import save
from stages.tell.render import filled


def picture(dataset: str, setting: str, said: dict, architectures: list[str]):
    """The error against one setting; for the size of the latent on validation images, beside PCA's spectrum."""
    if "enough" not in said:
        return ablation.draw(dataset, setting, said["curves"], architectures)
    lines = {name: [(p["value"], p["validation"]) for p in points] for name, points in said["curves"].items()}
    spectrum = read_references(dataset)[1]["pca_spectrum"]
    return latent_size.draw(dataset, spectrum, lines, architectures, enough=said["enough"])


def values_of(curves: dict[str, list[dict]]) -> list:
    """The values of a setting that any architecture has, numbers in their order: one that was tuned has its own."""
    values = list(dict.fromkeys(point["value"] for points in curves.values() for point in points))
    return sorted(values) if all(isinstance(value, int | float) for value in values) else values


def main(dataset: str) -> None:
    params, verdicts = read_params(), read_verdicts(dataset, "ablation_verdicts")
    if not verdicts:
        raise UserError(f"nothing to tell of {dataset}: `dvc repro judge_ablations@{dataset}` judges its ablations")
    folder, settings = fresh(Path("plots", dataset, "ablations")), verdicts["settings"]
    if not settings:
        (folder / ".gitkeep").touch()  # Git keeps no empty folder, DVC would miss it
    for setting, said in settings.items():
        save(picture(dataset, setting, said, params["architectures"]), folder / f"{setting}.png")
        if said.get("envelope"):
            drawn = envelope.draw(dataset, said["sizes"], said["envelope"], params["architectures"])
            save(drawn, folder / "rate_distortion.png")
    text = filled(
        "ablations.md.j2", dataset=dataset, level=params["verdicts"]["level"], values_of=values_of, **verdicts
    )
    Path("plots", dataset, "ablations.md").write_text(text)
    print(f"plots/{dataset}/ablations.md tells of {', '.join(settings) or 'nothing: no setting was varied'}")


if __name__ == "__main__":
    run(main)
