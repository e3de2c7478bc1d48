"""Results of a data set: on a folder of the user's images an architecture that fails does not take the others away."""

from stages.common.results import architectures_of

PARAMS = {"architectures": ["pca"], "data": {"photos": {"folder": {"architectures": ["pca", "vanilla"]}}, "x": {}}}


def test_architectures_without_scores_are_left_out(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert architectures_of(PARAMS, "photos") == ["pca", "vanilla"], "nothing is there: the error names what is missing"
    (tmp_path / "metrics/photos/scores").mkdir(parents=True)
    (tmp_path / "metrics/photos/scores/vanilla.json").write_text("{}")
    assert architectures_of(PARAMS, "photos") == ["vanilla"]
    assert architectures_of(PARAMS | {"data": {"digits": {"folder": None}}}, "digits") == ["pca"]
