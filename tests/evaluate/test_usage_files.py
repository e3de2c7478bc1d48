"""What using a model needs is kept in small files, whose bytes depend on nothing else."""

import hashlib

import numpy as np
import pytest
from helpers import make_data, principal, with_references

from stages.evaluate.measures.anomaly_score import score_of
from stages.evaluate.measures.detectors import model_detectors
from stages.evaluate.measures.latent_codec import Codec, Quantiser, codec_of, decoded, encoded, tables_of
from stages.evaluate.picture_arrays import write_arrays
from stages.evaluate.tasks import anomaly, compression
from stages.evaluate.usage_files import usage

CODEC = {"lows", "sizes", "chances", "centre", "steps", "dead_zone"}
ANOMALY = {"threshold", "map_threshold", "validation_scores", "map_validation_scores"}
MODULES = {"anomaly": anomaly, "compression": compression}


@pytest.fixture(scope="module")
def scores(tasks):
    """A model, a data set, and the scores of two tasks."""
    wanted = {name: tasks[name] for name in ("anomaly", "compression")}
    data = with_references(make_data(), wanted)
    model = principal(data)
    return model, data, {name: module.score(model, data, 0, **wanted[name]) for name, module in MODULES.items()}


def test_what_is_kept(scores, tmp_path):
    model, data, found = scores
    path = tmp_path / "seed-3.keras"
    path.write_bytes(b"the model of seed 3")
    known = model_detectors(model, data.validation, 3)
    score = known.score
    arrays = usage(path, model, data, 3, found)
    assert set(arrays) == {"sha256", *ANOMALY, *CODEC, *score.arrays(), *known.map.arrays()}
    assert arrays["sha256"] == hashlib.sha256(b"the model of seed 3").hexdigest()
    assert arrays["threshold"] == found["anomaly"]["threshold"]
    for name in ("a", "b"):
        write_arrays(tmp_path / name, arrays)
    files = sorted(file.name for file in (tmp_path / "a").iterdir())
    assert files == sorted(f"{name}.npy" for name in arrays)
    contents = [[(tmp_path / name / file).read_bytes() for file in files] for name in ("a", "b")]
    assert contents[0] == contents[1] and sum(map(len, contents[0])) < 50_000
    read = {name: np.load(tmp_path / "a" / f"{name}.npy", allow_pickle=False) for name in arrays}
    codec = codec_of(read)
    assert codec.bits(codec.numbers(model.encode(data.test))) == found["compression"]["stream_bits"]
    latents, errors = model.encode(data.test), np.linspace(0, 1, len(data.test))
    np.testing.assert_array_equal(score_of(read).of(errors, latents), score.of(errors, latents))


def test_the_order_of_bytes_is_that_of_no_machine(scores, tmp_path):
    model, data, found = scores
    (tmp_path / "seed-0.keras").write_bytes(b"any")
    arrays = usage(tmp_path / "seed-0.keras", model, data, 0, {"anomaly": found["anomaly"]})
    write_arrays(tmp_path / "kept", arrays)
    sums = (tmp_path / "kept/sha256.npy").read_bytes()
    assert b"'<U64'" in sums and sums.endswith(hashlib.sha256(b"any").hexdigest().encode("utf-32-le"))
    for name in set(arrays) - {"sha256"}:
        assert b"'<f8'" in (tmp_path / f"kept/{name}.npy").read_bytes()


def test_tasks_that_were_not_measured_leave_nothing(scores, tmp_path):
    model, data, found = scores
    path = tmp_path / "seed-0.keras"
    path.touch()
    assert set(usage(path, model, data, 0, {"reconstruction": {"mse": 0.1}})) == {"sha256"}
    assert not set(usage(path, model, data, 0, {"anomaly": found["anomaly"]})) & CODEC


@pytest.mark.parametrize("discrete", [True, False])
def test_a_codec_comes_back_from_its_arrays(discrete):
    random = np.random.default_rng(0)
    quantiser = None if discrete else Quantiser(np.ones(3, np.float32), np.array([1, 2, 0.5], np.float32), 1.2)
    train, latents = (random.integers(0, 9, (500, 3)) if discrete else random.normal(0, 9, (500, 3)) for _ in range(2))
    codec = Codec(tables_of(train if discrete else quantiser.numbers(train), 9 if discrete else None), quantiser)
    again = codec_of(codec.arrays())
    numbers = codec.numbers(latents)
    np.testing.assert_array_equal(again.numbers(latents), numbers)
    stream = encoded(numbers, codec.tables)
    assert codec.bits(numbers) == 32 * len(stream)
    np.testing.assert_array_equal(decoded(stream, 500, again.tables), numbers)
    if not discrete:
        np.testing.assert_array_equal(again.quantiser.values(numbers), quantiser.values(numbers))
