"""Untrained models, as params.yaml describes them."""

from stages.common.registry import load


def options_of(params: dict, dataset: str, architecture: str) -> dict:
    """Keyword arguments of an architecture's `build`: its block, layer widths times the data set's `width`.

    Layer widths are lists of whole numbers.
    """
    width = params["data"][dataset]["width"]
    return {
        name: [max(1, round(units * width)) for units in value] if isinstance(value, list) else value
        for name, value in params["architecture"][architecture].items()
    }


def build(params: dict, dataset: str, architecture: str, image_shape: tuple[int, int, int]):
    """An untrained Autoencoder for images of image_shape (height, width, channels), as params.yaml describes it."""
    training = params["training"]
    needs_shares = training["reconstruction_loss"] == "binary_crossentropy"  # of black and white, within (0, 1)
    return load("architectures", architecture).build(
        image_shape,
        params["data"][dataset]["latent_size"],
        training["activation"],
        "sigmoid" if needs_shares else training["output"],
        training["reconstruction_loss"],
        **options_of(params, dataset, architecture),
    )
