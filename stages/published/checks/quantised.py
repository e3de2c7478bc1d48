"""Squared error of vector-quantised autoencoders ("Vector-quantized variational autoencoders", keras.io; the notebook
of sonnet, DeepMind)."""

import numpy as np
from pydantic import NonNegativeInt, PositiveInt

from stages.evaluate.measures.image_quality import mse
from stages.train.autoencoder import predict

NETWORKS = {  # filters, numbers of a code, codes, images in a batch
    "mnist": ([32, 64], 16, 128, 128),
    "cifar10": ([128, 128], 64, 512, 32),
}


def measure(cell, *, seeds: list[NonNegativeInt], epochs: PositiveInt) -> dict[str, list[float]]:
    """Squared error of test images per pixel, not clipped."""
    filters, code_size, codes, batch_size = NETWORKS[cell.dataset]
    network = {"encoder_filters": filters, "decoder_filters": filters[::-1], "commitment": 0.1}
    network |= {"code_size": code_size, "codebook_size": codes}
    train, data = cell.trainer(None, network, batch_size, activation="relu"), cell.data
    images = data.test / np.float32(255)
    models = (train(data.train, data.validation, seed, epochs, f"{codes} codes") for seed in seeds)
    return {"squared error": [float(mse(images, predict(model, data.test)).mean()) for model in models]}
