"""How well anomaly maps show where the defects are, against masks of them."""

from typing import NamedTuple

import numpy as np
from scipy.ndimage import label

PRO_LIMIT = 0.3  # false positive rate up to which the overlap counts (Bergmann et al. 2020)


class Rates(NamedTuple):
    """Shares of the normal pixels whose value is above, and at least, that of each defective pixel, (n,)."""

    above: np.ndarray
    reached: np.ndarray

    def auroc(self) -> float:
        """The chance that a defective pixel has a larger value than a normal one, ties counting half."""
        return float(1 - np.mean(self.above + self.reached) / 2)

    def overlap(self, weights: np.ndarray, limit: float = PRO_LIMIT) -> float:
        """The area under the curve of the overlap against the false positive rate, up to a limit and over it; weights
        (n,): how much of the overlap each pixel is, in all 1.

        As the threshold falls below a pixel's value, the overlap rises by its weight: it counts from the false positive
        rate there to the limit. Among ties the curve rises along a straight line, as that of scikit-learn does.
        """
        ties = self.reached - self.above
        inside = np.clip(limit - self.above, 0, ties)  # the part of the line that is below the limit
        left = limit - self.above
        areas = np.where(ties > 0, inside * (left - inside / 2) / np.where(ties > 0, ties, 1), np.maximum(left, 0))
        return float(np.sum(weights * areas) / limit)


def region_weights(masks: np.ndarray) -> np.ndarray:
    """For each defective pixel of masks (n, height, width), in their order, the share that it has of the mean overlap:
    one over the number of regions and the size of its own, so that small regions count as much as large ones. Pixels
    that touch, at a corner too, are one region."""
    weights, regions = np.zeros(masks.shape), 0
    for mask, own in zip(masks, weights, strict=True):
        numbers, count = label(mask, np.ones((3, 3)))
        own[mask > 0] = 1 / np.bincount(numbers.ravel())[numbers[mask > 0]]
        regions += count
    return weights[masks > 0] / regions


def localisation(normal: np.ndarray, anomalous: np.ndarray, masks: np.ndarray, kinds: np.ndarray) -> dict:
    """pixel_auroc and pro, per-region overlap, of maps (n, height, width) of normal images and (m, height, width) of
    anomalies with masks of the same shape, 1 where the defect is; kinds (m,): the same for each kind of anomaly, with
    its own images and the normal ones, in pixel_auroc_by_kind and pro_by_kind, and kinds_with_masks, their names."""
    names, outside = np.unique(kinds), np.sort(normal, axis=None)  # sorted once for all kinds
    own = [_measured(outside, anomalous[kinds == kind], masks[kinds == kind]) for kind in names]
    whole = own[0] if len(names) == 1 else _measured(outside, anomalous, masks)
    return whole | {
        "kinds_with_masks": names.tolist(),
        **{f"{name}_by_kind": [scores[name] for scores in own] for name in whole},
    }


def _measured(outside: np.ndarray, anomalous: np.ndarray, masks: np.ndarray) -> dict[str, float]:
    """pixel_auroc and pro; outside: sorted values of normal images, other arguments as of `localisation`."""
    rates = rates_of([outside, np.sort(anomalous[masks == 0])], anomalous[masks > 0])
    return {"pixel_auroc": rates.auroc(), "pro": rates.overlap(region_weights(masks))}


def rates_of(normal: list[np.ndarray], defective: np.ndarray) -> Rates:
    """The rates of defective pixels (n,) among normal ones, the values of several arrays, each sorted."""
    total = sum(map(len, normal))
    below = (sum(np.searchsorted(part, defective, side) for part in normal) for side in ("right", "left"))
    return Rates(*(1 - number / total for number in below))  # type: ignore[arg-type]
