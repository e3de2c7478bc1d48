"""A trained model as ONNX, for programs without Python or TensorFlow, checked against the original.

python -m tools export MODEL OUT.onnx     once before: `make export`, which installs what this needs

OUT.onnx takes uint8 images (n, height, width, channels) in the model's size and gives latent, reconstruction in [0, 1],
error and, where the model was evaluated, score, anomaly and map, (n, height, width). Beside it are its halves,
OUT.encoder.onnx and OUT.decoder.onnx. Of a model without a latent it gives reconstruction alone, and there are no
halves. Thresholds, classes, data set and commit are in the metadata. At the end test images go through both: where ONNX
gives other numbers or verdicts than the model, nothing is kept and it fails.

MODEL: data/<data set>/models/<architecture>, whose first seed is taken, or one .keras file in it
OUT: the file to write, which ends in .onnx
"""

import importlib.util
import itertools
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from stages.common.file_errors import whole
from stages.common.params import read_params, short
from stages.common.stage import UserError
from stages.common.subset import spread
from stages.train import determinism
from tools.answers import Model
from tools.command import FailedError
from tools.image_files import batches
from tools.model import load
from tools.onnx_graphs import exported

PACKAGES = ("onnx", "onnxruntime", "tf2onnx")
FILES = {"": "whole.onnx", "encoder": "encoder.onnx", "decoder": "decoder.onnx"}
TOLERANCE = 1e-5  # of numbers up to 1; of larger ones relative
SCORE_TOLERANCE = 1e-3  # of scores, since the latents' last bits are far apart where a Gaussian is narrow
ROUGHLY = ("score", "map")  # outputs that have SCORE_TOLERANCE; a map divides by small errors
FIXED = ("black", "white", "threshold", "map_threshold")  # of a model, "" in the metadata where it has none
CHECKED = 2000  # test images that both are asked about, at most


def facts(model: Model) -> dict[str, str]:
    """Metadata of the files."""
    dataset, (architecture, file) = model.dataset, model.path.parts[-2:]
    summary = model.root / "data" / dataset / "prepared/summary.json"
    with whole(summary, f"dvc repro prepare@{dataset}"):
        classes = json.loads(summary.read_text())["classes"]
    command = ["git", "-C", str(model.root), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    commit = subprocess.run(command, text=True, capture_output=True).stdout.strip()
    return {
        "data_set": dataset,
        "architecture": architecture,
        "model": f"{file}, SHA-256 {model.sha256}",
        "commit": commit or "unknown",
        "classes": json.dumps(classes),
        "image_shape": json.dumps(model.image_shape),
        "fit": model.fit or "stretch",
        "resampling": f"bicubic, antialiased, as {'Pillow' if model.fit else 'scikit-image'} has it",
    } | {name: "" if (value := getattr(model, name)) is None else repr(value) for name in FIXED}


def to_check(model: Model) -> tuple[str, np.ndarray]:
    """What both are asked about, in words, and as uint8 (n, *image_shape): files of the user's own folder as they are
    brought to the model's size in use, where it is at hand; else prepared test images."""
    params, dataset = model.root / "params.yaml", model.dataset
    folder = read_params(params)["data"].get(dataset, {}).get("folder") if params.exists() else None
    if folder and Path(folder["path"]).exists():
        found = (one.image for batch in batches(Path(folder["path"]), model) for one in batch if not one.error)
        return "files", np.stack(list(itertools.islice(found, CHECKED)))
    tests = model.root / "data" / dataset / "prepared/test.npy"
    with whole(tests, f"dvc repro prepare@{dataset}"):
        images = np.load(tests)
    return "test images", images[spread(CHECKED, len(images))]


def differences(model: Model, folder: Path, images: np.ndarray) -> list[str]:
    """What the exported files of a folder say otherwise than the model of uint8 images (n, *image_shape), in words."""
    import onnxruntime

    def said(file, given):
        session = onnxruntime.InferenceSession(folder / file, providers=["CPUExecutionProvider"])
        names = [output.name for output in session.get_outputs()]
        return dict(zip(names, session.run(None, {session.get_inputs()[0].name: given}), strict=True))

    answer = model.look(images)
    expected = {"latent": answer.latents, "reconstruction": model.reconstruct(images), "error": answer.errors}
    expected |= {"score": answer.scores, "anomaly": answer.anomalous, "map": answer.maps}
    found = []
    for name, file in FILES.items():
        if not (folder / file).exists():
            continue
        for output, own in said(file, answer.latents if name == "decoder" else images).items():
            if output == "anomaly":
                margins = SCORE_TOLERANCE * np.maximum(1, np.abs(answer.scores))
                close = np.abs(answer.scores - model.threshold) <= margins
                if other := int(np.sum((own != expected[output]) & ~close)):
                    found.append(f"{other} verdicts are others")
                continue
            furthest = np.max(np.abs(own - expected[output]) / np.maximum(1, np.abs(expected[output])))
            if not furthest <= (SCORE_TOLERANCE if output in ROUGHLY else TOLERANCE):  # not a number fails as well
                found.append(f"{file}: {output} differs by {furthest:.2g}")
    return found


def main(model: str, out: str):
    place = Path(out)
    if place.suffix != ".onnx":
        raise UserError(f"{out}: the name of the file ends with .onnx")
    determinism.start(1)  # as in evaluation
    own = load(model)
    own.check_trained()
    own.check_whole()
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise UserError(f"{', '.join(missing)} is not installed: `make export` installs what this needs")
    import onnx

    what, images = to_check(own)
    known = facts(own)
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as folder:
        graphs = exported(own)
        for name, graph in graphs.items():
            onnx.helper.set_model_props(graph, known)
            onnx.save(graph, Path(folder, FILES[name]))
        try:
            found = differences(own, Path(folder), images)
        except Exception as error:  # onnxruntime has errors of its own for what it cannot load or run
            raise FailedError(f"{own.name} cannot be run as ONNX: {short(str(error))}") from None
        if found:
            raise FailedError(f"{own.name} says something else as ONNX, nothing is kept: {'; '.join(found)}")
        for name in graphs:
            target = place.with_suffix(f".{name}.onnx") if name else place
            Path(folder, FILES[name]).replace(target)
            print(f"{target}: {target.stat().st_size:,} bytes")
    judged = f", scores and maps to {SCORE_TOLERANCE:g}, and the same verdicts farther than that from the threshold"
    same = f"{len(images):,} {what} give the same numbers to {TOLERANCE:g}"
    print(f"{own.name}: {same}{'' if own.score is None else judged}")
