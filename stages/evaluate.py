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
from stages.cell import Data, Functions
from stages.corruptions import corrupted
from stages.health import health
from stages.scores import gathered, rounded, to_json
from stages.trained import functions_of, load_context, load_model

NOISE = 0.2  # standard deviation of the Gaussian noise in pictures


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
    """Parameters, size of the latent, numbers of an image for one of the latent, multiply-adds for an image, and bytes
    of the weights as they are stored."""
    latent_size = model.decoder.input_shape[1]
    weights = [weight for weight in model.get_weights() if weight.dtype.kind == "f"]  # others are states of dice
    return {
        "parameters": sum(weight.size for weight in weights),
        "latent_size": latent_size,
        "compression_ratio": round(math.prod(image_shape) / latent_size, 3),
        "multiply_adds": multiply_adds(model.encoder) + multiply_adds(model.decoder),
        "model_bytes": sum(weight.nbytes for weight in weights),
    }


def evaluate(
    models: dict[int, object],
    functions: dict[int, Functions],
    data: Data,
    tasks: dict[str, dict],
    curves: dict,
    classes,
) -> dict:
    """The content of the metrics file of one cell.

    models, functions: seed -> Autoencoder, and what it can do
    tasks: name -> options of its `score`; curves: seed -> loss terms by epoch
    Numbers are means over seeds, the headline that DVC shows; everything else stands in lists, which DVC passes over.
    """
    by_seed = {task: [] for task in tasks}
    states = []
    for seed, model in functions.items():
        states.append(health(model, data, seed))
        for task, options in tasks.items():
            by_seed[task].append(load("tasks", task).score(model, data, seed, **options))
    scores = {task: gathered(results) for task, results in by_seed.items() if results[0]}
    metrics = {
        task: {name: float(np.mean(own[name])) for name in load("tasks", task).HEADLINE} for task, own in scores.items()
    }
    first = next(iter(models.values()))
    metrics["cost"] = cost_of(first, data.test.shape[1:])
    metrics["scores"] = scores | {"health": gathered(states)}
    metrics["facts"] = {
        "seeds": list(models),
        "image_shape": list(data.test.shape[1:]),
        "images": [len(data.train), len(data.validation), len(data.test)],
        "classes": classes or [],
        "generative": [bool(first.generative)],
    }
    metrics["curves"] = curves
    return rounded(metrics)


def load_cell(params: dict, dataset: str, architecture: str, folder: Path) -> tuple[dict, dict, list[str] | None]:
    """What training wrote to a folder, and the names of the classes: models and curves, by seed."""
    runtime.reseed(0)
    seeds = params["data"][dataset]["seeds"]
    models = {seed: load_model(folder / f"seed-{seed}.keras", architecture) for seed in seeds}
    curves = json.loads((folder / "curves.json").read_text())
    classes = json.loads(Path("data/prepared", dataset, "summary.json").read_text())["classes"]
    return models, curves, classes


def strips(model: Functions, data: Data, seed: int) -> np.ndarray:
    """What pictures of a data set show of a cell: uint8 (6, n, height, width, channels).

    Showcase test images, their reconstructions; the same images with noise, mended; samples from the mixture, and from
    the prior (black where there is none).
    """
    shown = data.test[data.showcase]
    noisy = corrupted(shown, "gaussian", NOISE, seed=0)
    n = len(shown)
    rows = [
        shown / np.float32(255),
        model.decode(model.encode(shown)),
        noisy / np.float32(255),
        model.decode(model.encode(noisy)),
        model.sample_mixture(n, seed),
        model.sample(n, seed) if model.sample is not None else np.zeros(shown.shape, np.float32),
    ]
    return np.stack([np.rint(np.clip(row, 0, 1) * 255).astype(np.uint8) for row in rows])


def as_picture(rows: np.ndarray) -> Image.Image:
    """uint8 (rows, n, height, width, channels) -> one picture, pixel for pixel."""
    lines, n, height, width, channels = rows.shape
    return Image.fromarray(rows.transpose(0, 2, 1, 3, 4).reshape(lines * height, n * width, channels).squeeze())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", required=True)
    parser.add_argument("--architecture", required=True)
    cell = parser.parse_args()
    params = read_params()
    runtime.start(params["training"]["threads"])
    folder = Path("data/models", cell.dataset, cell.architecture)
    models, curves, classes = load_cell(params, cell.dataset, cell.architecture, folder)
    data = load_context(cell.dataset)
    functions = {seed: functions_of(model, data.train) for seed, model in models.items()}
    metrics = evaluate(models, functions, data, params["tasks"], curves, classes)
    seed, first = next(iter(functions.items()))
    picture = as_picture(strips(first, data, seed))
    for path in (Path("metrics", cell.dataset), Path("plots/strips", cell.dataset)):
        path.mkdir(parents=True, exist_ok=True)
    Path("metrics", cell.dataset, f"{cell.architecture}.json").write_text(to_json(metrics) + "\n")
    picture.save(Path("plots/strips", cell.dataset, f"{cell.architecture}.png"))
    for task in (name for name in params["tasks"] if name in metrics):
        headline = ", ".join(f"{name} {value:.4g}" for name, value in metrics[task].items())
        print(f"{cell.dataset} {cell.architecture}: {task}: {headline}")


if __name__ == "__main__":
    run(main)
