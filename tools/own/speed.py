"""Speed of training on this machine, from a few steps."""

import time
from typing import NamedTuple

import numpy as np

from stages.train.settings import Cell

MEASURED = 0.5  # seconds of steps; all times are the processor's, as if nothing else ran


class Speed(NamedTuple):
    """Of one architecture."""

    start: float  # seconds until the first step
    step: float  # seconds of one


SOLVED = Speed(0, 0)  # of what is not trained


def measure(cell: Cell, image_shape: tuple[int, int, int]) -> Speed:
    """Speed of training on random images; none where nothing is trained."""
    from stages.train.build import build, is_solved
    from stages.train.fit import trainer_of

    if is_solved(cell.architecture):
        return SOLVED
    batch, begun = cell.budget.batch_size, time.process_time()
    trainer = trainer_of(build(cell, image_shape), cell.training)
    images = np.random.default_rng(0).integers(0, 256, (batch, *image_shape), np.uint8)

    def seconds(steps):
        before = time.process_time()
        order = np.tile(np.arange(batch, dtype=np.int32), (steps, 1))
        trainer.train(images, order, np.zeros(steps, np.float32))
        return time.process_time() - before

    seconds(1)
    start, steps = time.process_time() - begun, 1
    while (taken := seconds(steps)) < MEASURED:
        steps *= 2
    return Speed(start, taken / steps)
