"""Tuning in the report: the choice, and how the trials ended."""

import json

from stages.report.tuning import read_tuning, summed


def test_what_was_chosen_and_from_what(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "metrics/tuning/digits"
    folder.mkdir(parents=True)
    ends = ("complete", "pruned", "complete", "diverged", "pruned")
    trials = [{"settings": {"learning_rate": i}, "loss": 9.0 - i, "ended": ended} for i, ended in enumerate(ends)]
    (folder / "deep.json").write_text(json.dumps({"trials": trials, "chosen": [2], "cell": [{}]}))
    (folder / "pca.json").write_text(json.dumps({"trials": [], "chosen": [], "cell": [{}]}))
    found = read_tuning("digits", ["pca", "vanilla", "deep"])
    assert list(found) == ["deep"], "neither what is solved nor what was never tuned"
    counts = {"trials": 5, "pruned": 2, "diverged": 1, "kept": False}
    assert found["deep"] == {"settings": {"learning_rate": 2}, "first": 9.0, "chosen": 7.0, **counts}


def test_what_all_architectures_chose():
    chosen = [(0.01, "elu", "sigmoid"), (0.003, "relu", "sigmoid"), (0.005, "elu", "linear")]
    tuned = {
        str(i): {"settings": dict(zip(("learning_rate", "activation", "output"), row, strict=True))}
        for i, row in enumerate(chosen)
    }
    expected = {"learning_rate": "0.003 to 0.01", "activation": "elu 2, relu 1", "output": "sigmoid 2, linear 1"}
    assert summed(tuned) == expected
