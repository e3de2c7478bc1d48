"""What models are held against: another data set's images in the right shape, and a classifier's features."""

import numpy as np
import pytest
from conftest import blobs

from stages import classifier, runtime
from stages.autoencoder import save
from stages.catalogue import load
from stages.datasets import photographs
from stages.outliers import in_shape
from stages.trained import load_features


def test_photographs_need_no_download(tmp_path):
    photographs.fetch(tmp_path)
    images = photographs.decode(tmp_path)
    assert images.train.shape[1:] == (32, 32, 3) and images.train.dtype == np.uint8
    assert len(images.train) > 1000 and images.train.std() > 30 and images.train_labels is None


@pytest.mark.parametrize("image_shape", [(16, 16, 1), (32, 32, 3), (28, 28, 1)])
def test_outliers_take_the_shape_of_the_data_set(image_shape):
    for channels in (1, 3):
        images = in_shape(blobs(5, (20, 20, channels)), image_shape)
        assert images.shape == (5, *image_shape) and images.dtype == np.uint8
    grey = in_shape(blobs(5, (32, 32, 1)), (32, 32, 3))
    assert (grey[..., 0] == grey[..., 2]).all()


@pytest.mark.parametrize("labelled", [True, False])
def test_features_of_the_classifier(labelled, tmp_path, monkeypatch):
    """Trained where there are labels, random where not; the same bytes every time, and read back by name."""
    monkeypatch.chdir(tmp_path)
    digits = load("datasets", "digits")
    digits.fetch(tmp_path)
    images = digits.decode(tmp_path)
    arrays = {
        split: images.train[part]
        for split, part in {"train": slice(1200), "validation": slice(1200, 1400), "test": slice(1400, None)}.items()
    }
    labels = {f"{split}_labels": images.train_labels[:1200] for split in ("train",)}
    labels["validation_labels"], labels["test_labels"] = images.train_labels[1200:1400], images.train_labels[1400:]
    folder = tmp_path / "data/classifiers/digits"
    folder.mkdir(parents=True)
    contents = []
    for _ in range(2):
        runtime.reseed(0)
        model = classifier.build((8, 8, 1), 10, [8, 16], 12)
        if labelled:
            accuracy = classifier.train(model, arrays | labels, epochs=4, batch_size=32, passes_per_epoch=2)
            assert accuracy > 0.8
        save(model, folder / "classifier.keras")
        contents.append((folder / "classifier.keras").read_bytes())
    assert contents[0] == contents[1]
    features = load_features("digits")(arrays["test"])
    assert features.shape == (len(arrays["test"]), 12) and features.std() > 0
    np.testing.assert_allclose(load_features("digits")(arrays["test"] / np.float32(255)), features, atol=1e-5)
