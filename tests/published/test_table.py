"""Published figures held against ours."""

import json

import pytest
from helpers import ROOT
from ruamel.yaml import YAML

from stages.common.json_file import to_json
from stages.common.stage import UserError
from stages.published import __main__ as replicate
from stages.published import table


def row(better, published=1.0, tolerance=0.1):
    return {"published": published, "better": better, "tolerance": tolerance}


@pytest.mark.parametrize(
    ("better", "ours", "difference", "verdict"),
    [
        ("lower", 0.5, 0.5, "reproduced"),
        ("lower", 1.05, -0.05, "reproduced"),
        ("lower", 1.2, -0.2, "not reproduced"),
        ("higher", 1.2, 0.2, "reproduced"),
        ("higher", 0.95, -0.05, "reproduced"),
        ("higher", 0.8, -0.2, "not reproduced"),
        ("same", 0.95, -0.05, "reproduced"),
        ("same", 1.2, 0.2, "not reproduced"),
        ("same", 0.8, -0.2, "not reproduced"),
    ],
)
def test_verdicts(better, ours, difference, verdict):
    """The mean over seeds; what is computed without chance may be no better either."""
    found = table.judged(row(better), {"values": [ours - 0.01, ours + 0.01], "options": {}})
    assert found["ours"] == pytest.approx(ours) and found["difference"] == pytest.approx(difference)
    assert found["verdict"] == verdict
    assert table.judged(row(better), None)["verdict"] == "not run"


def test_rows_are_whole_and_told_apart():
    rows = table.published()
    keys = [tuple(row[key] for key in ("check", "dataset", "architecture", "what")) for row in rows]
    assert len(set(keys)) == len(keys) > 40
    for row in rows:
        assert row["better"] in ("lower", "higher", "same")
        assert 0 < row["tolerance"] < row["published"]
        assert row["kind"] in table.KINDS and (row["kind"] == "networks") == (row["architecture"] != "pca")
        assert row["minutes"] is None or row["minutes"] > 0
        for key in ("group", "unit", "protocol", "differs", "source"):
            assert row[key] and not row[key].endswith("."), (key, row)


