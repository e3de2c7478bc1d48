"""Settings: a file that cannot be read is one line, and changes are made to what there is."""

import pytest

from stages.common.params import changed, read_params
from stages.common.stage import UserError


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "is missing: run this in the folder of the project"),
        ("a: [1\nb: 2", "not valid YAML"),
        ("just text", "should hold settings"),
        ("", "should hold settings"),
    ],
)
def test_unreadable_params(tmp_path, content, said):
    if content is not None:
        (tmp_path / "params.yaml").write_text(content)
    with pytest.raises(UserError, match=said) as caught:
        read_params(tmp_path / "params.yaml")
    assert "\n" not in str(caught.value)


def test_plain_types(params):
    assert type(params) is dict and type(params["data"]["digits"]["seeds"]) is list


def test_changes_are_made_to_a_copy():
    params = {"data": {"digits": {"epochs": 3}}, "training": {"patience": 5}}
    after = changed(params, {"data.digits.epochs": 7, "training.patience": 1})
    assert after == {"data": {"digits": {"epochs": 7}}, "training": {"patience": 1}}
    assert params == {"data": {"digits": {"epochs": 3}}, "training": {"patience": 5}}


@pytest.mark.parametrize("key", ["data.digits.epoch", "data.mnist.epochs", "training.patience.deep", "nothing", 5])
def test_a_change_of_what_is_not_there(key):
    params = {"data": {"digits": {"epochs": 3}}, "training": {"patience": 5}}
    with pytest.raises(UserError, match=f"{key}, which an ablation changes, is no setting"):
        changed(params, {key: 1})
