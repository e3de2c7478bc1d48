"""The report of what changed between two revisions."""

import json

import numpy as np
import pytest
from helpers import metrics_file, task_of
from markdown_it import MarkdownIt
from project import git
from ruamel.yaml import YAML

from stages.common.names import in_cell
from stages.common.stage import UserError
from tools import diff, revision_scores
from tools.revisions import Revision

TASKS = {("reconstruction", ""): task_of("reconstruction")}


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
    assert text.count("\n") == 1 and text.startswith("No score, recommendation, setting or picture changed")


def test_the_working_tree_is_a_revision(history, tmp_path):
    assert "No score" in diff.report(Revision("change"), Revision(None), None)
    (tmp_path / "metrics/digits/scores/deep.json").write_text(json.dumps(metrics_file([0.0020, 0.0021, 0.0019])))
    assert "better, real" in diff.report(Revision("change"), Revision(None), None)


def decided(kind, *names, case=""):
    """The decision on one case of a task."""
    return {"cases": {case: {"kind": kind, "names": list(names), "words": {"take": f"**{', '.join(names)}**"}}}}


def test_where_another_method_is_recommended_it_is_said(history, tmp_path):
    """A method that is as good besides, or verdicts that one of the two does not have, are no change."""
    path = tmp_path / "metrics/digits/verdicts.json"
    tasks = {"features": decided("take", "deep"), "anomaly": decided("take", "pca"), "denoising": decided("take", "a")}
    path.write_text(json.dumps({"verdicts": [{"tasks": tasks}]}))
    assert "recommended" not in diff.report(Revision("change"), Revision(None), None)
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "judged")
    tasks = {"features": decided("open", "deep"), "anomaly": decided("take", "pca", "vanilla")}
    tasks |= {"compression": decided("none", "a | b"), "generation": decided("insufficient", case="few images")}
    path.write_text(json.dumps({"verdicts": [{"tasks": tasks}]}))
    rows = rendered(diff.report(Revision("change"), Revision(None), None))
    told = ("features", "denoising", "compression", "generation, few images")
    assert [row[:2] for row in rows] == [["digits", name] for name in told]
    assert [len(row) for row in rows] == [4] * 4


def luck(random, mean, spread):
    """Scores of 96 architectures as `changes` takes them: three seeds each, normal around a mean."""
    return {
        ("digits", f"a{i}", "reconstruction", ""): metrics_file(random.normal(mean, spread, 3), jitter=0)["scores"][
            "reconstruction"
        ]
        for i in range(96)
    }


def test_false_alarms_are_rare():
    """Where only the seeds' luck changed, a table should call any score real in about 5 % of cases at most."""
    random = np.random.default_rng(0)
    tables = (revision_scores.changes(luck(random, 0.01, 0.001), luck(random, 0.01, 0.001), TASKS) for _ in range(100))
    assert sum(any("real" in row.verdict for row in rows) for rows in tables) / 100 <= 0.1


def test_a_change_of_everything_is_seen():
    """A fifth better everywhere with a seeds' spread of 3 %: a table of many rows must not hide it."""
    random = np.random.default_rng(0)
    rows = revision_scores.changes(luck(random, 0.01, 0.0003), luck(random, 0.008, 0.0003), TASKS)
    assert np.mean([row.verdict == "better, real" for row in rows]) > 0.8


def test_more_seeds_than_before_are_judged_as_well():
    """Seeds are not paired; only a single one says nothing of luck."""
    keys = [("digits", name, "reconstruction", "") for name in ("deep", "vanilla", "pca")]
    before = ([0.0100, 0.0101, 0.0099], [0.01], [0.02] * 3)
    after = ([0.0080, 0.0081, 0.0079, 0.0080, 0.0080], [0.008, 0.008], [0.02] * 5)
    old, new = (
        {key: metrics_file(mse)["scores"]["reconstruction"] for key, mse in zip(keys, side, strict=True)}
        for side in (before, after)
    )
    words = {row.architecture: row.verdict for row in revision_scores.changes(old, new, TASKS)}
    assert words["deep"] == "better, real" and words["vanilla"] == "better on these test images; one seed"


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", "null", '{"scores": 3'])
def test_a_malformed_file_is_named(history, tmp_path, content):
    (tmp_path / "metrics/digits/scores/deep.json").write_text(content)
    with pytest.raises(
        UserError, match=r"metrics/digits/scores/deep\.json of the working tree is no metrics file"
    ) as caught:
        diff.report(Revision("main"), Revision(None), None)
    assert "\n" not in str(caught.value)


def test_no_repository(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(UserError, match="in no Git repository"):
        Revision("main")


ODD = [
    "a | b",
    "a\\| b",
    r"a\\\| b",
    "`",
    "a``b`",
    "two\nlines",
    "",
    " ",
    "`|`\r\n| x |",
    ["a|`b"],
    [{"a": None}],
    0.5,
    "adam",
]


def rendered(text):
    """Cells of all rows of the tables of a Markdown text, as a reader sees them; code in a list."""
    cells, parsed = [], MarkdownIt("commonmark").enable("table").parse(text)
    for token, content in zip(parsed, [*parsed[1:], None], strict=True):
        if token.type == "tr_open":
            cells.append([])
        elif token.type == "td_open":
            parts = content.children
            code = len(parts) == 1 and parts[0].type == "code_inline"
            cells[-1].append([parts[0].content] if code else "".join(part.content for part in parts))
    return [row for row in cells if row]


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_no_value_of_a_setting_breaks_the_table(history, tmp_path, value):
    params = revision_scores.settings(Revision(None))
    params["training"] |= {"patience": value}
    YAML().dump(params, tmp_path / "params.yaml")
    rows = rendered(diff.report(Revision("change"), Revision(None), None))
    shown = repr(value)[1:-1] if isinstance(value, str) and value else repr(value)
    assert rows == [["training.patience", ["7"], [shown]]]


@pytest.mark.parametrize("name", ["a | b", "a\\| b", "a\\\\|"])
def test_no_name_breaks_the_table(history, tmp_path, name):
    """Those of a revision are a stranger's."""
    params = revision_scores.settings(Revision(None))
    params["architectures"] = [*params["architectures"], name]
    params["training"][name] = 1
    YAML().dump(params, tmp_path / "params.yaml")
    (tmp_path / f"metrics/digits/scores/{name}.json").write_text(json.dumps(metrics_file([0.1, 0.2])))
    rows = rendered(diff.report(Revision("change"), Revision(None), None))
    assert rows[0] == ["digits", name, "reconstruction", "", "0.15", "", "new"]
    assert [len(row) for row in rows[1:]] == [3, 3]


def test_text_in_a_cell():
    table = "| a |\n| --- |\n| {} |\n"
    for text in ("a | b", "a\\| b", "two\n\n  lines"):
        assert rendered(table.format(in_cell(text))) == [[" ".join(text.split())]]


def test_a_revision_before_tasks_had_cases_still_compares(history, tmp_path):
    """Its one decision on a task is gone, those on the cases are new."""
    path = tmp_path / "metrics/digits/verdicts.json"
    before = {"denoising": decided("take", "deep")["cases"][""]}
    path.write_text(json.dumps({"verdicts": [{"tasks": before}]}))
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "judged")
    after = {"denoising": decided("none", "median", case="noise of sigma 0.1")}
    path.write_text(json.dumps({"verdicts": [{"tasks": after}]}))
    rows = rendered(diff.report(Revision("HEAD"), Revision(None), None))
    assert [row[1:] for row in rows] == [
        ["denoising", "deep", "(none)"],
        ["denoising, noise of sigma 0.1", "(none)", "median"],
    ]
