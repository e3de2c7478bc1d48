"""A trained model for use, loaded: uint8 images of any size in; reconstructions, anomaly scores and latents out.

from tools.model import load
model = load("data/digits/models/variational")
answer = model.apply(images)
"""

import json
from pathlib import Path

import numpy as np

from stages.common import registry
from stages.common.file_errors import DAMAGE, whole
from stages.common.params import read_params, short
from stages.common.stage import UserError
from stages.evaluate.measures.anomaly_map import map_of
from stages.evaluate.measures.anomaly_score import score_of
from stages.evaluate.measures.latent_codec import codec_of
from stages.evaluate.usage_files import sum_of
from tools import classical
from tools.answers import Model


def load(path: str | Path) -> Model:
    """The model of a folder, data/<data set>/models/<architecture>, with its first seed; that of one .keras file; or a
    classical method, data/<data set>/<method>, see tools/classical.py.

    Keras loads it in its safe mode: no code that the file holds is run. Raises UserError where it is no such model.
    """
    path = Path(path)
    if classical.is_classical(path):
        known = classical.known(path)
        place = path.parent.absolute() / "classical" / path.name / "references.json"
        stand_ins = known.network, "", known.score  # for an Autoencoder, its file and its score
        return _settled(Model(place, *stand_ins, known.threshold, validation=known.validation))  # type: ignore[arg-type]
    if path.is_dir():
        training = path / "training.json"
        with whole(training, f"dvc repro train@{path.parents[1].name}-{path.name}"):
            path = path / f"seed-{json.loads(training.read_text())['seeds'][0]}.keras"
    model = _settled(Model(path.absolute(), _network(path), sum_of(path)))
    for kept in sorted((model.root / "data" / model.dataset / "usage" / model.path.parent.name).glob("seed-*")):
        model = _evaluated(model, kept, f"dvc repro evaluate@{model.cell}")
    return model


def _settled(model: Model) -> Model:
    """With the way in which images of its data set were brought to their size, as params.yaml has it."""
    if not (model.root / "params.yaml").exists():
        return model
    folder = read_params(model.root / "params.yaml").get("data", {}).get(model.dataset, {}).get("folder") or {}
    return model._replace(**{name: folder[name] for name in ("fit", "white", "black", "whole") if name in folder})


def _evaluated(model: Model, path: Path, heal: str) -> Model:
    """With what evaluation has kept in a folder, where that is of this very file."""
    with whole(path, heal):
        arrays = {file.stem: np.load(file, allow_pickle=False) for file in path.glob("*.npy")}
        if arrays["sha256"] != model.sha256:
            return model
        if "threshold" in arrays:
            known = np.stack([arrays["validation_scores"], arrays["map_validation_scores"]])
            model = model.with_thresholds(float(arrays["threshold"]), float(arrays["map_threshold"]))
            model = model._replace(score=score_of(arrays), map=map_of(arrays), validation=known)
        return model._replace(codec=codec_of(arrays)) if "chances" in arrays else model


def _network(path: Path):
    """The Autoencoder of a file."""
    for name in registry.names("architectures"):
        registry.load("architectures", name)  # registers its classes with Keras
    import keras

    from stages.train.autoencoder import Autoencoder

    try:
        network = keras.models.load_model(path, safe_mode=True)
    except DAMAGE as error:
        raise UserError(f"{path} is no model that can be loaded: {short(str(error))}") from None
    if not isinstance(network, Autoencoder):
        raise UserError(f"{path} holds a {type(network).__name__}, no model of this project")
    return network
