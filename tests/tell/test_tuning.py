"""Tuning in the report: the choice, and how the trials ended."""

import json

from helpers import METRICS, metrics_file, result

from stages.common.json_file import write
from stages.judge.across_datasets import judged
from stages.tell.render import method
from stages.tell.results import read_tuning


def test_what_was_chosen_and_from_what(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "metrics/digits/tuning"
    folder.mkdir(parents=True)
    ends = ("complete", "pruned", "complete", "diverged", "pruned")
    trials = [{"settings": {"learning_rate": i}, "loss": 9.0 - i, "ended": ended} for i, ended in enumerate(ends)]
    (folder / "deep.json").write_text(json.dumps({"trials": trials, "chosen": [2], "cell": [{}]}))
    (folder / "pca.json").write_text(json.dumps({"trials": [], "chosen": [], "cell": [{}]}))
    found = read_tuning("digits", ["pca", "vanilla", "deep"])
    assert list(found) == ["deep"], "neither what is solved nor what was never tuned"
    counts = {"trials": 5, "pruned": 2, "diverged": 1, "kept": False}
    assert found["deep"] == {"settings": {"learning_rate": 2}, "first": 9.0, "chosen": 7.0, **counts}


def test_what_all_architectures_chose(tmp_path, monkeypatch, params):
    monkeypatch.chdir(tmp_path)
    chosen = [(0.01, "elu", "sigmoid"), (0.003, "relu", "sigmoid"), (0.005, "elu", "linear")]
    for name, row in zip(("deep", "vanilla", "denoising"), chosen, strict=True):
        settings = dict(zip(("learning_rate", "activation", "output"), row, strict=True))
        trials = [{"settings": settings, "loss": 1.0, "ended": "complete"}]
        write(tmp_path / f"metrics/digits/tuning/{name}.json", {"trials": trials, "chosen": [0]})
    other = {"red_net": metrics_file([0.1, 0.11, 0.12]), "vector_quantized": metrics_file([0.1, 0.11, 0.12])}
    del other["red_net"]["facts"]["latent_size"], other["red_net"]["scores"]["reconstruction"]
    del other["red_net"]["scores"]["latent_use"]
    other["vector_quantized"]["facts"]["latent_size"] = [256]
    found = {"digits": result(METRICS | other)}
    across = judged({"digits": found["digits"]["verdicts"]}, found, params["verdicts"])
    text = method(found, across, params)
    assert "latent size (except RED-Net with none and vector quantized with 256 numbers on digits), split, " in text
    patience = params["training"]["patience"]
    assert f"; training stops after {patience} epochs without a better one. Each except PCA" in text
    strength = params["architecture"]["denoising"]["strength"]
    noise = f"(Gaussian noise of a sigma that is drawn for every image from 0 to {strength:g})."
    clean = "towards the clean ones"
    assert f"- Trained on damaged images, {clean}: denoising, RED-Net {noise} All others never saw a dam" in text
    params["architecture"]["red_net"] = {"noise": "masking", "strength": 0.5}
    text = method(found, across, params)
    assert f": denoising {noise}\n" in text and ": RED-Net (black pixels, a share that is drawn" in text
    assert f"Each except PCA, which is solved, is tuned with {params['tuning']['trials']} trials" in text
    assert "\n| digits | 1 | 0.003 to 0.01 | elu 2, relu 1 | sigmoid 2, linear 1 | 3 of 3 |\n" in text


def test_figures_of_settings_are_whole(tmp_path, monkeypatch, params):
    """A margin of 2.5 % is not 2 %, nor a level of 97.5 % 98 %."""
    monkeypatch.chdir(tmp_path)
    found = {"digits": result()}
    margins = params["verdicts"]["margins"] | {"reconstruction": 0.025}
    verdicts = params["verdicts"] | {"level": 0.975, "margins": margins}
    text = method(found, judged({"digits": found["digits"]["verdicts"]}, found, verdicts), params)
    assert "Intervals (97.5 %)" in text and "at most 2.5 % to be within it" in text
    assert "Margins: reconstruction 2.5 %" in text
