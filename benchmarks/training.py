"""The same networks on the same images in several ways, one thread each, in timing_loop.

Each way of a network is a process of its own, so that its memory and its start are its own; all of them are alive
while they are measured one after the other, again and again, so that a machine that slows down does so for all.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.operations import of_training
from stages.common.stage import UserError
from stages.train.build import options_of
from stages.train.settings import cell_of

WAYS = {  # of each, the module, whether it runs in the environment of PyTorch, and whether it compiles
    "project": ("project", False, False),
    "notebook": ("notebook", False, False),
    "pytorch": ("pytorch", True, False),
    "pytorch_compiled": ("pytorch", True, True),
}
NETWORKS = ("vanilla", "deep", "convolutional", "residual")
OWN_NETWORKS = ("contractive", "importance_weighted", "vector_quantized")  # measured in this project's way alone
TORCH = Path("benchmarks/.venv/bin/python")
MOST, WORK = 38_400, 6e10  # images of an epoch, and floating-point operations of what is timed, one or more epochs
CHUNK = 2560  # images of an epoch are a multiple of this: every way sees whole batches, and whole executions of them


class Process:
    """A way of one network, alive; `seconds` from its start to the end of its first step."""

    def __init__(self, way: str, job: dict, folder: str):
        module, torch, compiled = WAYS[way]
        self.way, self.errors = way, Path(folder, f"{way}.txt")
        start = time.monotonic()
        self.process = subprocess.Popen(
            [
                TORCH if torch else sys.executable,
                "-m",
                f"benchmarks.{module}",
                json.dumps(job | {"compiled": compiled}),
            ],
            env=os.environ | {"OMP_NUM_THREADS": "1", "TORCHINDUCTOR_CACHE_DIR": folder},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors.open("w"),
            text=True,
        )
        self.facts = self.answer()
        self.seconds = time.monotonic() - start

    def answer(self) -> dict:
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            raise UserError(f"the benchmark of {self.way} ended:\n{self.errors.read_text()[-2000:]}")
        return json.loads(line)

    def measure(self) -> float:
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.answer()["images_per_second"]

    def end(self) -> float:
        """The most memory it has had, in MB."""
        self.process.stdin.close()
        peak = self.answer()["peak_memory_mb"]
        self.process.wait()
        return peak


def product_peak(n: int = 1536) -> float:
    """Floating-point operations a second of the fastest of five products of two float32 matrices (n, n), one thread."""
    matrix, taken = np.ones((n, n), np.float32), []
    with threadpool_limits(1):
        for _ in range(5):
            start = time.monotonic()
            matrix @ matrix
            taken.append(time.monotonic() - start)
    return 2 * n**3 / min(taken)


def job_of(params: dict, data_set: str, network: str, multiply_adds: int) -> dict:
    """What the processes are told. The work is the same for all networks, so that cheap ones are not over at once."""
    cell = cell_of(params, data_set, network)
    batch_size = cell.budget.batch_size
    wanted = WORK / of_training(multiply_adds)
    images = min(MOST, CHUNK * max(1, round(wanted / CHUNK)))
    return {
        "network": network,
        "data_set": data_set,
        "images": images,
        "validation": batch_size * max(1, round(images / 10 / batch_size)),
        "epochs": max(1, round(wanted / images)),
        "batch_size": batch_size,
        "latent_size": cell.budget.latent_size,
        "options": options_of(cell),
        **cell.training.model_dump(include={"learning_rate", "activation", "clip_norm"}),
    }


def measured(
    params: dict, data_set: str, network: str, multiply_adds: int, repeats: int
) -> tuple[list[dict], list[float]]:
    """A row for each way of one network on one data set, and the peaks of the matrix product meanwhile.

    Raises UserError where two ways train networks of different sizes.
    """
    job = job_of(params, data_set, network, multiply_adds)
    with tempfile.TemporaryDirectory() as folder:
        ways = [Process(way, job, folder) for way in (WAYS if network in NETWORKS else ["project"])]
        if len({process.facts["parameters"] for process in ways}) > 1:
            raise UserError(f"{network} differs: {[(process.way, process.facts['parameters']) for process in ways]}")
        speeds, peaks = {process.way: [] for process in ways}, []
        for _ in range(repeats):
            peaks.append(product_peak())
            for process in ways:
                speeds[process.way].append(process.measure())
    rows = []
    for process in ways:
        speed = median(speeds[process.way])
        rows.append(
            {
                "network": network,
                "data_set": data_set,
                "way": process.way,
                "images_per_second": round(speed, 1),
                "share_of_peak": round(speed * of_training(multiply_adds) / median(peaks), 4),
                "seconds_to_first_step": round(process.seconds, 2),
                "peak_memory_mb": round(process.end()),
            }
        )
    return rows, peaks
