"""What every check of a published figure has to keep, on small made-up data; and what each measures."""

import numpy as np
import pytest
from helpers import ROOT, make_data
from sklearn.decomposition import PCA

from stages.common.params import read_params
from stages.common.registry import load, names
from stages.evaluate.task_interface import Data
from stages.published.__main__ import SIDES
from stages.published.subject import Subject
from stages.published.table import published
from stages.train.settings import NetworkSpec

ENTRIES = read_params(ROOT / "params.yaml")["published"]
FIRST = {block["check"]: name for name, block in reversed(ENTRIES.items())}.values()  # of each check one entry
SLOW = [pytest.param(name, marks=pytest.mark.slow) for name in ENTRIES if name not in FIRST]
SHAPE = (16, 16, 1)  # as many pixels as PCA has components
SHAPES = {"quantised_cifar10": (32, 32, 3), "crossentropy_convolutional": (28, 28, 1)}  # of networks of one size
QUICK = {"epochs": 1, "images": 20, "filters": 1}


def cell_of(row):
    """What a row of the table and an entry of params.yaml are about."""
    return row["check"], row["dataset"], row["architecture"]


def measure(name, data, monkeypatch):
    """What an entry of params.yaml measures, with all that takes long made short."""
    monkeypatch.setattr(load("published/checks", "likelihood"), "DRAWS", 20)
    monkeypatch.setattr(load("published/checks", "novelty_new"), "LAYERS", 2)  # a network for every class
    block = ENTRIES[name]
    options = {key: QUICK.get(key, value) for key, value in block.items() if key not in ("check", *Subject._fields)}
    subject = Subject(block["dataset"], block["architecture"], data)
    return load("published/checks", block["check"]).measure(subject, **options)


@pytest.mark.parametrize("name", [*FIRST, *SLOW])
def test_a_check_measures_what_was_published(name, monkeypatch):
    """A finite value a seed for every figure, and the same ones when asked again."""
    block = ENTRIES[name]
    found, again = (measure(name, make_data(SHAPES.get(name, SHAPE)), monkeypatch) for _ in range(2))
    assert found == again
    claimed = [row["what"] for row in published() if cell_of(row) == cell_of(block)]
    assert claimed
    for what in claimed:
        assert len(found[what]) == len(block.get("seeds", [0]))
        assert np.isfinite(found[what]).all()


def test_every_check_has_figures():
    assert {row["check"] for row in published()} == set(names("published/checks"))
    assert {row["dataset"] for row in published()} == set(SIDES)


def test_pca_is_that_of_scikit_learn(monkeypatch):
    """Fitted to training and validation images together, not clipped."""
    data = make_data(SHAPE)
    found = measure("pca_mnist", data, monkeypatch)
    train, test = (images.reshape(len(images), -1) / 255 for images in (np.concatenate(data[:2]), data.test))
    for size in (8, 64):
        pca = PCA(size, svd_solver="covariance_eigh").fit(train)
        expected = np.mean((test - pca.inverse_transform(pca.transform(test))) ** 2)
        assert found[f"{size} components"] == [pytest.approx(expected, rel=1e-3)]
    assert found["mean image"] == [pytest.approx(np.mean((test - train.mean(axis=0)) ** 2), rel=1e-4)]


def classes(separate):
    """300, 60 and 90 images of noise about one of three patterns; separate: the labels say which, else nothing."""
    random = np.random.default_rng(0)
    patterns = random.integers(50, 200, (3, *SHAPE))
    shown = random.integers(0, 3, 450)
    images = (patterns[shown] + random.normal(0, 5, (450, *SHAPE))).clip(0, 255).astype(np.uint8)
    labels = shown if separate else random.integers(0, 3, 450)
    cuts = (300, 360)
    return Data(*np.split(images, cuts), *np.split(labels, cuts), shown=np.arange(3))


def test_clusters_are_found_where_there_are_some(monkeypatch):
    found = measure("clusters_mnist_pca", classes(separate=True), monkeypatch)
    assert found == {"ACC": [1.0], "NMI": [pytest.approx(1)]}


def test_clusters_that_have_nothing_to_do_with_the_classes(monkeypatch):
    found = measure("clusters_mnist_pca", classes(separate=False), monkeypatch)
    assert 1 / 3 <= found["ACC"][0] < 0.45 and found["NMI"][0] < 0.05


