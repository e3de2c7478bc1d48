"""Commands with what is recommended on a folder of the user's, and what anomaly maps add."""

from stages.tell.next_steps import by_map, commands, far_heading

DECISIONS = {
    ("reconstruction", ""): {"kind": "take", "names": ["deep"]},
    ("compression", "at most 0.1 bits per pixel"): {"kind": "take", "names": ["sparse"]},
    ("compression", "at most 0.45 bits per pixel"): {"kind": "none", "names": ["pca_coder"]},
    ("denoising", "noise of sigma 0.1"): {"kind": "none", "names": ["nonlocal_means"]},
    ("denoising", "noise of sigma 0.2"): {"kind": "open", "names": ["red_net", "pca"]},
    ("denoising", "noise of sigma 0.3"): {"kind": "take", "names": ["red_net"]},
    ("anomaly", ""): {"kind": "one seed", "names": ["deep"]},
    ("features", ""): {"kind": "none", "names": []},
}


def test_every_use_has_its_command_where_one_can_apply_what_is_recommended():
    found = commands("parts", DECISIONS, ["deep", "sparse", "red_net", "pca"])
    assert [line.removeprefix("python -m tools ") for line, _ in found] == [
        "compress data/parts/models/sparse IMAGES images.aec",
        "apply data/parts/nonlocal_means IMAGES cleaned",
        "apply data/parts/models/red_net IMAGES cleaned",
        "apply data/parts/models/deep IMAGES --scores scores.csv --maps defects",
    ]
    assert found[2][1] == "denoising, noise of sigma 0.2 (not decided); denoising, noise of sigma 0.3"
    assert found[3][1] == "anomaly (not decided)"
    for case, count in {"noise of sigma 0.2": 1, "salt and pepper": 0}.items():  # `apply` fits it to noise alone
        linear = {("denoising", case): {"kind": "none", "names": ["linear_regression"]}}
        assert len(commands("parts", linear, [])) == count
    nearest = {("anomaly", ""): {"kind": "none", "names": ["nearest_neighbours"]}}
    assert commands("parts", nearest, [])[0][0].endswith("data/parts/nearest_neighbours IMAGES --scores scores.csv")


def anomaly(score, largest):
    """Two detectors by two kinds of anomalies, the given ones second."""
    return {
        "scores": {
            "anomaly": {
                "detectors": [["error or density", "anomaly map"]] * 2,
                "anomalies": [["noise", "other data set"]] * 2,
                "auroc_by_anomaly": [[[0.9, score], [0.1, largest]]] * 2,
            }
        }
    }


def test_maps_are_named_where_they_tell_clearly_more():
    said = by_map({"deep": anomaly(0.5, 0.6), "pca": anomaly(0.55, 0.97), "red_net": {"scores": {}}})
    assert "AUROC 0.97 by the map of PCA, 0.55 by the score of PCA" in said and "`--maps`" in said
    assert by_map({"deep": anomaly(0.95, 0.97)}) == by_map({"red_net": {"scores": {}}}) == ""


def test_the_column_of_the_users_anomalies_has_the_folders_name():
    assert far_heading("/data/broken screws") == "broken screws: anomalies" and far_heading("photographs") is None
