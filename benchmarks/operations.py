"""Multiply-adds of networks, counted on untrained models: a process of its own, so that who measures has no TensorFlow.

python -m benchmarks.operations deep,residual mnist,cifar10
"""

import json
import subprocess
import sys

import numpy as np

from stages.common.params import read_params
from stages.train import determinism
from stages.train.settings import cell_of


def counted(networks: list[str], data_sets: list[str]) -> dict[str, dict[str, int]]:
    """Data set -> network -> multiply-adds that one image takes."""
    command = [sys.executable, "-m", "benchmarks.operations", ",".join(networks), ",".join(data_sets)]
    return json.loads(subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout)


def of_training(multiply_adds: int) -> int:
    """Floating-point operations that one image takes in a step of training: an addition for each multiplication, and
    backward twice as many as forward (Kaplan et al. 2020, "Scaling laws for neural language models", section 2.1)."""
    return 6 * multiply_adds


def main() -> None:
    networks, data_sets = (names.split(",") for names in sys.argv[1:])
    params = read_params()
    determinism.start(threads=1)
    from stages.evaluate.measures.cost import multiply_adds
    from stages.train.build import build

    found = {}
    for data_set in data_sets:
        shape = np.load(f"data/{data_set}/prepared/images/shown.npy").shape[1:]
        models = {network: build(cell_of(params, data_set, network), shape) for network in networks}
        found[data_set] = {
            network: multiply_adds(model.encoder) + multiply_adds(model.decoder) for network, model in models.items()
        }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