def test_novelty_is_found_where_there_is_some(monkeypatch):
    """Classes in planes of their own, and labels that say nothing."""
    monkeypatch.setitem(load("published/checks", "novelty").NETWORKS, "pca", (2, {}))
    found = measure("novelty_fashion_mnist_pca", classes(separate=True), monkeypatch)
    assert found["one class is known"][0] > 0.99 and found["one class is known, by class"] == [[pytest.approx(1)] * 3]
    found = measure("novelty_fashion_mnist_pca", classes(separate=False), monkeypatch)
    assert 0.35 < found["one class is known"][0] < 0.65


def test_a_new_class_is_found_where_there_is_one(monkeypatch):
    """By a network that has learnt the patterns of the other two; and not by labels that say nothing."""
    monkeypatch.setitem(QUICK, "epochs", 60)
    found = measure("novelty_new_mnist_deep", classes(separate=True), monkeypatch)
    assert found["one class is new"][0] > 0.9
    assert found["one class is new"] == [pytest.approx(np.mean(found["one class is new, by class"][0]))]
    monkeypatch.setitem(QUICK, "epochs", 5)
    found = measure("novelty_new_mnist_deep", classes(separate=False), monkeypatch)
    assert 0.35 < found["one class is new"][0] < 0.65


def test_the_bound_is_that_of_the_network(monkeypatch):
    """One that learns next to nothing, so that its last epoch can be computed anew, in nats per image of all splits."""
    check, data, made = load("published/checks", "bound"), make_data(SHAPE), []
    network = check.network
    monkeypatch.setattr(check, "network", lambda spec: made.append(network(spec)) or made[-1])
    monkeypatch.setitem(check.TRAINING, "learning_rate", 1e-9)
    (total,), (error,), (kl,) = measure("bound", data, monkeypatch).values()
    images = np.concatenate([data.train, data.validation, data.test]) / np.float32(255)
    mean, log_variance = np.split(made[-1].encoder.predict(images, verbose=0).astype(float), 2, axis=1)
    latents = mean + np.exp(log_variance / 2) * np.random.default_rng(0).normal(size=mean.shape)
    output = made[-1].decoder.predict(latents, verbose=0).astype(float)
    nats = -np.sum(images * np.log(output) + (1 - images) * np.log(1 - output), axis=(1, 2, 3)).mean()
    divergence = np.sum((np.exp(log_variance) + mean**2 - 1 - log_variance) / 2, axis=1).mean()
    assert (error, kl) == (pytest.approx(nats, rel=1e-2), pytest.approx(divergence, rel=1e-1))
    assert total == pytest.approx(error + kl, rel=1e-6)


@pytest.mark.parametrize(
    ("check", "network", "latent_size", "encoder", "decoder"),
    [
        ("bound", "network", 2, 69_076, 65_089),  # as the example prints them
        ("crossentropy", "convolutional", 128, 1_904, 2_481),  # 4,385 together
        ("clusters", "network", 10, 1_665_010, 1_665_784),
    ],
)
def test_networks_are_the_published_ones(check, network, latent_size, encoder, decoder):
    """As many weights."""
    spec = NetworkSpec((28, 28, 1), latent_size, "relu", "sigmoid", "squared_error")
    model = getattr(load("published/checks", check), network)(spec)
    assert (model.encoder.count_params(), model.decoder.count_params()) == (encoder, decoder)


def test_all_training_images_are_those_of_both_splits():
    data = make_data(SHAPE)
    subject = Subject("mnist", "deep", data).on_all_training_images()
    assert len(subject.data.train) == len(data.train) + len(data.validation) == len(subject.data.train_labels)
    np.testing.assert_array_equal(subject.data.train[-len(data.validation) :], data.validation)
    assert subject.data.validation is data.validation


def test_binarised_images_have_the_brightness_of_grey_ones():
    binarised = load("published/checks", "likelihood").binarised
    grey = np.tile(np.array([0, 51, 204, 255], np.uint8), (20_000, 1))
    found = binarised(grey, np.random.default_rng(0))
    assert found.dtype == np.uint8 and set(np.unique(found)) == {0, 255}
    np.testing.assert_allclose(found.mean(axis=0), [0, 51, 204, 255], atol=3)
    assert (found != binarised(grey, np.random.default_rng(1))).any()
