"""The takeaways of the report in the README: brought, dated, and left alone where nothing is new."""

from types import SimpleNamespace

import pytest
from project import git

from stages.common.stage import UserError
from tools import readme
from tools.command import FailedError

REPORT = "# Report\n\n<!-- takeaways: `make readme` brings them -->\n- one\n- two\n\n<!-- end of takeaways -->\nrest\n"
SCORES = "<!-- scores -->\n\n{}\n\n<!-- end of scores -->\n"
README = f"# Title\n\n<!-- takeaways -->\nold\n<!-- end of takeaways -->\n\nrest\n{SCORES.format('old')}"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A repository with results of an earlier day."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(readme, "scores", lambda: "| pca |")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2024-02-03T12:00:00")
    (tmp_path / "README.md").write_text(README)
    (tmp_path / "REPORT.md").write_text(REPORT)
    for name in ("digits", "mnist"):
        (tmp_path / "metrics" / name / "scores").mkdir(parents=True)
        for path in ("scores/pca", "verdicts"):
            (tmp_path / "metrics" / name / f"{path}.json").write_text("1")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "results")
    return tmp_path


def test_takeaways_come_with_the_date_of_the_results(project):
    readme.main()
    text = (project / "README.md").read_text()
    assert text.startswith(
        "# Title\n\n<!-- takeaways -->\n- one\n- two\n\nResults of 2024-02-03 on digits, MNIST, made on "
    )
    assert text.endswith(f".\n<!-- end of takeaways -->\n\nrest\n{SCORES.format('| pca |')}") and "old" not in text
    readme.main()
    assert (project / "README.md").read_text() == text


def test_the_machine_stays_while_the_results_do(project, monkeypatch):
    readme.main()
    mine = (project / "README.md").read_text()
    monkeypatch.setattr(readme, "processor", lambda: "another processor")
    (project / "REPORT.md").write_text(REPORT.replace("two", "three"))
    readme.main()
    assert (project / "README.md").read_text() == mine.replace("two", "three")
    (project / "metrics/mnist/scores/pca.json").write_text("2")
    monkeypatch.setattr(readme, "date", SimpleNamespace(today=lambda: "2024-05-06"))
    readme.main()
    digits, mnist = (project / "README.md").read_text().splitlines()[6:8]
    assert digits in mine.replace("digits, MNIST", "digits") and digits.startswith(
        "Results of 2024-02-03 on digits, made"
    )
    assert mnist.startswith("Results of 2024-05-06 on MNIST, made on another processor, ")


def test_missing_parts_are_named(project):
    for text, name in {README.partition("<!-- scores")[0]: "scores", "no markers": "takeaways"}.items():
        (project / "README.md").write_text(text)
        with pytest.raises(UserError, match=rf"README\.md has no <!-- {name} -->"):
            readme.main()
    (project / "REPORT.md").unlink()
    with pytest.raises(UserError, match=r"REPORT.md is missing; `make demo`"):
        readme.main()


def test_scores_that_dvc_cannot_show(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FailedError, match="`dvc metrics show` fails: DVC failed to load"):
        readme.scores()
