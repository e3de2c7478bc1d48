"""The page of the ablations on one data set: does a setting matter, how large a latent, what do blocks of changes gain.

python -m stages.report.describe_ablations --dataset mnist
"""

from pathlib import Path

from stages.common.params import read_params
from stages.common.stage import fresh, run
from stages.compare.results import read_references
from stages.compare.style import save
from stages.report.ablations import SIZES, answer, blocks, read_ablations, settings
from stages.report.figures import ablation, latent_size
from stages.report.sizes import enough, trained_say
from stages.report.text import filled


def main(dataset: str) -> None:
    params = read_params()
    architectures, verdicts = params["architectures"], params["verdicts"]
    found = read_ablations(dataset, params["ablated"]["architectures"])
    varied = settings(found, verdicts)
    folder, sentence = fresh(Path("plots", dataset, "ablations")), ""
    if not varied:
        (folder / ".gitkeep").touch()  # Git keeps no empty folder, DVC would miss it
    for setting, curves in varied.items():
        if setting == SIZES:
            smallest = enough(curves, verdicts)
            sentence = trained_say(curves, smallest)
            lines = {name: [(point["value"], point["validation"]) for point in own] for name, own in curves.items()}
            spectrum = read_references(dataset)[1]["pca_spectrum"]
            picture = latent_size.draw(dataset, spectrum, lines, architectures, smallest)
        else:
            picture = ablation.draw(dataset, setting, curves, architectures)
        save(picture, folder / f"{setting}.png")
    text = filled(
        "ablations.md.j2",
        params=params,
        dataset=dataset,
        settings={setting: (answer(curves), curves) for setting, curves in varied.items()},
        blocks=blocks(dataset, params, found),
        sizes=sentence,
    )
    Path("plots", dataset, "ablations.md").write_text(text)
    print(f"plots/{dataset}/ablations.md tells of {', '.join(varied) or 'nothing: no setting was varied'}")


if __name__ == "__main__":
    run(main)
