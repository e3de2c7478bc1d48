"""A loop written by hand in PyTorch with its best settings: all images in memory as floats, channels last, Adam fused,
no gradients in validation, gradients clipped as this project does; compiled where the job says so.

Run by the Python of benchmarks/.venv."""

import itertools
import math
import time

import torch
from torch import nn

from benchmarks import timing_loop


class ToMaps(nn.Module):
    """Numbers (n, height * width * channels) -> maps (n, channels, height, width), channels last in memory."""

    def __init__(self, height: int, width: int, channels: int):
        super().__init__()
        self.shape = height, width, channels

    def forward(self, x):
        return x.reshape(-1, *self.shape).permute(0, 3, 1, 2)


class ToNumbers(nn.Module):
    """Maps (n, channels, height, width), channels last in memory -> numbers (n, height * width * channels)."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


class Block(nn.Module):
    """x + two convolutions of its normalised self, an activation before each."""

    def __init__(self, channels: int, activation):
        super().__init__()
        self.activation = activation()
        self.normalization = nn.LayerNorm(channels, eps=0.001)
        self.convolutions = nn.ModuleList(nn.Conv2d(channels, channels, 3, padding=1) for _ in range(2))

    def forward(self, x):
        added = self.normalization(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        for convolution in self.convolutions:
            added = convolution(self.activation(added))
        return x + added


def dense(image_shape, latent_size, activation, hidden=(), **_):
    """Layers as in `dense_encoder` and `dense_decoder`, on flat images."""
    widths = [math.prod(image_shape), *hidden, latent_size, *hidden[::-1], math.prod(image_shape)]
    parts = []
    for i, (before, after) in enumerate(itertools.pairwise(widths)):
        parts += [nn.Linear(before, after)]
        if i not in (len(hidden), 2 * len(hidden) + 1):  # the latent is linear, the image a sigmoid
            parts.append(activation())
    return nn.Sequential(*parts, nn.Sigmoid())


def convolutional(image_shape, latent_size, activation, encoder_filters, decoder_filters, **_):
    """Layers as in `convolutional_encoder` and `convolutional_decoder`; sides are a multiple of 4."""
    height, width, colours = image_shape
    parts, channels = [ToMaps(*image_shape)], colours
    for filters in encoder_filters:
        parts += [nn.Conv2d(channels, filters, 4, stride=2, padding=1), activation()]
        channels = filters
    scale = 2 ** len(encoder_filters)
    maps = height // scale, width // scale
    size = math.prod(maps)
    parts += [ToNumbers(), nn.Linear(size * channels, latent_size)]
    channels = decoder_filters[0]
    parts += [nn.Linear(latent_size, size * channels), activation(), ToMaps(*maps, channels)]
    for filters in decoder_filters[1:]:
        parts += [nn.ConvTranspose2d(channels, filters, 4, stride=2, padding=1), activation()]
        channels = filters
    return nn.Sequential(
        *parts, nn.ConvTranspose2d(channels, colours, 4, stride=2, padding=1), nn.Sigmoid(), ToNumbers()
    )


def residual(image_shape, latent_size, activation, filters, **_):
    """Layers as in `residual_encoder` and `residual_decoder`; sides are a multiple of 4."""
    height, width, colours = image_shape
    parts, channels = [ToMaps(*image_shape)], colours
    for wider in filters:
        parts += [nn.Conv2d(channels, wider, 3, stride=2, padding=1), Block(wider, activation)]
        channels = wider
    scale = 2 ** len(filters)
    smallest = height // scale, width // scale, channels
    size = math.prod(smallest)
    parts += [activation(), ToNumbers(), nn.Linear(size, latent_size), nn.Linear(latent_size, size), ToMaps(*smallest)]
    for narrower in (*filters[-2::-1], colours):
        parts += [
            Block(channels, activation),
            activation(),
            nn.Conv2d(channels, 4 * narrower, 3, padding=1),
            nn.PixelShuffle(2),
        ]
        channels = narrower
    return nn.Sequential(*parts, nn.Sigmoid(), ToNumbers())


ACTIVATIONS = {"relu": nn.ReLU, "elu": nn.ELU, "gelu": nn.GELU}
NETWORKS = {"vanilla": dense, "deep": dense, "convolutional": convolutional, "residual": residual}


def main() -> None:
    job = timing_loop.job()
    torch.set_num_threads(1)
    arrays = timing_loop.images(job)
    train, validation = (torch.from_numpy(images).flatten(1).float() / 255 for images in arrays)
    network = NETWORKS[job["network"]](
        arrays[0].shape[1:], job["latent_size"], ACTIVATIONS[job["activation"]], **job["options"]
    )
    network = network.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(network.parameters(), lr=job["learning_rate"], fused=True)

    def loss_of(images):
        return (network(images) - images).square().sum() / 2 / len(images)

    if job["compiled"]:
        loss_of = torch.compile(loss_of)

    def epoch(train, validation) -> None:
        for chosen in torch.randperm(len(train)).split(job["batch_size"]):
            optimizer.zero_grad()
            loss_of(train[chosen]).backward()
            nn.utils.clip_grad_norm_(network.parameters(), job["clip_norm"])
            optimizer.step()
        with torch.inference_mode():
            sum(float(loss_of(images)) * len(images) for images in validation.split(job["batch_size"]))

    def measure() -> float:
        start = time.monotonic()
        for _ in range(job["epochs"]):
            epoch(train, validation)
        return job["images"] * job["epochs"] / (time.monotonic() - start)

    epoch(train[: job["batch_size"]], validation[: job["batch_size"]])
    timing_loop.serve({"parameters": sum(weights.numel() for weights in network.parameters())}, measure)


if __name__ == "__main__":
    main()
