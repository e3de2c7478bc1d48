"""Maps against masks: the figures of others, what a perfect and a useless map have, and that each region counts."""

import numpy as np
import pytest
from scipy.ndimage import label
from sklearn.metrics import auc, roc_auc_score, roc_curve

from stages.evaluate.measures.localisation import PRO_LIMIT, localisation, rates_of, region_weights


@pytest.fixture
def masks():
    """A large and a small region in the first, one in the second."""
    masks = np.zeros((2, 12, 12), np.uint8)
    masks[0, 1:7, 1:7] = masks[0, 9, 9] = masks[1, 2, 3:6] = 1
    return masks


def measured(maps, masks, normal=None):
    normal = np.zeros((1, *masks.shape[1:])) if normal is None else normal
    return localisation(normal, maps, masks, np.full(len(masks), "any"))


def curve_of_regions(normal, maps, masks, limit):
    """The definition of Bergmann et al. 2020, threshold by threshold, cut off at the limit by a straight line."""
    values = np.concatenate([normal.ravel(), maps.ravel()])
    fine = np.concatenate([normal.ravel(), maps[masks == 0]])
    regions = [own[numbers == i] for own, mask in zip(maps, masks, strict=True)
               for numbers, count in [label(mask, np.ones((3, 3)))] for i in range(1, count + 1)]  # fmt: skip
    rates, overlaps = [0.0], [0.0]
    for threshold in np.unique(values)[::-1]:
        rates.append(np.mean(fine >= threshold))
        overlaps.append(np.mean([np.mean(region >= threshold) for region in regions]))
    inside = [rate for rate in rates if rate < limit]
    return auc([*inside, limit], [*overlaps[: len(inside)], np.interp(limit, rates, overlaps)]) / limit


@pytest.mark.parametrize("levels", [4, 10_000], ids=["ties", "no ties"])
def test_figures_are_those_of_the_definitions(masks, levels):
    random = np.random.default_rng(0)
    maps = random.integers(0, levels, masks.shape) + levels / 4 * masks.astype(float)
    normal = random.integers(0, levels, (3, 12, 12)).astype(float)
    found = measured(maps, masks, normal)
    truth = np.concatenate([np.zeros(normal.size), masks.ravel()])
    values = np.concatenate([normal.ravel(), maps.ravel()])
    assert found["pixel_auroc"] == pytest.approx(roc_auc_score(truth, values), abs=1e-12)
    assert found["pro"] == pytest.approx(curve_of_regions(normal, maps, masks, PRO_LIMIT), abs=1e-9)
    rates = rates_of([np.sort(normal, axis=None), np.sort(maps[masks == 0])], maps[masks > 0])
    equal = np.full(masks.sum(), 1 / masks.sum())
    false, true, _ = roc_curve(truth, values)
    assert rates.overlap(equal, limit=1) == pytest.approx(auc(false, true), abs=1e-12)


def test_a_perfect_a_useless_and_an_inverted_map(masks):
    perfect = measured(masks.astype(float), masks)
    assert perfect["pixel_auroc"] == 1 == perfect["pixel_auroc_by_kind"][0]
    assert perfect["pro"] == pytest.approx(1) and perfect["kinds_with_masks"] == ["any"]
    constant, inverted = measured(np.zeros(masks.shape), masks), measured(-1.0 * masks, masks)
    assert constant["pixel_auroc"] == 0.5 and constant["pro"] == pytest.approx(PRO_LIMIT / 2)
    assert inverted["pixel_auroc"] == 0 == inverted["pro"]


def test_a_small_region_counts_as_much_as_a_large_one(masks):
    """Pixels hide that the small ones are missed, regions do not."""
    assert region_weights(masks).sum() == pytest.approx(1) and region_weights(masks).max() == pytest.approx(1 / 3)
    large = np.zeros(masks.shape)
    large[0, 1:7, 1:7] = 1
    found = measured(large, masks, np.full((1, 12, 12), 0.5))
    assert found["pixel_auroc"] > 0.9 and found["pro"] < 0.5


def test_each_kind_is_told_from_normal_images_by_itself(masks):
    maps = masks * np.array([1.0, -1.0])[:, None, None]
    found = localisation(np.zeros((1, 12, 12)), maps, masks, np.array(["seen", "missed"]))
    assert found["kinds_with_masks"] == ["missed", "seen"] and found["pixel_auroc_by_kind"] == [0, 1]
    assert found["pro_by_kind"] == pytest.approx([0, 1]) and 0 < found["pro"] < 1
