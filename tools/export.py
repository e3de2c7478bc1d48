"""A trained model as ONNX, for programs without Python or TensorFlow, with the proof that it says the same.

python -m tools.export MODEL OUT.onnx     once before: `make export`, which installs what this needs

OUT.onnx takes uint8 images (n, height, width, channels) in the model's size and gives latent, reconstruction in [0, 1],
score and, where the threshold is known, anomaly. Beside it are its halves, OUT.encoder.onnx and OUT.decoder.onnx.
Threshold, classes, data set and commit are in the metadata. At the end test images go through both: where ONNX gives
other numbers or verdicts than the model, nothing is kept and it fails.
"""

import importlib.util
import json
import logging
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from stages.common.damage import whole
from stages.common.params import short
from stages.common.stage import UserError
from stages.common.subset import spread
from stages.train import determinism
from tools.command import run
from tools.model import Model, load

PACKAGES = ("onnx", "onnxruntime", "tf2onnx")
FILES = {"": "whole.onnx", "encoder": "encoder.onnx", "decoder": "decoder.onnx"}
OPSET = 18
TOLERANCE = 1e-5  # of numbers up to 1; of larger ones relative
CHECKED = 2000  # test images that both are asked about, at most


def teach_erfc() -> None:
    """Teach tf2onnx an operator of TensorFlow's GELU that ONNX does not have: erfc(x) = 1 - erf(x)."""
    from tf2onnx.handler import tf_op

    @tf_op("Erfc")
    class Erfc:
        @classmethod
        def version_9(cls, ctx, node, **kwargs):
            shape, dtype = ctx.get_shape(node.output[0]), ctx.get_dtype(node.output[0])
            one = ctx.make_const(f"{node.name}_one", np.array(1, np.float32))
            erf = ctx.make_node("Erf", node.input, shapes=[shape], dtypes=[dtype])
            inputs = [one.output[0], erf.output[0]]
            ctx.remove_node(node.name)
            ctx.make_node("Sub", inputs, name=node.name, outputs=node.output, shapes=[shape], dtypes=[dtype])


def exported(model: Model) -> dict[str, object]:
    """onnx.ModelProto of the whole model ("") and of its halves ("encoder", "decoder"), without metadata."""
    import tensorflow as tf
    import tf2onnx
    from keras import ops

    from stages.train.autoencoder import scaled

    logging.getLogger("tf2onnx").setLevel(logging.CRITICAL)  # what it cannot do is noticed when the file is loaded
    teach_erfc()
    network = model.network

    def encode(images):
        return {"latent": network.encode(images)}

    def decode(latent):
        return {"reconstruction": ops.clip(network.decode(latent), 0, 1)}

    def answer(images):
        latent = network.encode(images)
        reconstruction = ops.clip(network.decode(latent), 0, 1)
        score = ops.mean(ops.square(scaled(images) - reconstruction), axis=(1, 2, 3))
        said = {"latent": latent, "reconstruction": reconstruction, "score": score}
        return said if model.threshold is None else said | {"anomaly": score > model.threshold}

    images = tf.TensorSpec((None, *model.image_shape), tf.uint8, name="images")
    latent = tf.TensorSpec((None, network.decoder.input_shape[1]), tf.float32, name="latent")
    graphs = {}
    for name, function, given in (("", answer, images), ("encoder", encode, images), ("decoder", decode, latent)):
        traced = tf.function(function, input_signature=[given], autograph=False)
        graphs[name], _ = tf2onnx.convert.from_function(traced, input_signature=[given], opset=OPSET)
    return graphs


def facts(model: Model) -> dict[str, str]:
    """Metadata of the files."""
    dataset, architecture, file = model.path.parts[-3:]
    summary = model.root / "data/prepared" / dataset / "summary.json"
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
        "threshold": "" if model.threshold is None else repr(model.threshold),
    }


def differences(model: Model, folder: Path, images: np.ndarray) -> list[str]:
    """What the exported files of a folder say otherwise than the model of uint8 images (n, *image_shape), in words."""
    import onnxruntime

    def said(file, given):
        session = onnxruntime.InferenceSession(folder / file, providers=["CPUExecutionProvider"])
        names = [output.name for output in session.get_outputs()]
        return dict(zip(names, session.run(None, {session.get_inputs()[0].name: given}), strict=True))

    answer = model.look(images)
    expected = {
        "latent": answer.latents,
        "reconstruction": model.decode(answer.latents),
        "score": answer.scores,
        "anomaly": answer.anomalous,
    }
    found = []
    for name, file in FILES.items():
        for output, own in said(file, answer.latents if name == "decoder" else images).items():
            if output == "anomaly":
                if other := int(np.sum(own != expected[output])):
                    found.append(f"{other} verdicts are others")
                continue
            furthest = np.max(np.abs(own - expected[output]) / np.maximum(1, np.abs(expected[output])))
            if not furthest <= TOLERANCE:  # not a number fails as well
                found.append(f"{file}: {output} differs by {furthest:.2g}")
    return found


def main(model: str, out: str):
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise UserError(f"{', '.join(missing)} is not installed: `make export` installs what this needs")
    place = Path(out)
    if place.suffix != ".onnx":
        raise UserError(f"{out}: the name of the file ends with .onnx")
    import onnx

    determinism.start(1)  # as in evaluation
    own = load(model)
    dataset = own.path.parts[-3]
    tests = own.root / "data/prepared" / dataset / "test.npy"
    with whole(tests, f"dvc repro prepare@{dataset}"):
        images = np.load(tests)
    images = images[spread(CHECKED, len(images))]
    known = facts(own)
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as folder:
        for name, graph in exported(own).items():
            onnx.helper.set_model_props(graph, known)
            onnx.save(graph, Path(folder, FILES[name]))
        try:
            found = differences(own, Path(folder), images)
        except Exception as error:  # onnxruntime has errors of its own for what it cannot load or run
            raise UserError(f"{own.name} cannot be run as ONNX: {short(str(error))}") from None
        if found:
            raise UserError(f"{own.name} says something else as ONNX, nothing is kept: {'; '.join(found)}")
        for name, file in FILES.items():
            target = place.with_suffix(f".{name}.onnx") if name else place
            Path(folder, file).replace(target)
            print(f"{target}: {target.stat().st_size:,} bytes")
    verdicts = "" if own.threshold is None else ", and the same verdicts"
    print(f"{own.name}: {len(images):,} test images give the same numbers to {TOLERANCE:g}{verdicts}")


if __name__ == "__main__":
    run(main)
