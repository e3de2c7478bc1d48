"""The report of what changed between two revisions."""

import json

import numpy as np
from helpers import metrics_file, task_of

from tools import changes, diff
from tools.revisions import Revision

TASKS = {"reconstruction": task_of("reconstruction")}


def report(base="main", head="change", address=None):
    return diff.report(Revision(base), Revision(head), address)


def test_every_kind_of_change_is_told_apart(history):
    text = report()
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith(("| digits", "| MNIST"))]
    told = {(row[0].lstrip("| "), row[1]): row[-1].rstrip(" |") for row in rows}
    assert told == {
        ("digits", "deep"): "better, real",
        ("digits", "residual"): "new",
        ("digits", "sparse"): "within noise",
        ("digits", "vanilla"): "gone",
        ("MNIST", "deep"): "worse on these test images; one seed",
    }
    assert "| digits | deep | reconstruction | 0.01 | 0.008 | -20.0 % | better, real |" in text
    assert text.startswith("**1 better, 1 within noise, 1 worse with one seed, 1 new, 1 gone.** From main (")
    assert "| training.patience | `5` | `7` |" in text and "| training.momentum | (none) | `0.9` |" in text
    assert "plots/overview.png" in text and "latent_use" not in text


def test_the_report_is_stable_and_works_both_ways(history):
    assert report() == report()
    back = report("change", "main")
    assert "| digits | deep | reconstruction | 0.008 | 0.01 | +25.0 % | worse, real |" in back


def test_pictures_have_the_address_of_their_commit(history):
    base, head = Revision("main"), Revision("change")
    text = report(address="https://example.org/raw/")
    assert f"![before](https://example.org/raw/{base.commit}/plots/overview.png)" in text
    assert f"![after](https://example.org/raw/{head.commit}/plots/overview.png)" in text


def test_nothing_changed_is_one_line(history):
    text = report("change", "change")
    assert text.count("\n") == 1 and text.startswith("No score, setting or picture changed")


def test_the_working_tree_is_a_revision(history, tmp_path):
    assert "No score" in diff.report(Revision("change"), Revision(None), None)
    (tmp_path / "metrics/digits/deep.json").write_text(json.dumps(metrics_file([0.0020, 0.0021, 0.0019])))
    assert "better, real" in diff.report(Revision("change"), Revision(None), None)


def luck(random, mean, spread):
    """Scores of 96 architectures as `changes` takes them: three seeds each, normal around a mean."""
    return {
        ("digits", f"a{i}", "reconstruction"): metrics_file(random.normal(mean, spread, 3), jitter=0)["scores"][
            "reconstruction"
        ]
        for i in range(96)
    }


def test_false_alarms_are_rare():
    """Where only the seeds' luck changed, a table should call any score real in about 5 % of cases at most."""
    random = np.random.default_rng(0)
    tables = (changes.changes(luck(random, 0.01, 0.001), luck(random, 0.01, 0.001), TASKS) for _ in range(100))
    assert sum(any("real" in row.verdict for row in rows) for rows in tables) / 100 <= 0.1


def test_a_change_of_everything_is_seen():
    """A fifth better everywhere with a seeds' spread of 3 %: a table of many rows must not hide it."""
    random = np.random.default_rng(0)
    rows = changes.changes(luck(random, 0.01, 0.0003), luck(random, 0.008, 0.0003), TASKS)
    assert np.mean([row.verdict == "better, real" for row in rows]) > 0.8
