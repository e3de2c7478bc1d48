"""Speed of this project's training against what one would write instead, of whole cells, and of setting up.

python -m benchmarks [--parts training profile cells setup] [--networks deep] [--datasets mnist] [--repeats 5]

Writes benchmarks/results.json and docs/speed.md; parts that are not asked for stay as they are there.
"""

import argparse
import json
import os
import platform
import re
import sys
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks import cells, operations, profile, setup, training
from benchmarks.page import page
from stages.common.params import read_params
from stages.common.stage import UserError
from tools.readme import processor

RESULTS, PAGE = Path("benchmarks/results.json"), Path("docs/speed.md")
CELLS = ("vanilla", "deep")  # the others would take an hour


def machine() -> dict:
    return {
        "processor": processor(),
        "cores": f"{os.cpu_count()} cores",
        "python": f"Python {platform.python_version()}",
        "tensorflow": f"TensorFlow {version('tensorflow')}",
        "pytorch": "PyTorch " + re.search(r"torch==([\w.]+)", Path("pyproject.toml").read_text())[1],
    }


def speed_of(results: dict, data_set: str, network: str) -> float:
    """Images a second in the steady state, as measured. Raises UserError where it has not been."""
    for row in results.get("training", {"rows": []})["rows"]:
        if (row["data_set"], row["network"], row["way"]) == (data_set, network, "project"):
            return row["images_per_second"]
    raise UserError(f"a cell is held against training, which is not measured for {network} on {data_set}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--parts",
        nargs="+",
        default=["training", "profile", "cells"],
        choices=["training", "profile", "cells", "setup"],
    )
    parser.add_argument("--networks", nargs="+", default=[*training.NETWORKS, *training.OWN_NETWORKS])
    parser.add_argument("--datasets", nargs="+", default=["mnist", "cifar10"])
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    params = read_params()
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results["machines"] = results.get("machines", {}) | dict.fromkeys(arguments.parts, machine())
    if "training" in arguments.parts:
        rows, peaks = [], []
        counted = operations.counted(arguments.networks, arguments.datasets)
        for data_set in arguments.datasets:
            for network in arguments.networks:
                found, meanwhile = training.measured(
                    params, data_set, network, counted[data_set][network], arguments.repeats
                )
                rows += found
                peaks += meanwhile
                for row in found:
                    print(" ".join(map(str, row.values())), flush=True)
        results["training"] = {"repeats": arguments.repeats, "peak_gflops": round(median(peaks) / 1e9, 1), "rows": rows}
    if "profile" in arguments.parts:
        results["profile"] = [
            profile.measured(network, data_set) for data_set in arguments.datasets for network in arguments.networks
        ]
    if "cells" in arguments.parts:
        networks = [network for network in CELLS if network in arguments.networks]
        results["cells"] = [
            cells.measured(data_set, network, speed_of(results, data_set, network))
            for data_set in arguments.datasets
            for network in networks
        ]
    if "setup" in arguments.parts:
        results["setup"] = [setup.measured(tool) for tool in ("pip", "uv")]
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    PAGE.write_text(page(results))
    print(f"wrote {RESULTS} and {PAGE}")


if __name__ == "__main__":
    try:
        main()
    except UserError as error:
        sys.exit(f"error: {error}")
