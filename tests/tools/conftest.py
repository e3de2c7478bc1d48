import json
from types import SimpleNamespace

import numpy as np
import pytest
from helpers import ROOT, make_data, train, with_references

from stages.common.json_file import gathered
from stages.common.params import read_params
from stages.common.registry import load
from stages.evaluate.model_functions import functions_of
from stages.evaluate.picture_arrays import write_arrays
from stages.evaluate.usage_files import usage
from stages.train import determinism
from stages.train.build import build
from stages.train.saving import save
from stages.train.settings import cell_of

EVALUATED = ("anomaly", "compression")


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """A folder that looks like the project's after a run on bars of 16 x 16, hardly trained: where it is, its data, and
    by architecture the scores of two tasks with two seeds."""
    folder, shape, data = tmp_path_factory.mktemp("trained"), (16, 16, 1), make_data((16, 16, 1))
    params = read_params(ROOT / "params.yaml")
    tasks = {name: params["tasks"][name] for name in EVALUATED}
    data, scores = with_references(data, tasks)._replace(classes=["across", "along"]), {}
    prepared = folder / "data/digits/prepared"
    (prepared / "images").mkdir(parents=True)
    np.save(prepared / "images/train.npy", data.train)
    for name in ("test", "anomalies"):
        np.save(prepared / f"{name}.npy", getattr(data, name))
    (prepared / "summary.json").write_text(json.dumps({"classes": data.classes}))
    for name in ("pca", "convolutional_denoising", "variational", "vector_quantized"):
        models = folder / "data/digits/models" / name
        models.mkdir(parents=True)
        functions = {}
        for seed in (0, 4):
            determinism.reseed(seed)
            model = build(cell_of(params, "digits", name), shape)
            model.start_at_mean(data.train)
            train(model, data.train[: 200 + seed], seed=seed, epochs=4)
            save(model, models / f"seed-{seed}.keras")
            functions[seed] = functions_of(model, data.train)
        (models / "training.json").write_text(json.dumps({"seeds": [0, 4], "threads": 1, "curves": {}}))
        by_seed = {
            seed: {task: load("evaluate/tasks", task).score(own, data, 0, **tasks[task]) for task in EVALUATED}
            for seed, own in functions.items()
        }
        scores[name] = {task: gathered([own[task] for own in by_seed.values()]) for task in EVALUATED}
        for seed, own in functions.items():
            kept = usage(models / f"seed-{seed}.keras", own, data, 0, by_seed[seed])
            write_arrays(folder / "data/digits/usage" / name / f"seed-{seed}", kept)
    return SimpleNamespace(folder=folder, data=data, scores=scores, models=folder / "data/digits/models")


@pytest.fixture(scope="session")
def denoiser(tmp_path_factory):
    """The file of a network without a latent, not trained."""
    path = tmp_path_factory.mktemp("denoiser") / "data/digits/models/red_net/seed-0.keras"
    path.parent.mkdir(parents=True)
    determinism.reseed(0)
    save(build(cell_of(read_params(ROOT / "params.yaml"), "digits", "red_net"), (16, 16, 1)), path)
    return path
