"""Bootstrap over test images: how far a figure may be off because they are a sample."""

from collections.abc import Callable

import numpy as np

from stages.common.json_file import gathered
from stages.common.seeds import RESAMPLED

RESAMPLES = 100  # a standard error to about 7 %


def over_seeds(by_seed: list[dict]) -> dict[str, list]:
    """Scores of one task, a dict for each seed, as a dict of lists with a value for each seed. Of a bootstrap, whose
    samples are the same for every seed, a list holds the mean over seeds in each: of methods whose seeds all count."""
    return {
        name: np.mean(values, axis=0).tolist() if name.endswith(RESAMPLED) else values
        for name, values in gathered(by_seed).items()
    }


def of_each_seed(by_seed: list[dict]) -> dict[str, list]:
    """The same with a bootstrap for each seed, shortened: of networks, of which whose seed counts is judged later."""
    return {
        name: [shortened(values) for values in of_seeds] if name.endswith(RESAMPLED) else of_seeds
        for name, of_seeds in gathered(by_seed).items()
    }


def shortened(resampled: list[float]) -> list[float]:
    """A bootstrap with as many decimals as tell a quarter of its standard deviation, so that a metrics file has room
    for that of every seed: rounding adds less than 1 % to its variance. What is not finite stays."""
    if not (deviation := np.std(resampled)) > 0 or not np.isfinite(deviation):
        return resampled
    return np.round(resampled, int(np.ceil(-np.log10(deviation / 4)))).tolist()


def resampled_means(values: np.ndarray) -> list[float]:
    """The mean of values (n,), one an image, in each of RESAMPLES bootstrap samples of the images (Efron 1979); of
    values (d, n), one for each of d draws of labels and image, with the draws drawn anew as well (Owen 2007, "The
    pigeonhole bootstrap").

    The samples are the same whenever n and d are: so the spread of the difference between two architectures, which saw
    the same images, can be seen from both lists.
    """
    table = np.atleast_2d(values)
    draws, images = table.shape
    random = np.random.default_rng(0)
    chosen = random.integers(0, images, (RESAMPLES, images))
    drawn = random.integers(0, draws, (RESAMPLES, draws))
    return [float(table[np.ix_(*pair)].mean()) for pair in zip(drawn, chosen, strict=True)]


def resampled(statistic: Callable[..., float], *samples: np.ndarray) -> list[float]:
    """statistic(*samples) in each of RESAMPLES bootstrap samples, each array drawn anew along its first axis."""
    return [
        float(statistic(*(sample[random.integers(0, len(sample), len(sample))] for sample in samples)))
        for random in np.random.default_rng(0).spawn(RESAMPLES)
    ]
