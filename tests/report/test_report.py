"""The report as a whole: it is written of any results, and says which are missing."""

import pytest
from helpers import METRICS, method, result

from stages.common.stage import UserError
from stages.report import __main__ as report
from stages.report.text import render


@pytest.fixture
def settings(params):
    """Settings in which all that has been compared is listed."""
    return params | {"architectures": list(METRICS)}


NONE = {"settings": {}, "blocks": []}


def test_it_tells_what_the_figures_say(settings):
    results = {"digits": result(METRICS, wavelet=method([0.02] * 3))}
    text = render(settings, results, ["mnist"], NONE)
    assert text.startswith("# Which autoencoder?")
    assert "Not yet compared: MNIST." in text and "\n## digits\n" in text and "\n## MNIST\n" not in text
    assert "**vanilla** 0.005; -75 % to wavelet (no network); -50 % to PCA; tied: deep" in text
    assert "better, -50 %" in text and "worse, +101 %" in text
    assert "\n\n\n\n" not in text and "undefined" not in text.lower()


def test_a_method_without_a_network_that_wins_is_named(settings):
    text = render(settings, {"digits": result(METRICS, wavelet=method([0.001] * 3))}, [], NONE)
    assert "**wavelet** 0.001 (no network); best autoencoder: vanilla" in text and "Not yet compared" not in text


def test_an_architecture_that_is_new(settings):
    """It stands in params.yaml and has not been compared yet: nothing is said of it."""
    settings["architectures"] = [*settings["architectures"], "convolutional"]
    text = render(settings, {"digits": result() | {"missing": ["convolutional"]}}, [], NONE)
    assert "Not yet compared here: convolutional." in text
    assert "No rule below finds anything to say." in text.split("### convolutional\n")[1].split("###")[0]


def test_nothing_compared(tmp_path, monkeypatch, params):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(report, "read_params", lambda: params)
    with pytest.raises(UserError, match="no data set has been compared; `make demo` compares the digits"):
        report.main()
