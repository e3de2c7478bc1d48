"""How long a comparison takes, from a few steps of every architecture on this machine, and what fits into a limit."""

import math
import time
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from stages.common.registry import load
from stages.common.stage import UserError
from stages.prepare.split import LEAST, sizes

MEASURED = 0.5  # seconds of steps; all times are the processor's, as if nothing else ran
TUNED = 0.6  # of the epochs of all trials are run: hopeless ones are pruned
PASSES = 12  # forward and backward passes through all images that scoring takes, about
PER_SEED = 4  # seconds of scoring that no network is in: probes, mixtures, entropy coding
DENOISED = (7e-3, 1.2e-5)  # seconds of the classical denoisers of all levels, for an image, and for each of its values
SEARCHED = 7e-7  # seconds for each value of an image that is kept, in which nearest neighbours of others are looked for
KEPT = 10_000  # such images at most
PROBED = (1.5e-6, 7e-3)  # seconds of probes on pixels for each value: of a training image, and once
CLUSTERED = 7e-7  # seconds of k-means on pixels for each value of a training image
CLASSIFIED = 6e-6  # seconds of the classifier's training, for each pixel of a training image
COMPONENTS = 1.3e-9  # seconds of PCA, for the third power of pixels times channels
CODECS = 12  # seconds of JPEG, WebP, AVIF and a PCA coder
FEWEST_EPOCHS, FEWEST_SEEDS = 3, 2


class Speed(NamedTuple):
    """Of one architecture."""

    start: float  # seconds until the first step
    step: float  # seconds of one


SOLVED = Speed(0, 0)  # of what is not trained


def timed(
    params: dict, name: str, architectures: list[str], loading: float, jobs: int, minutes: int | None
) -> tuple[dict, list[str]]:
    """The block of a data set of one's own, and architectures, cut to what `minutes` allow. Says how long it will take.

    loading: seconds that TensorFlow takes. Raises UserError where the least that can be compared takes longer.
    """
    data = params["data"][name]
    shape = (data["image_size"], data["image_size"], data["folder"]["channels"])
    bar = tqdm(architectures, desc="measuring", disable=None, leave=False)
    speeds = {architecture: measure(params, name, architecture, shape) for architecture in bar}
    if not minutes:
        print(f"time: about {spoken(seconds(params, name, speeds, loading, jobs))}")
        return data, architectures
    data, kept, taken, cut = fit(params, name, speeds, loading, jobs, 60 * minutes)
    if taken > 60 * minutes:
        raise UserError(f"MINUTES={minutes}: the least that can be compared takes about {spoken(taken)}")
    print(f"time: about {spoken(taken)}, of {minutes} minutes" + (f"; cut to: {', '.join(cut)}" if cut else ""))
    return data, kept


def spoken(seconds: float) -> str:
    """Seconds as people say them."""
    return f"{math.ceil(seconds / 60)} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def measure(params: dict, dataset: str, architecture: str, image_shape: tuple[int, int, int]) -> Speed:
    """Speed of training on random images; none where nothing is trained."""
    from stages.train.build import build
    from stages.train.fit import trainer_of

    if getattr(load("architectures", architecture), "SOLVED", False):
        return SOLVED
    batch, begun = params["data"][dataset]["batch_size"], time.process_time()
    trainer = trainer_of(build(params, dataset, architecture, image_shape), params["training"])
    images = np.random.default_rng(0).integers(0, 256, (batch, *image_shape), np.uint8)

    def seconds(steps):
        before = time.process_time()
        order = np.tile(np.arange(batch, dtype=np.int32), (steps, 1))
        trainer.epochs.train(images, order, np.zeros(steps, np.float32))
        return time.process_time() - before

    seconds(1)
    start, steps = time.process_time() - begun, 1
    while (taken := seconds(steps)) < MEASURED:
        steps *= 2
    return Speed(start, taken / steps)


def seconds(params: dict, dataset: str, speeds: dict[str, Speed], loading: float, jobs: int) -> float:
    """Seconds of the whole comparison with `jobs` stages side by side. loading: seconds that TensorFlow takes."""
    data, tuning = params["data"][dataset], params["tuning"]
    counts = images_of(params, dataset)
    steps = data["epochs"] * max(1, counts["train"] * data["passes_per_epoch"] // data["batch_size"])
    seeds, labels = len(data["seeds"]), data["folder"]["classes"] > 0
    runs = seeds * (1.25 if labels else 1) + 0.5
    trials = tuning["trials"] * tuning["share_of_epochs"] * TUNED
    kinds = min(tuning["trials"], len(tuning["activation"]) * len(tuning["output"]))
    pixels = data["image_size"] ** 2 * data["folder"]["channels"]
    components, cells = COMPONENTS * pixels**3, []
    for speed in speeds.values():
        solved = seeds * (2 if labels else 1) * components if speed == SOLVED else 0
        scoring = seeds * (PASSES * sum(counts.values()) / data["batch_size"] / 3 * speed.step + PER_SEED)
        trained = (kinds + 1) * speed.start + (runs + trials) * steps * speed.step
        cells.append(3 * loading + trained + solved + scoring)
    shared = 3 * loading + components + CODECS + _references(params, dataset, counts, pixels)
    return shared + max(max(cells), sum(cells) / jobs)


def _references(params: dict, dataset: str, counts: dict[str, int], values: int) -> float:
    """Seconds of the methods without a network that grow with images, and of the classifier. values: of an image."""
    data, train = params["data"][dataset], counts["train"]
    each, for_value = DENOISED
    once = min(counts["test"], params["tasks"]["denoising"]["images"]) * (each + for_value * values)
    seed = SEARCHED * values * min(train, KEPT)
    if data["folder"]["classes"]:
        once += values * (PROBED[0] * train + PROBED[1])
        once += CLASSIFIED * data["passes_per_epoch"] * train * data["image_size"] ** 2
        seed += CLUSTERED * values * train
    return once + len(data["seeds"]) * seed


def fit(params: dict, dataset: str, speeds: dict[str, Speed], loading: float, jobs: int, limit: float):
    """Settings and architectures that take `limit` seconds at most, and what was cut, in words.

    Epochs are halved, then seeds, then the slowest architectures go, until it fits or nothing is left to cut.
    """
    data, cut = dict(params["data"][dataset]), []
    speeds = dict(speeds)

    def total():
        return seconds(params | {"data": {dataset: data}}, dataset, speeds, loading, jobs)

    while total() > limit:
        if data["epochs"] > FEWEST_EPOCHS:
            data["epochs"] = max(FEWEST_EPOCHS, math.ceil(data["epochs"] / 2))
        elif len(data["seeds"]) > FEWEST_SEEDS:
            data["seeds"] = data["seeds"][:-1]
        elif len(speeds) > 2:
            slowest = max(speeds, key=lambda name: (speeds[name].step, speeds[name].start))
            cut.append(f"without {slowest}")
            del speeds[slowest]
        else:
            break
    before = params["data"][dataset]
    if len(data["seeds"]) < len(before["seeds"]):
        cut.insert(0, f"{len(data['seeds'])} seeds for {len(before['seeds'])}")
    if data["epochs"] < before["epochs"]:
        cut.insert(0, f"{data['epochs']} epochs for {before['epochs']}")
    return data, list(speeds), total(), cut


def images_of(params: dict, dataset: str) -> dict[str, int]:
    """The number of images of each split."""
    split = params["split"]
    images = params["data"][dataset]["folder"]["images"]
    return sizes(images, None, split["validation_fraction"], split["test_fraction"], LEAST)
