"""Values of params.yaml that YAML 1.1, YAML 1.2 and DVC may read otherwise."""

import pytest
from dvc.utils.serialize import parse_yaml
from helpers import ROOT

from stages.check.yaml_readings import check_readings
from stages.common.params import parsed
from stages.common.stage import UserError

REFUSED = {
    ".003_0": ".003_0 is 0.003 here, and to other readers of YAML a text: write 0.003",
    "1_000": "1_000 is 1000 here, and to other readers of YAML a text: write 1000",
    "010": "010 is 10 here, and to other readers of YAML an octal number or a text: write 10",
    "-010": "-010 is -10 here, and to other readers of YAML an octal number or a text: write -10",
    "08": "08 is 8 here, and to other readers of YAML an octal number or a text: write 8",
    "0o14": "0o14 is 12 here, and to other readers of YAML an octal number or a text: write 12",
    "1:30": "1:30 is '1:30' here, and to other readers of YAML a number in base 60: write it in quotes",
    "1:30.5": "1:30.5 is '1:30.5' here, and to other readers of YAML a number in base 60: write it in quotes",
    "1_0:30": "1_0:30 is '1_0:30' here, and to other readers of YAML a number in base 60: write it in quotes",
    "no": "no is 'no' here, and to other readers of YAML true or false: write it in quotes",
    "[1, {On: 2}]": "On is 'On' here, and to other readers of YAML true or false: write it in quotes",
}


@pytest.mark.parametrize("value", REFUSED)
def test_readings_that_differ(value):
    text = f"a: 1\nb: {value}\n"
    with pytest.raises(UserError) as caught:
        check_readings(text, parsed(text, "params.yaml"))
    assert str(caught.value) == f"params.yaml, line 2: {REFUSED[value]}"


@pytest.mark.parametrize(
    ("value", "tag"),
    [("!!float 1", "!!float"), ("[!!int '2']", "!!int"), ("!!set {x}", "!!set"), ("! 3", "!"), ("!!str no", "!!str")],
)
def test_tags(value, tag):
    text = f"a: 1\nb: {value}\n"
    with pytest.raises(
        UserError, match=f"^params.yaml, line 2: '{tag}' is a tag, which is not needed: write the value"
    ):
        check_readings(text, {})


@pytest.mark.parametrize(
    "value",
    ["3e-3", "1e-05", "3.0E-3", "-.5", "0", "'010'", "'no'", "a_b", "1:x", "[&x 1, *x]", "nan", ".nan", "0x1f", "~"],
)
def test_readings_that_agree(value):
    """3e-3 is a text in YAML 1.1 alone; DVC, which writes small numbers so, and this project read the number."""
    text = f"b: {value}\n"
    params = parsed(text, "params.yaml")
    check_readings(text, params)
    assert repr(parse_yaml(text, "params.yaml")) == repr(params)
    assert params["b"] == 0.003 or value != "3e-3"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("%YAML 1.1\n---\na: -.5\n", "DVC reads other values than this project: take out the %YAML"),
        ("a: b\x85c\n", "DVC cannot read it: "),
    ],
)
def test_what_dvc_reads_otherwise(text, said):
    with pytest.raises(UserError, match=said):
        check_readings(text, parsed(text, "params.yaml"))


def test_the_settings_as_they_stand():
    text = (ROOT / "params.yaml").read_text()
    check_readings(text, parsed(text, "params.yaml"))