@pytest.fixture
def project(tmp_path, monkeypatch, params):
    """A project in which one check has been run; and a function that writes what it measured."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "metrics/published-figures").mkdir(parents=True)
    entry = {"check": "squared_error", "dataset": "mnist", "architecture": "deep", "seeds": [0, 1], "epochs": 9}
    params["published"] = {"good": entry, "waits": entry | {"architecture": "pca"}}
    YAML().dump(params, tmp_path / "params.yaml")

    def measured(text):
        (tmp_path / "metrics/published-figures/good.json").write_text(text)
        table.main()
        return json.loads((tmp_path / "metrics/published.json").read_text())

    return measured


def test_the_table_is_of_what_has_been_run(project, tmp_path):
    cell = {"check": "squared_error", "dataset": "mnist", "architecture": "deep", "options": {"epochs": 9}}
    row = {"figure": "squared error"}
    found = project(json.dumps(cell | {"measured": [row | {"value": value} for value in (3.01, 3.03)]}))
    assert (tmp_path / "metrics/published.json").read_text() == to_json(found) + "\n"
    rows = {(row["check"], row["architecture"]): row for row in found["rows"]}
    assert len(found["rows"]) == len(table.published()) == 1 + sum(found[kind]["not_run"] for kind in table.KINDS)
    assert found["networks"] == {"reproduced": 1, "not_reproduced": 0} | {"not_run": found["networks"]["not_run"]}
    assert found["without_network"]["reproduced"] == found["computed"]["reproduced"] == 0, "nobody's but its kind's"
    own = rows["squared_error", "deep"]
    assert (own["ours"], own["difference"], own["verdict"]) == (3.02, -0.02, "reproduced")
    assert own["values"] == [3.01, 3.03] and own["options"] == {"epochs": 9}
    assert rows["squared_error", "pca"]["verdict"] == "not run"
    text = (tmp_path / "plots/published-figures/README.md").read_text()
    assert f"1 reproduced, 0 not reproduced, {found['networks']['not_run']} not run." in text
    (line,) = [line for line in text.splitlines() if line.startswith("| mnist | deep | squared error |")]
    assert line.startswith("| mnist | deep | squared error | 3.0 | 3.02 | -0.02 | 0.1 | 2 | ")
    assert line.endswith(f"| reproduced | {own['differs']} |") and own["differs"].startswith("ELU")
    before = text
    table.main()
    assert (tmp_path / "plots/published-figures/README.md").read_text() == before


def test_two_files_of_one_figure_are_refused(project, tmp_path):
    """As one is left that params.yaml called by another name before."""
    cell = {"check": "squared_error", "dataset": "mnist", "architecture": "deep", "options": {}}
    text = json.dumps(cell | {"measured": [{"figure": "squared error", "value": 3.01}]})
    (tmp_path / "metrics/published-figures/former.json").write_text(text)
    with pytest.raises(UserError, match=r"former\.json and .*good\.json measure the same"):
        project(text)


@pytest.mark.parametrize("text", ['{"check": [', '{"check": "novelty"}', '[{"figure": "novelty"}]'])
def test_a_damaged_file_and_one_of_another_format_are_told(project, text):
    with pytest.raises(UserError, match="dvc repro replicate@good") as caught:
        project(text)
    assert "\n" not in str(caught.value)


def test_images_of_another_size_are_another_problem(project, monkeypatch, tmp_path, capsys):
    """They are not run, which the table says."""
    from helpers import make_data

    monkeypatch.setattr(replicate, "load_data", lambda dataset: make_data())
    replicate.main("good")
    assert "not run: the published images of mnist are 28 pixels wide, ours 12" in capsys.readouterr().out
    found = project((tmp_path / "metrics/published-figures/good.json").read_text())
    assert sum(found[kind]["not_run"] for kind in table.KINDS) == len(found["rows"])


def test_a_check_is_given_its_options(project, monkeypatch, tmp_path):
    asked = []

    class Check:
        @staticmethod
        def measure(cell, **options):
            asked.append((cell.dataset, cell.architecture, options))
            return {"squared error": [2.5, 2.7]}

    from helpers import make_data

    monkeypatch.setattr(replicate, "load_data", lambda dataset: make_data((28, 28, 1)))
    monkeypatch.setattr(replicate, "load", lambda kind, name: Check)
    replicate.main("good")
    assert asked == [("mnist", "deep", {"seeds": [0, 1], "epochs": 9})]
    found = project((tmp_path / "metrics/published-figures/good.json").read_text())
    assert found["networks"]["reproduced"] == 1


def test_kinds_of_figures():
    """What was computed here is no publication, and PCA is no network."""
    kinds = {(row["check"], row["architecture"]): row["kind"] for row in table.published()}
    assert kinds["pca", "pca"] == kinds["novelty", "pca"] == "computed"
    assert kinds["clusters", "pca"] == kinds["squared_error", "pca"] == "without_network"
    assert kinds["clusters", "deep"] == kinds["novelty", "deep"] == "networks"


def test_what_is_out_of_reach_is_not_run_and_says_why(params):
    run = {tuple(block[key] for key in ("check", "dataset", "architecture")) for block in params["published"].values()}
    for row in table.published():
        assert ((row["check"], row["dataset"], row["architecture"]) in run) != bool(row["reason"]), row
    assert f"Not run: {next(row['reason'] for row in table.published() if row['reason'])}." in table.page(
        [table.judged(row, None) for row in table.published()]
    )


def test_committed_figures(params):
    """No file is of a check that nothing runs any more; its head counts its rows, of networks no fewer reproduced."""
    assert {path.stem for path in (ROOT / table.FIGURES).glob("*.json")} <= set(params["published"])
    content = json.loads((ROOT / "metrics/published.json").read_text())
    assert {kind: content[kind] for kind in table.KINDS} == table.counted(content["rows"])
    assert content["networks"]["reproduced"] >= 7
