"""Questions of the report: what the figures of all data sets come to."""

import pytest
from helpers import METRICS, result, task_of

from stages.common.unlabelled import named_as_measured
from stages.tell.questions import DETECTORS, by_error, detectors


def with_anomalies(first=0.9, kinds=("classes never seen", "other data set", "noise", "blur")):
    """Results of the digits, each detector with a lower AUROC than the one before it, and the other way on damage."""
    aurocs = [first - 0.1 * i for i in range(len(DETECTORS))]
    table = [[auroc, 1.0, 1 - auroc, 0.8 - auroc][: len(kinds)] for auroc in aurocs]
    scores = {name: [auroc] * 3 for name, auroc in zip(DETECTORS, aurocs, strict=True)}
    scores |= {"anomalies": [list(kinds)] * 3, "auroc_by_anomaly": [table] * 3}
    found = result({name: content | {"scores": content["scores"]} for name, content in METRICS.items()})
    for content in found["metrics"].values():
        content["scores"] = content["scores"] | {"anomaly": scores}
    found["tasks"]["anomaly"] = task_of("anomaly")
    found["verdicts"]["tasks"]["anomaly"] = found["verdicts"]["tasks"]["reconstruction"]
    return found


def test_the_best_detector_is_that_of_a_kind_of_anomalies():
    """Classes never seen and damaged images apart, since what is best for the one may be the worst for the other."""
    found = detectors({"digits": with_anomalies()}, {"anomaly": task_of("anomaly")})
    assert found["best"] == {"classes never seen": "error or density", "damaged images": "by anomaly map"}
    unseen, damaged = found["rows"]
    assert unseen["about"] == "classes never seen" and unseen["means"][:2] == pytest.approx([0.9, 0.8])
    assert damaged["about"] == "damaged images" and damaged["means"][:2] == pytest.approx([0.0, 0.1])


@pytest.mark.parametrize("other", ["other data set", "kind scratch"])
def test_without_damaged_images_nothing_is_said_of_them(other):
    """Kinds of the user's anomalies are none."""
    found = detectors({"digits": with_anomalies(kinds=("classes never seen", other))}, {"anomaly": task_of("anomaly")})
    assert list(found["best"]) == ["classes never seen"] and len(found["rows"]) == 1
    assert detectors({"digits": result()}, {}) == {"rows": []}


def test_who_has_no_verdict_is_not_worse_in_none():
    """From one seed nothing speaks for or against a choice by error."""
    found = result()
    choice = found["verdicts"]["chosen_by_error"]
    choice["tasks"]["features"] = {"": {"verdict": "one seed", "words": ""}}
    assert by_error({"digits": found}) == []
    choice["tasks"]["generation"] = {"": {"verdict": "worse", "words": ""}}
    (row,) = by_error({"digits": found})
    assert (row["count"], row["worse"]) == (1, 1)


def test_without_labels_no_class_was_never_seen():
    found = {"metrics": METRICS, "tasks": {"anomaly": task_of("anomaly")}}
    unlabelled = named_as_measured(found)["tasks"]["anomaly"]
    assert unlabelled.label == "AUROC of other data set" and "seen" not in " ".join(unlabelled.columns.values())
    content = METRICS["deep"] | {"facts": METRICS["deep"]["facts"] | {"seen_classes": [0]}}
    labelled = named_as_measured(found | {"metrics": {"deep": content}})
    assert labelled["tasks"]["anomaly"].label == "AUROC of classes never seen"
