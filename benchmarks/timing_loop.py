"""What the process of a way does: it says when its first step is done, and then measures whenever it is asked.

Needs numpy alone, as PyTorch has an environment of its own.
"""

import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

ANSWERS, sys.stdout = sys.stdout, sys.stderr  # what libraries print is no answer


def job() -> dict:
    """What to measure, from the command line: network, data_set, images, validation, epochs, batch_size and the sizes
    of the network."""
    return json.loads(sys.argv[1])


def images(job: dict) -> tuple[np.ndarray, np.ndarray]:
    """uint8 images (n, height, width, channels) to train on and to validate on."""
    folder = Path("data", job["data_set"], "prepared/images")
    train, validation = (np.load(folder / f"{name}.npy") for name in ("train", "validation"))
    return train[: job["images"]], validation[: job["validation"]]


def serve(facts: dict, measure: Callable[[], float]) -> None:
    """Say that the first step is done, then measure images a second for each line that comes; last say how much
    memory that took, in MB."""

    def say(answer: dict) -> None:
        print(json.dumps(answer), file=ANSWERS, flush=True)

    say(facts)
    for _ in sys.stdin:
        say({"images_per_second": measure()})
    unit = 1024**2 if sys.platform == "darwin" else 1024
    say({"peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit})
