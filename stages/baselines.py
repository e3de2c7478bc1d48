"""Score what needs no neural network on every task, once for a data set: JPEG, wavelets, raw pixels ...

python -m stages.baselines --dataset mnist
"""

import argparse
from pathlib import Path

import numpy as np

from stages import runtime
from stages.catalogue import load, read_params, run
from stages.cell import Data
from stages.scores import gathered, rounded, to_json
from stages.trained import load_context


def baselines(data: Data, tasks: dict[str, dict], seeds: list[int]) -> dict:
    """The content of the metrics file: for each task the best baseline's main measure, as numbers that DVC shows, and
    under "scores", by task and baseline, every score of every seed."""
    headline, scores = {}, {}
    for task, options in tasks.items():
        module = load("tasks", task)
        by_seed = [module.baselines(data, seed, **options) for seed in seeds]
        scores[task] = {name: gathered([result[name] for result in by_seed]) for name in by_seed[0]}
        means = {name: np.mean(own[module.MAIN]) for name, own in scores[task].items() if name not in module.REFERENCES}
        if means:
            headline[task] = {module.MAIN: float((min if module.LOWER_IS_BETTER else max)(means.values()))}
    return headline | {"scores": scores}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", required=True)
    dataset = parser.parse_args().dataset
    params = read_params()
    runtime.start(params["training"]["threads"])
    runtime.reseed(0)
    data = load_context(dataset, with_baselines=False)
    content = baselines(data, params["tasks"], params["data"][dataset]["seeds"])
    path = Path("metrics/baselines", f"{dataset}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_json(rounded(content)) + "\n")
    for task, by_name in content["scores"].items():
        measure = load("tasks", task).MAIN
        line = ", ".join(f"{name} {np.mean(scores[measure]):.4g}" for name, scores in by_name.items())
        print(f"{dataset} {task}: {measure}: {line}")


if __name__ == "__main__":
    run(main)
