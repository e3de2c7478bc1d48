"""Limits: what few images and anomalies cannot tell, by the figures of others."""

from helpers import task_of

from stages.judge.__main__ import _unknowable
from stages.judge.limits import unknowable


def test_few_images_get_notes():
    assert not unknowable(10_000, 2000)
    interval, alarms, *_ = unknowable(20, 20)
    assert "0.14" in interval or "0.13" in interval, "Hanley and McNeil 1982, equation 2"
    assert "15%" in alarms, "the rule of three"
    assert "6 test images show no difference between architectures but failures" in unknowable(6, 1)[2]
    assert not any("splits" in line for line in unknowable(20, 20))


def test_splits_and_a_single_anomaly_are_named():
    lines = unknowable(24, 1, folds=5)
    assert "24 images: each is tested once, in 5 splits" in lines[0]
    assert any(line.startswith("1 anomaly is no sample") for line in lines)
    wide, narrow = (float(unknowable(24, count)[0].split()[8]) for count in (1, 20))
    assert wide > 2 * narrow


def test_the_anomalies_are_those_that_are_used():
    """Another data set's where the user has none, and of classes one half against the other."""
    facts = {"images": [150, 20, 8]}
    task = task_of("anomaly", images=2000)
    measured = {"metrics": {"deep": {"facts": facts}}, "tasks": {"anomaly": task}}
    counts = {"images": 170, "test": 8, "anomalous": 0}
    assert not any("anomalies are no sample" in line for line in _unknowable(measured, counts))
    assert any("8 anomalies are no sample" in line for line in _unknowable(measured, counts | {"anomalous": 8}))
    classes = {"metrics": {"deep": {"facts": facts | {"seen_classes": [0, 1]}}}, "tasks": {"anomaly": task}}
    assert _unknowable(classes, counts)[0] == unknowable(8, 4, normal=4)[0] != unknowable(8, 4)[0]
