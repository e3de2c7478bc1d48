"""Measurement of a figure that others published, by the same protocol, with this project's own code.

python -m stages.published --name pca_mnist

What was published stands in checks/<check>.yaml and is compared in table.py: so rewording a protocol trains nothing.
"""

from pathlib import Path

from stages.common.json_file import write
from stages.common.params import read_params
from stages.common.registry import load
from stages.common.settings import read_block
from stages.common.stage import run
from stages.evaluate.load import load_data
from stages.published.subject import Subject
from stages.train import determinism
from stages.train.settings import Training

SIDES = {"mnist": 28, "fashion_mnist": 28, "cifar10": 32}  # pixels of the published images; else ours is another task


def main(name: str) -> None:
    params = read_params()
    options = dict(params["published"][name])
    check, dataset, architecture = (options.pop(key) for key in ("check", "dataset", "architecture"))
    determinism.start(read_block(Training, params, "training").threads)
    subject = Subject(dataset, architecture, load_data(dataset))
    height, width = subject.data.test.shape[1:3]
    runs = height == width == SIDES[dataset]
    measured = load("published/checks", check).measure(subject, **options) if runs else {}
    if not runs:
        print(f"{name}: not run: the published images of {dataset} are {SIDES[dataset]} pixels wide, ours {width}")
    for key, values in measured.items():
        print(f"{name}: {key}: {values}")
    rows = [{"figure": key, "value": value} for key, values in measured.items() for value in values]
    about = {"check": check, "dataset": dataset, "architecture": architecture, "options": options}
    write(Path("metrics/published-figures", f"{name}.json"), about | {"measured": rows})


if __name__ == "__main__":
    run(main)
