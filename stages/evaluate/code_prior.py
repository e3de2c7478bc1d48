"""Prior over the codes of a discrete latent, fitted to the codes of training images: an autoregressive context model.

An image first falls into one of some clusters, which says what it is like as a whole. Its codes are then drawn in
reading order, each from what followed in training upon its context: the cluster, its position, the neighbours drawn
before. Contexts that are rare back off to shorter ones (MacKay and Peto 1995, "A hierarchical Dirichlet language
model"). In place of the PixelCNN of van den Oord et al. 2017: it takes seconds and has no weights to train.
"""

from itertools import accumulate
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.cluster import KMeans

from stages.common.subset import spread

NEIGHBOURS = {"left": (0, -1), "up": (-1, 0)}  # rows, columns
# In each chain a context has one part more than the one before it; validation images choose between them.
CHAINS = (("position", "cluster", "left", "up"), ("up", "left", "cluster", "position"))
CLUSTERS = (1, 10, 20, 40, 80)  # of k-means; validation images choose
CLUSTERED = 10_000  # training images that k-means looks at, at most
STRENGTHS = 4.0 ** np.arange(-1, 11)  # a context's counts weigh as much as the shorter context at so many of them


class Level(NamedTuple):
    """Counts of the codes that follow upon contexts of one length."""

    contexts: np.ndarray  # (c,), sorted
    counts: csr_matrix  # (c + 1, codebook_size); the last row, of contexts never met, is empty
    totals: np.ndarray  # (c + 1,)


class CodePrior(NamedTuple):
    """A prior over codes on a grid."""

    grid: tuple[int, int]
    codebook_size: int
    shares: np.ndarray  # of training images in each cluster
    parts: tuple[str, ...]  # of the longest context
    levels: list[Level]  # from no context to the longest
    strengths: list[float]
    log_likelihood: float  # of codes and cluster of validation images, nats a code: a bound of that of the codes

    def draw(self, n: int, seed: int) -> np.ndarray:
        """Codes of n images, (n, positions)."""
        random = np.random.default_rng(seed)
        clusters = random.choice(len(self.shares), n, p=self.shares)
        codes = np.zeros((n, self.grid[0] * self.grid[1]), int)
        for position in range(codes.shape[1]):
            p = np.full((n, self.codebook_size), 1 / self.codebook_size)
            keys = _keys(codes, clusters, self.grid, self.codebook_size, self.parts)
            for level, strength, key in zip(self.levels, self.strengths, keys, strict=True):
                rows = _rows(level, key[:, position])
                p = (level.counts[rows].toarray() + strength * p) / (level.totals[rows] + strength)[:, None]
            below = p.cumsum(axis=1) < random.random((n, 1))
            codes[:, position] = np.minimum(below.sum(axis=1), self.codebook_size - 1)
        return codes


class Coded(NamedTuple):
    """Images by their codes (n, positions), and latents (n, k) by which they are clustered."""

    codes: np.ndarray
    latents: np.ndarray


def fit_code_prior(train: Coded, validation: Coded, grid: tuple[int, int], codebook_size: int) -> CodePrior:
    """Clusters and counts of training images. The number of clusters, the chain and, from the shortest context on, each
    strength are those under which validation images are the most likely."""
    some = train.latents[spread(CLUSTERED, len(train.latents))]
    best = None  # alone, for the counts of all of them would take a gigabyte on CIFAR-10
    for count in (count for count in CLUSTERS if count <= len(some)):
        means = KMeans(count, n_init=1, random_state=0).fit(some)
        clusters = means.predict(train.latents), means.predict(validation.latents)
        for parts in CHAINS:
            prior = _fitted(train.codes, validation.codes, clusters, grid, codebook_size, parts)
            if best is None or prior.log_likelihood > best.log_likelihood:
                best = prior
    return best


def _fitted(train, validation, clusters, grid, codebook_size, parts) -> CodePrior:
    counts = np.bincount(clusters[0], minlength=clusters[1].max() + 1) + 1.0
    shares = counts / counts.sum()
    levels, strengths = [], []
    p = np.full(validation.size, 1 / codebook_size)
    both = ((train, clusters[0]), (validation, clusters[1]))
    keys = zip(*(_keys(*split, grid, codebook_size, parts) for split in both), strict=True)
    for known, held in keys:
        level = _counted(known.ravel(), train.ravel(), codebook_size)
        rows = _rows(level, held.ravel())
        met, totals = np.asarray(level.counts[rows, validation.ravel()]).ravel(), level.totals[rows]
        tried = [(met + strength * p) / (totals + strength) for strength in STRENGTHS]
        best = int(np.argmax([np.log(chances).mean() for chances in tried]))
        p = tried[best]
        levels.append(level)
        strengths.append(float(STRENGTHS[best]))
    likelihood = np.log(p).mean() + np.log(shares[clusters[1]]).mean() / validation.shape[1]
    return CodePrior(grid, codebook_size, shares, parts, levels, strengths, float(likelihood))


def _keys(codes, clusters, grid: tuple[int, int], codebook_size: int, parts: tuple[str, ...]) -> list[np.ndarray]:
    """For every length of context, from none on, one whole number for every code, (n, positions)."""
    height, width = grid
    base = max(codebook_size + 1, height * width, *CLUSTERS)
    framed = np.pad(codes.reshape(-1, height, width), ((0, 0), (1, 0), (1, 0)), constant_values=codebook_size)
    values = {"position": np.arange(height * width), "cluster": clusters[:, None]}
    for name, (down, right) in NEIGHBOURS.items():
        shifted = framed[:, 1 + down : 1 + down + height, 1 + right : 1 + right + width]
        values[name] = shifted.reshape(codes.shape)
    start = np.zeros(codes.shape, np.int64)
    return list(accumulate((values[part] for part in parts), lambda key, more: key * base + more, initial=start))


def _counted(keys: np.ndarray, codes: np.ndarray, codebook_size: int) -> Level:
    contexts, rows = np.unique(keys, return_inverse=True)
    shape = (len(contexts) + 1, codebook_size)
    counts = csr_matrix((np.ones(len(codes)), (rows, codes)), shape=shape)
    return Level(contexts, counts, np.bincount(rows, minlength=len(contexts) + 1).astype(float))


def _rows(level: Level, keys: np.ndarray) -> np.ndarray:
    """The row of each context's counts."""
    rows = np.minimum(np.searchsorted(level.contexts, keys), len(level.contexts) - 1)
    return np.where(level.contexts[rows] == keys, rows, len(level.contexts))
