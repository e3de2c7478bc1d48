"""Anomaly scores that are inverted, and classes never seen that are easy to reconstruct: read from metrics alone."""

import numpy as np

from stages.common.names import class_name


def inverted(metrics: dict[str, dict]) -> dict[str, dict[str, float]]:
    """Kind of anomaly -> architecture -> AUROC, where the headline's detector has one below .5."""
    kinds = {}  # type: dict[str, dict[str, float]]
    for name, content in metrics.items():
        anomaly = content["scores"]["anomaly"]
        for kind, value in zip(anomaly["anomalies"][0], np.mean(anomaly["auroc_by_anomaly"], axis=0)[0], strict=True):
            if value < 0.5:
                kinds.setdefault(kind, {})[name] = float(value)
    return kinds


def easy_classes(metrics: dict) -> list[tuple[str, float, float]]:
    """Classes never seen with an AUROC below .5 whose images, once seen, have less error than those of others.

    Their names, that AUROC, and the share: their MSE by the model that has seen all classes, over that of the others.
    """
    anomaly = metrics["scores"]["anomaly"]
    by_class = metrics["scores"].get("reconstruction", {}).get("mse_by_class")
    unseen = anomaly["unseen_classes"][0] if by_class and "unseen_classes" in anomaly else []
    if not unseen:
        return []
    errors = np.mean(by_class, axis=0)
    shares = errors[unseen] / np.delete(errors, unseen).mean()
    rows = zip(unseen, np.mean(anomaly["auroc_by_unseen_class"], axis=0), shares, strict=True)
    return [(class_name(metrics, i), value, share) for i, value, share in rows if value < 0.5 and share < 1]
