"""The takeaways of the report in the README: brought, dated, and left alone where nothing is new."""

from types import SimpleNamespace

import pytest
from project import git

from stages.common.stage import UserError
from tools import readme

REPORT = "# Report\n\n<!-- takeaways: `make readme` brings them -->\n- one\n- two\n\n<!-- end of takeaways -->\nrest\n"
README = "# Title\n\n<!-- takeaways -->\nold\n<!-- end of takeaways -->\n\nrest\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A repository with results of an earlier day."""
    monkeypatch.chdir(tmp_path)
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
    assert text.endswith(".\n<!-- end of takeaways -->\n\nrest\n") and "old" not in text
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
    (project / "README.md").write_text("no markers")
    with pytest.raises(UserError, match=r"README\.md has no <!-- takeaways -->"):
        readme.main()
    (project / "REPORT.md").unlink()
    with pytest.raises(UserError, match=r"REPORT.md is missing; `make demo`"):
        readme.main()
