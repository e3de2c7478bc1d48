"""The classifier in whose features samples are compared."""

import numpy as np
import pytest
from helpers import blobs

from stages.evaluate import classifier
from stages.evaluate.load import load_features
from stages.evaluate.task_interface import Data
from stages.prepare.datasets import digits
from stages.train import determinism
from stages.train.saving import save

SETTINGS = classifier.Classifier(filters=[8, 16], units=12, dropout=0.1, learning_rate=0.01, batch_size=32, epochs=4)


@pytest.mark.parametrize("labelled", [True, False])
def test_features(labelled, tmp_path, monkeypatch):
    """Trained where there are labels, random where not; the same bytes every time, and read back by name."""
    monkeypatch.chdir(tmp_path)
    digits.fetch(tmp_path)
    images = digits.decode(tmp_path)
    parts = (slice(1200), slice(1200, 1400), slice(1400, None))
    labels = [images.train_labels[part] if labelled else None for part in parts]
    data = Data(*(images.train[part] for part in parts), *labels, shown=np.arange(3))
    folder = tmp_path / "data/digits/references"
    folder.mkdir(parents=True)
    contents = []
    for _ in range(2):
        determinism.reseed(0)
        model, accuracy = classifier.trained(data, SETTINGS, passes_per_epoch=2)
        assert accuracy > 0.9 if labelled else accuracy is None
        save(model, folder / "classifier.keras")
        contents.append((folder / "classifier.keras").read_bytes())
    assert contents[0] == contents[1]
    features = load_features("digits")(data.test)
    assert features.shape == (len(data.test), 12) and features.std() > 0
    if labelled:
        assert 0.2 < np.sqrt(np.mean(features**2)) < 5  # the scale that kernels in the features count on
    ask = load_features("digits")
    np.testing.assert_allclose(ask(data.test / np.float32(255)), features, atol=1e-5)
    assert ask(data.test) is ask(data.test.copy()), "real images are looked at once"
    assert ask(data.test[:2]).shape == (2, 12) and ask(data.test / np.float32(255)) is not ask(data.test)


def test_it_learns_from_whole_numbers_as_from_floats():
    """Which take four times the memory. To the bit: x / 255 is looked up, for TensorFlow's own may be another."""
    import keras

    images = blobs(64, (8, 8, 1))
    labels = np.arange(64, dtype=np.uint8) % 2
    data = Data(images, images, images, labels, labels, labels, shown=np.arange(3))
    weights = []
    for floats in (False, True):
        determinism.reseed(0)
        model = classifier.build((8, 8, 1), 2, [2, 4], 4, 0.0)
        if floats:
            epochs, batch_size = SETTINGS.epochs, SETTINGS.batch_size
            steps = epochs * len(images) // batch_size
            schedule = keras.optimizers.schedules.CosineDecay(SETTINGS.learning_rate, steps)
            model.compile(keras.optimizers.Adam(schedule), "sparse_categorical_crossentropy", jit_compile=False)
            model.fit(images / np.float32(255), labels, epochs=epochs, batch_size=batch_size, verbose=0)
        else:
            classifier.train(model, data, SETTINGS, passes_per_epoch=1)
        weights.append(model.get_weights())
    for own, expected in zip(*weights, strict=True):
        np.testing.assert_array_equal(own, expected)


def test_colour_and_odd_sizes():
    model = classifier.build((9, 13, 3), 4, [8, 16], 12, 0.1)
    assert model(blobs(2, (9, 13, 3)) / 255).shape == (2, 4)
