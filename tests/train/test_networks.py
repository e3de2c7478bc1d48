"""Networks of large images: deeper, with a dense bottleneck that stays as large as at 32 x 32."""

import math

import numpy as np
import pytest

from stages.common.registry import load
from stages.train.build import build
from stages.train.components import solver
from stages.train.networks import deepened
from stages.train.settings import cell_of

CONVOLUTIONAL = [
    "convolutional",
    "convolutional_variational",
    "convolutional_denoising",
    "convolutional_sparse",
    "residual",
    "vector_quantized",
]


@pytest.mark.parametrize(("size", "layers"), [(16, 0), (32, 0), (33, 1), (64, 1), (65, 2), (128, 2), (256, 3)])
def test_one_more_halving_each_time_the_size_doubles(size, layers):
    filters = deepened([32, 64], (size, size, 1))
    assert len(filters) == 2 + layers and filters[-2:] == [32, 64] and math.ceil(size / 2 ** len(filters)) <= 8
    assert filters == sorted(filters) and min(filters) >= 8
    assert deepened([2, 4], (size, size, 3)) == [2] * layers + [2, 4], "no wider than what follows"


@pytest.mark.parametrize("architecture", CONVOLUTIONAL)
def test_the_bottleneck_is_bounded(params, architecture):
    params["data"]["digits"] |= {"latent_size": 32, "width": 1.0}
    small, large = (build(cell_of(params, "digits", architecture), (size, size, 1)) for size in (32, 128))
    assert large.decoder.output_shape[1:] == (128, 128, 1)
    weights = [model.encoder.count_params() + model.decoder.count_params() for model in (small, large)]
    assert weights[0] < weights[1] < 1.6 * weights[0]
    assert large.decoder.input_shape[1] <= small.decoder.input_shape[1]


def test_pooling_deepens_too(params):
    options = {"encoder_filters": [4, 8], "decoder_filters": [8, 4], "latent": "dense"}
    params["architecture"]["convolutional"] |= options | {"resampling": "pooling"}
    model = build(cell_of(params, "digits", "convolutional"), (96, 96, 1))
    assert model.decoder.output_shape[1:] == (96, 96, 1) and len(model.encoder.get_layer("flat").input.shape) == 4
    assert model.encoder.get_layer("flat").input.shape[1] == 12


@pytest.mark.parametrize(("images", "features"), [(54_000, 784), (45_000, 3072), (1293, 256), (646, 256)])
def test_the_data_sets_of_the_report_keep_their_solver(images, features):
    assert solver(images, features) == "covariance_eigh"


def test_the_solver_fits_the_shape():
    assert solver(201, 4096) == "full" and solver(5000, 4096) == "covariance_eigh"
    assert solver(20_000, 16_384) == "randomized"


@pytest.mark.parametrize(("images", "shape"), [(20, (8, 8, 1)), (70, (8, 8, 1))])
def test_components_are_the_same_by_any_solver(images, shape):
    random = np.random.default_rng(0)
    pictures = random.integers(0, 256, (images, *shape)).astype(np.uint8)
    model = load("architectures", "pca").build(_spec(shape))
    model.solve(pictures)
    flat = pictures.reshape(images, -1) / 255
    mean = flat.mean(axis=0)
    directions = np.linalg.svd(flat - mean, full_matrices=False)[2][:5]
    expected = (flat - mean) @ directions.T @ directions + mean
    np.testing.assert_allclose(np.asarray(model(pictures)).reshape(images, -1), expected, atol=1e-4)


def _spec(shape):
    from stages.train.settings import NetworkSpec

    return NetworkSpec(shape, 5, "relu", "sigmoid", "squared_error")
