"""What using a model needs is kept in one small file, whose bytes depend on nothing else."""

import hashlib

import numpy as np
import pytest
from helpers import make_data, principal, with_references

from stages.evaluate.applied import applied, codec_arrays, write_applied
from stages.evaluate.measures.entropy_coding import decoded, encoded, tables_of
from stages.evaluate.measures.latent_codec import Codec, codec_of
from stages.evaluate.measures.quantisation import Quantiser
from stages.evaluate.tasks import anomaly, compression

NAMES = {"seeds", "sha256", "threshold", "lows", "sizes", "chances", "centre", "steps", "dead_zone"}
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
    for seed in (3, 5):
        (tmp_path / f"seed-{seed}.keras").write_bytes(b"the model of seed %d" % seed)
    other = found | {"anomaly": found["anomaly"] | {"threshold": 2.5}}
    arrays = applied(tmp_path, {3: found, 5: other}, codec_arrays(model, data, found))
    assert set(arrays) == NAMES and arrays["seeds"].tolist() == [3, 5]
    assert arrays["sha256"][1] == hashlib.sha256(b"the model of seed 5").hexdigest()
    assert arrays["threshold"].tolist() == [found["anomaly"]["threshold"], 2.5]
    for name in ("a", "b"):
        write_applied(tmp_path / name / "pca.npz", arrays)
    path = tmp_path / "a/pca.npz"
    assert path.read_bytes() == (tmp_path / "b/pca.npz").read_bytes() and path.stat().st_size < 20_000
    with np.load(path, allow_pickle=False) as kept:
        codec = codec_of({name: kept[name] for name in kept.files})
    bits = codec.bits(codec.numbers(model.encode(data.test)))
    assert bits == found["compression"]["stream_bits"]


def test_tasks_that_were_not_measured_leave_nothing(scores, tmp_path):
    model, data, _ = scores
    (tmp_path / "seed-0.keras").touch()
    assert set(applied(tmp_path, {0: {}}, codec_arrays(model, data, {}))) == {"seeds", "sha256"}


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
