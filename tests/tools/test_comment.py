"""The comment on a pull request, with a stand-in for the GitHub CLI that keeps comments in a file."""

import html
import json
import re
import subprocess
import sys

import pytest
from helpers import ROOT
from ruamel.yaml import YAML

from tools import comment

HEAD = "0123456789abcdef0123456789abcdef01234567"
GH = f'''#!{sys.executable}
"""Answers as api.github.com would, for pull request 7 in state.json."""
import json, pathlib, sys
path = pathlib.Path(__file__).parents[1] / "state.json"
state = json.loads(path.read_text())
arguments = sys.argv[2:]
place = next(argument for argument in arguments if argument.startswith("repos/"))
if place == "repos/a/b/pulls/7":
    print(json.dumps(state["pull"]))
elif "--jq" in arguments:
    assert place == "repos/a/b/issues/7/comments" and "--paginate" in arguments
    ours = [i for i, one in enumerate(state["comments"]) if one["login"] in arguments[-1]]
    ours = [i for i in ours if state["comments"][i]["body"].startswith("{comment.MARKER}")]
    print("\\n".join(map(str, ours)))
elif "PATCH" in arguments:
    state["comments"][int(place.removeprefix("repos/a/b/issues/comments/"))]["body"] = json.load(sys.stdin)["body"]
elif "POST" in arguments and place == "repos/a/b/issues/7/comments":
    state["comments"].append({{"login": "github-actions[bot]", "body": json.load(sys.stdin)["body"]}})
else:
    sys.exit("HTTP 404: Not Found")
path.write_text(json.dumps(state))
'''
FORGED = {"login": "somebody", "body": f"{comment.MARKER}\nnot ours"}


@pytest.fixture
def post(tmp_path):
    """A function that comments a report, as the workflow does; returns the comments and what was said."""
    program = tmp_path / "bin/gh"
    program.parent.mkdir()
    program.write_text(GH)
    program.chmod(0o755)
    folder = tmp_path / "comparison"
    folder.mkdir()
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"pull": {"state": "open", "head": {"sha": HEAD}}, "comments": [FORGED]}))

    def post(report, number="7", head=HEAD):
        (folder / "number").write_text(f"{number}\n")
        if report is not None:
            (folder / "report.md").write_text(report)
        command = [sys.executable, "-m", "tools", "comment", "--repository", "a/b", "--run", "55", "--head", head]
        environment = {"PATH": str(program.parent), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=tmp_path, env=environment, text=True, capture_output=True)
        return json.loads(state.read_text())["comments"], done.stdout + done.stderr

    return post


def test_one_comment_made_then_updated(post):
    comments, said = post("first")
    assert len(comments) == 2 and comments[1]["body"].endswith("first") and said.startswith("made")
    assert "(https://github.com/a/b/actions/runs/55)" in comments[1]["body"]
    comments, said = post("second")
    assert len(comments) == 2 and comments[1]["body"].endswith("second") and said.startswith("updated")
    assert comments[0] == FORGED, "a comment of somebody else with our marker is left alone"


@pytest.mark.parametrize("number", ["7; rm -rf /", "../issues/7", "", "\u0667"])
def test_a_number_that_is_none(post, number):
    comments, said = post("report", number)
    assert comments == [FORGED] and "no number of a pull request" in said and "Traceback" not in said


def test_a_pull_request_at_another_commit_gets_no_comment(post):
    comments, said = post("report", head="f" * 40)
    assert comments == [FORGED] and "moved on" in said


def test_a_pull_request_that_is_not_there(post):
    comments, said = post("report", number="8")
    assert comments == [FORGED] and "pulls/8` failed: HTTP 404" in said and "Traceback" not in said


def test_no_report(post):
    comments, said = post(None)
    assert comments == [FORGED] and "left no file comparison/report.md" in said


def test_a_report_is_cut_to_size_and_calls_nobody(post):
    line = "| digits | @everyone |\n"
    comments, _ = post(line * 5000)
    body = comments[1]["body"]
    assert len(body) < 65_536 and "Cut to what fits" in body and body.endswith("|")
    assert not re.search(r"@\w", body) and body.startswith(comment.MARKER)


@pytest.mark.parametrize("at", ["@", "&#64;", "&#064;", "&#0000064;", "&#x40;", "&#X040;", "&commat;", "&#x40;&#64;"])
def test_no_spelling_of_a_mention_calls_anybody(post, at):
    comments, _ = post(f"| digits | {at}everyone {at}a/b |\n")
    shown = html.unescape(comments[1]["body"])
    assert not re.search(r"@\w", shown) and "everyone" in shown


def test_the_workflow_that_may_write_runs_nothing_of_the_pull_request():
    """It checks out the default branch alone, and gives GitHub's words to the shell as variables."""
    text = (ROOT / ".github/workflows/comment.yml").read_text()
    steps = YAML(typ="safe").load(text)["jobs"]["comment"]["steps"]
    uses = [step for step in steps if "uses" in step]
    assert [step["uses"].split("@")[0] for step in uses] == ["actions/checkout"]
    assert uses[0]["with"] == {"persist-credentials": False}
    assert all("${{" not in step.get("run", "") for step in steps)


def test_the_two_workflows_fit_together():
    run, writer = ((ROOT / f".github/workflows/{name}.yml").read_text() for name in ("pull_request", "comment"))
    assert f"workflows: [{YAML(typ='safe').load(run)['name']}]" in writer
    assert "name: comparison\n" in run and "--name comparison --dir comparison" in writer
