"""How long a comparison takes, from the speed of every architecture, and what fits into a limit."""

import math

from tqdm import tqdm

from stages.check.data_sets import DataSet, counts_of, has_folds, published_of
from stages.common.settings import read_block
from stages.common.stage import UserError
from stages.evaluate.measures.budgets import SIDE, fewer
from stages.evaluate.measures.linear_denoiser import DAMAGED, FEWEST, TILE
from stages.prepare.split import FOLDS
from stages.train.components import MOST
from stages.train.settings import Tuning, cell_of
from tools.own.speed import SOLVED, Speed, measure

TUNED = 0.6  # of the epochs of all trials are run: hopeless ones are pruned
PASSES = 12  # forward and backward passes through all images that scoring takes, about
PER_SEED = 4  # seconds of scoring that no network is in: probes, mixtures, entropy coding
DENOISED = (7e-3, 8e-6)  # seconds of the classical denoisers of all levels, for an image, and for each of its values
CHOSEN = 160  # such images: so many take as long as the choice of parameters on validation
FITTED = 1.3e-11  # seconds of linear regression for each operation of its sums and of its decomposition
SEARCHED = 7e-7  # seconds for each value of an image that is kept, in which nearest neighbours of others are looked for
KEPT = 10_000  # such images at most
PROBED = (1.5e-6, 7e-3)  # seconds of probes on pixels for each value: of a training image, and once
CLUSTERED = 7e-7  # seconds of k-means on pixels for each value of a training image
CLASSIFIED = 6e-6  # seconds of the classifier's training, for each pixel of a training image
COMPONENTS = 1.3e-9  # seconds of PCA, for the values of an image times the square of them or, if fewer, of the images
CODECS = 12  # seconds of JPEG, WebP, AVIF and a PCA coder
FEWEST_EPOCHS, FEWEST_SEEDS = 3, 2


def timed(
    params: dict, name: str, architectures: list[str], loading: float, jobs: int, minutes: int | None
) -> tuple[DataSet, list[str]]:
    """The block of a data set, and architectures, cut to what `minutes` allow. Says how long it will take.

    loading: seconds that TensorFlow takes. Raises UserError where the least that can be compared takes longer.
    """
    data = read_block(DataSet, params, "data", name)
    shape = (data.image_size, data.image_size, data.folder.channels)
    bar = tqdm(architectures, desc="measuring", disable=None, leave=False)
    speeds = {architecture: measure(cell_of(params, name, architecture), shape) for architecture in bar}
    if not minutes:
        print(f"time: about {spoken(seconds(params, data, speeds, loading, jobs))}")
        return data, architectures
    data, kept, taken, cut = fit(params, data, speeds, loading, jobs, 60 * minutes)
    if taken > 60 * minutes:
        raise UserError(f"MINUTES={minutes}: the least that can be compared takes about {spoken(taken)}")
    print(f"time: about {spoken(taken)}, of {minutes} minutes" + (f"; cut to: {', '.join(cut)}" if cut else ""))
    return data, kept


def spoken(seconds: float) -> str:
    """Seconds as people say them."""
    return f"{math.ceil(seconds / 60)} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def seconds(params: dict, data: DataSet, speeds: dict[str, Speed], loading: float, jobs: int) -> float:
    """Seconds of the whole comparison with `jobs` stages side by side. loading: seconds that TensorFlow takes."""
    tuning, counts = read_block(Tuning, params, "tuning"), images_of(params, data)
    steps = data.epochs * max(1, counts["train"] * data.passes_per_epoch // data.batch_size)
    seeds, labels = len(data.seeds), data.folder.classes > 0
    runs = seeds * (1.25 if labels else 1) + 0.75
    tried = 0 if has_folds(data, published_of("", data)) else tuning.trials  # nothing is tuned where all are tested
    trials = tried * tuning.share_of_epochs * TUNED
    kinds = min(tried, len(tuning.activation) * len(tuning.output))
    pixels = data.image_size**2 * data.folder.channels
    components, cells = COMPONENTS * pixels * min(pixels, counts["train"], MOST) ** 2, []
    for speed in speeds.values():
        solved = seeds * (2 if labels else 1) * components if speed == SOLVED else 0
        scoring = seeds * (PASSES * sum(counts.values()) / data.batch_size / 3 * speed.step + PER_SEED)
        trained = (kinds + 1) * speed.start + (runs + trials) * steps * speed.step
        cells.append(3 * loading + trained + solved + scoring)
    shared = 3 * loading + components + CODECS + _references(params, data, counts, pixels)
    return shared + max(max(cells), sum(cells) / jobs)


def _references(params: dict, data: DataSet, counts: dict[str, int], values: int) -> float:
    """Seconds of the classical methods that grow with images, and of the classifier. values: of an image."""
    train, (each, for_value) = counts["train"], DENOISED
    denoising = params["tasks"].get("denoising", {})
    denoised = denoising.get("images", 0)
    once = (min(counts["test"], denoised) + CHOSEN) * (each + for_value * values) if denoised else 0
    tile = values if data.image_size <= SIDE else TILE**2 * data.folder.channels
    tiles = max(DAMAGED, fewer(train, (data.image_size,) * 2, FEWEST) * values // tile)
    fits = len(denoising.get("gaussian", ())) + 4  # one for each damage, and two for pictures
    once += fits * FITTED * (4 * tiles * tile**2 + 25 * tile**3) if denoised else 0
    seed = SEARCHED * values * min(train, KEPT)
    if data.folder.classes:  # the classifier and probes see large images smaller
        pixels = min(data.image_size, SIDE) ** 2
        once += pixels * data.folder.channels * (PROBED[0] * train + PROBED[1])
        once += CLASSIFIED * data.passes_per_epoch * train * pixels
        seed += CLUSTERED * pixels * data.folder.channels * train
    return once + len(data.seeds) * seed


def fit(params: dict, data: DataSet, speeds: dict[str, Speed], loading: float, jobs: int, limit: float):
    """Settings and architectures that take `limit` seconds at most, and what was cut, in words.

    Epochs are halved, then seeds, then the slowest architectures go, until it fits or nothing is left to cut. Where
    each seed tests another part of the images, seeds stay.
    """
    before, speeds, cut = data, dict(speeds), []
    fewest = FOLDS if has_folds(data, published_of("", data)) else FEWEST_SEEDS
    while (taken := seconds(params, data, speeds, loading, jobs)) > limit:
        if data.epochs > FEWEST_EPOCHS:
            data = data.model_copy(update={"epochs": max(FEWEST_EPOCHS, math.ceil(data.epochs / 2))})
        elif len(data.seeds) > fewest:
            data = data.model_copy(update={"seeds": data.seeds[:-1]})
        elif len(speeds) > 2:
            slowest = max(speeds, key=lambda name: (speeds[name].step, speeds[name].start))
            cut.append(f"without {slowest}")
            del speeds[slowest]
        else:
            break
    if len(data.seeds) < len(before.seeds):
        cut.insert(0, f"{len(data.seeds)} seeds for {len(before.seeds)}")
    if data.epochs < before.epochs:
        cut.insert(0, f"{data.epochs} epochs for {before.epochs}")
    return data, list(speeds), taken, cut


def images_of(params: dict, data: DataSet) -> dict[str, int]:
    """The number of images of each split of a folder."""
    return counts_of(params, data, published_of("", data))
