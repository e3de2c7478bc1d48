"""Score a trained cell on every task, once for each seed.

python -m stages.evaluate --dataset mnist --architecture vanilla
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
from PIL import Image

from stages import runtime
from stages.catalogue import load, read_params, run
from stages.cell import Data
from stages.trained import functions_of, load_data, load_model


def multiply_adds(model) -> int:
    """Multiplications (each with an addition) that one image takes in a Keras model's dense and 2-D convolution
    layers; the rest (activations, pooling, biases) is left out."""
    import keras

    total = 0
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            total += math.prod(layer.kernel.shape)
        elif isinstance(layer, keras.layers.Conv2D):
            total += math.prod(layer.kernel.shape) * math.prod(layer.output.shape[1:3])
    return total


def cost_of(model, image_shape: tuple[int, ...]) -> dict[str, float]:
    """Parameters, size of the latent, numbers of an image for one of the latent, multiply-adds for an image."""
    latent_size = model.decoder.input_shape[1]
    return {
        "parameters": model.encoder.count_params() + model.decoder.count_params(),
        "latent_size": latent_size,
        "compression_ratio": round(math.prod(image_shape) / latent_size, 3),
        "multiply_adds": multiply_adds(model.encoder) + multiply_adds(model.decoder),
    }


def rounded(value):
    """Floats to six significant digits, at any depth: differences beyond are noise and make files hard to read."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, list):
        return [rounded(part) for part in value]
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    return value


def strip(images: np.ndarray, reconstructions: np.ndarray) -> Image.Image:
    """A row of uint8 images above a row of their reconstructions, pixel for pixel."""
    below = np.rint(np.clip(reconstructions, 0, 1) * 255).astype(np.uint8)
    rows = [np.concatenate(list(row), axis=1) for row in (images, below)]
    return Image.fromarray(np.concatenate(rows).squeeze())


def evaluate(models: dict[int, object], data: Data, tasks: dict[str, dict], curves: dict, classes) -> dict:
    """The content of the metrics file of one cell.

    models: seed -> Autoencoder; tasks: name -> options of its `score`; curves: seed -> loss terms by epoch
    Numbers are means over seeds, the headline that DVC shows; everything else stands in lists, which DVC passes over.
    """
    by_seed = {}
    for seed, model in models.items():
        functions = functions_of(model)
        for task, options in tasks.items():
            for name, value in load("tasks", task).score(functions, data, seed, **options).items():
                by_seed.setdefault(task, {}).setdefault(name, []).append(value)
    first = next(iter(models.values()))
    metrics = {
        task: {name: float(np.mean(values)) for name, values in scores.items() if not isinstance(values[0], list)}
        for task, scores in by_seed.items()
    }
    metrics["cost"] = cost_of(first, data.test.shape[1:])
    metrics["scores"] = by_seed
    metrics["facts"] = {
        "seeds": list(models),
        "image_shape": list(data.test.shape[1:]),
        "images": [len(data.train), len(data.validation), len(data.test)],
        "classes": classes or [],
        "generative": [bool(first.generative)],
    }
    metrics["curves"] = curves
    return rounded(metrics)


def evaluate_folder(params: dict, dataset: str, architecture: str, folder: Path) -> tuple[dict, Image.Image]:
    """Load what training wrote to a folder; its metrics, and the strip of showcase images of the first seed."""
    runtime.reseed(0)
    seeds = params["data"][dataset]["seeds"]
    models = {seed: load_model(folder / f"seed-{seed}.keras", architecture) for seed in seeds}
    data = load_data(dataset)
    curves = json.loads((folder / "curves.json").read_text())
    classes = json.loads(Path("data/prepared", dataset, "summary.json").read_text())["classes"]
    metrics = evaluate(models, data, params["tasks"], curves, classes)
    functions = functions_of(models[seeds[0]])
    shown = data.test[data.showcase]
    return metrics, strip(shown, functions.decode(functions.encode(shown)))


def to_json(value, indent: str = "") -> str:
    """JSON with a line for each key and every list on one line, so that Git's differences stay readable."""
    if not isinstance(value, dict):
        return json.dumps(value)
    deeper = indent + "  "
    lines = [f"{deeper}{json.dumps(str(name))}: {to_json(part, deeper)}" for name, part in value.items()]
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", required=True)
    parser.add_argument("--architecture", required=True)
    cell = parser.parse_args()
    params = read_params()
    runtime.start(params["training"]["threads"])
    folder = Path("data/models", cell.dataset, cell.architecture)
    metrics, picture = evaluate_folder(params, cell.dataset, cell.architecture, folder)
    for path in (Path("metrics", cell.dataset), Path("plots/strips", cell.dataset)):
        path.mkdir(parents=True, exist_ok=True)
    Path("metrics", cell.dataset, f"{cell.architecture}.json").write_text(to_json(metrics) + "\n")
    picture.save(Path("plots/strips", cell.dataset, f"{cell.architecture}.png"))
    for task in params["tasks"]:
        headline = ", ".join(f"{name} {value:.4g}" for name, value in metrics[task].items())
        print(f"{cell.dataset} {cell.architecture}: {task}: {headline}")


if __name__ == "__main__":
    run(main)
