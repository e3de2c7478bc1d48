"""Networks of the live page: the trained models of a data set, first seed, as layers and weights that a browser runs.

python -m stages.page.networks --dataset digits
"""

import json
from pathlib import Path

from stages.common.file_errors import whole
from stages.common.params import read_params
from stages.common.registry import load
from stages.common.results import architectures_of
from stages.common.stage import run
from stages.evaluate.load import load_data, load_references
from stages.page.networks.export import IMAGES, exported, fitting
from stages.page.networks.layers import BITS, text_of
from stages.train import determinism


def main(dataset: str) -> None:
    params = read_params()
    options = {task["name"]: task["options"] for task in load_references(dataset)["tasks"]}
    quantile, data, networks = options.get("anomaly", {}).get("quantile"), load_data(dataset), {}
    for name in architectures_of(params, dataset):
        folder = Path("data", dataset, "models", name)
        with whole(folder, f"dvc repro train@{dataset}-{name}"):
            training = json.loads((folder / "training.json").read_text())
            determinism.start(training["threads"])
            determinism.reseed(0)
            load("architectures", name)
            import keras

            seed = training["seeds"][0]
            model = keras.models.load_model(folder / f"seed-{seed}.keras")
        networks[name] = exported(model, name, data, seed, quantile)
    images = text_of(data.test[:IMAGES])
    kept, left_out = fitting(networks, images)
    content = {
        "image_shape": list(data.test.shape[1:]),
        "images": images,
        "labels": None if data.test_labels is None else data.test_labels[:IMAGES].tolist(),
        "classes": data.classes,
        "networks": kept,
        "left_out": left_out,
        "quantile": quantile,
        "bits": BITS,
    }
    path = Path("data", dataset, "networks.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")
    size = path.stat().st_size / 1e6
    numbers = sum(network["numbers"] for network in kept.values())
    print(f"{dataset}: {len(kept)} networks of {numbers:,} weights, {size:.1f} MB")
    if left_out:
        print(f"{dataset}: too large for a page: {', '.join(left_out)}")


if __name__ == "__main__":
    run(main)
