"""Data sets that need no download, and the frame that all of them keep."""

import numpy as np
import pytest

from stages.common.registry import load, names
from stages.prepare.datasets import digits, photographs
from stages.prepare.formats import Published


def test_digits_need_no_download(tmp_path):
    digits.fetch(tmp_path)
    images = digits.decode(tmp_path)
    assert images.train.shape == (1797, 8, 8, 1) and images.train.max() == 255 and images.test is None


def test_photographs_need_no_download(tmp_path):
    photographs.fetch(tmp_path)
    images = photographs.decode(tmp_path)
    assert images.train.shape[1:] == (32, 32, 3) and images.train.dtype == np.uint8
    assert len(images.train) > 1000 and images.train.std() > 30 and images.train_labels is None


@pytest.mark.parametrize("name", names("prepare/datasets"))
def test_a_data_set_has_two_functions(name):
    module = load("prepare/datasets", name)
    assert callable(module.fetch) and callable(module.decode)


def test_what_is_known_of_the_digits_beforehand(tmp_path):
    digits.fetch(tmp_path)
    check_published(digits, digits.decode(tmp_path))


def check_published(module, images):
    test = None if images.test is None else len(images.test)
    assert Published(len(images.train), test, images.train.shape[3], len(images.classes)) == module.PUBLISHED


@pytest.mark.data
@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "cifar10"])
def test_published_data_sets(name, tmp_path):
    module = load("prepare/datasets", name)
    module.fetch(tmp_path)
    images = module.decode(tmp_path)
    check_published(module, images)
    assert np.bincount(images.train_labels).min() >= 5000
