"""What Git keeps: its verdicts are those of its scores, which judging anew shows in seconds and without a model."""

import json
import time

import pytest
from helpers import ROOT

from stages.common.params import read_params
from stages.judge import __main__ as judge
from stages.judge import ablations, across_datasets

PARAMS = read_params(ROOT / "params.yaml")
MEASURED = ("scores", "references.json", "ablations")
KNOWN = [name for name in PARAMS["datasets"] if not PARAMS["data"][name]["folder"]]
DATASETS = [name for name in KNOWN if (ROOT / "metrics" / name / "verdicts.json").exists()]


def close(value):
    """What is equal to what was read from JSON but for last digits of numbers, in which processors differ."""
    if isinstance(value, dict):
        return {key: close(part) for key, part in value.items()}
    if isinstance(value, list):
        return [close(part) for part in value]
    return pytest.approx(value, rel=1e-3, abs=1e-6) if isinstance(value, int | float) else value


def ablated(dataset):
    """Whether its ablations have been run, which takes as long as all else."""
    return (ROOT / "metrics" / dataset / "ablations").exists()


@pytest.fixture
def judged(tmp_path, monkeypatch):
    """A function that judges all data sets by some settings, in a folder that has their scores."""
    monkeypatch.chdir(tmp_path)
    for dataset in DATASETS:
        (tmp_path / "metrics" / dataset).mkdir(parents=True)
        for name in MEASURED:
            (tmp_path / "metrics" / dataset / name).symlink_to(ROOT / "metrics" / dataset / name)

    def judge_all(params):
        for module in (ablations, across_datasets):
            monkeypatch.setattr(module, "read_params", lambda: params)
        for dataset in params["datasets"]:
            (kept,) = json.loads((ROOT / "metrics" / dataset / "verdicts.json").read_text())["verdicts"]
            measured = params | {"architectures": kept["architectures"]}  # a new one need not have been measured
            monkeypatch.setattr(judge, "read_params", lambda measured=measured: measured)
            judge.main(dataset)
            if ablated(dataset):
                ablations.main(dataset)
        across_datasets.main()
        return tmp_path

    return judge_all


def test_committed_verdicts_are_those_of_committed_scores(judged):
    start, folder = time.process_time(), judged(PARAMS | {"datasets": DATASETS})
    assert time.process_time() - start < 60, "a rule can be changed and tried in under a minute"
    paths = [path for path in folder.rglob("*.json") if not set(MEASURED) & {*path.parts}]
    assert len(paths) == 1 + len(DATASETS) * (1 + len(PARAMS["tasks"])) + sum(map(ablated, DATASETS))
    for path in paths:
        kept = json.loads((ROOT / path.relative_to(folder)).read_text())
        assert json.loads(path.read_text()) == close(kept), path


def test_what_git_keeps_is_compared():
    """The tests above and below are of these data sets: none may drop out unnoticed."""
    assert DATASETS == ["digits"]


def test_a_margin_changes_verdicts(judged):
    """One so wide that all are equivalent: none is worth it, so what needs no network is taken."""
    margins = dict.fromkeys(PARAMS["verdicts"]["margins"], 100.0)
    folder = judged(PARAMS | {"verdicts": PARAMS["verdicts"] | {"margins": margins}, "datasets": DATASETS[:1]})
    rows = json.loads((folder / "metrics" / DATASETS[0] / "summary/reconstruction.json").read_text())
    networks = [row for row in rows if row["kind"] == "architecture"]
    assert {row["verdict"] for row in networks} <= {"best", "equivalent"}
    assert not any(row["usable"] for row in networks)
    assert [row["architecture"] for row in rows if row["choice"] == "take"] == ["pca"]
