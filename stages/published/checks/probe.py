"""Linear probe on latents of convolutional networks (Berthelot et al. 2019, "Understanding and improving interpolation
in autoencoders via an adversarial regularizer", section 5)."""

from pydantic import NonNegativeInt, PositiveInt

from stages.evaluate.functions import functions_of
from stages.evaluate.tasks import features

LATENTS = {"mnist": 32, "cifar10": 256}
FILTERS = {"encoder_filters": [32, 64], "decoder_filters": [64, 32]}
NETWORKS = {
    "convolutional": FILTERS | {"resampling": "strides", "latent": "dense"},
    "convolutional_denoising": FILTERS | {"noise": "gaussian", "strength": 0.3},
    "convolutional_variational": FILTERS | {"beta": 1.0, "decoder_scale": "optimal"},
    "vector_quantized": {  # 4 x 4 codes, which together have as many numbers as the other latents
        "encoder_filters": [32, 64, 64],
        "decoder_filters": [64, 64, 32],
        "codebook_size": 128,
        "commitment": 0.1,
    },
}
POSITIONS = 16


def measure(cell, *, seeds: list[NonNegativeInt], epochs: PositiveInt) -> dict[str, list[float]]:
    """Accuracy on test images of logistic regression on the latents of all training images."""
    latents, network = LATENTS[cell.dataset], NETWORKS[cell.architecture]
    if cell.architecture == "vector_quantized":
        network = network | {"code_size": latents // POSITIONS}
    train, found = cell.trainer(latents, network), []
    for seed in seeds:
        model = train(cell.data.train, cell.data.validation, seed, epochs, "for a probe")
        found.append(features.score(functions_of(model), cell.data, seed)["probe_all"])
    return {"accuracy": found}
