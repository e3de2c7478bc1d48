"""Limits: what few images and anomalies cannot tell, by the figures of others."""

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
