"""Settings: a file that cannot be read is one line, and changes are made to what there is."""

import pytest

from stages.common.params import changed, read_params, short
from stages.common.stage import UserError

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12)
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "is missing: run this in the folder of the project"),
        ("a: [1\nb: 2", "not valid YAML"),
        ("just text", "should hold settings"),
        ("", "should hold settings"),
        ("a: " + "[" * 5000 + "]" * 5000, "nested too deep"),
        ("a: " + "{b: " * 30 + "1" + "}" * 30, "nested more than 20 deep"),
        ("a: &a [*a]", "nested more than 20 deep"),
        ("5: 1", "the name 5 is no text; put it into quotes"),
        ("a: {null: 1}", "the name None is no text"),
        ("? [1, 2]\n: 3", "is no text"),
        (f"{'a' * 101}: 1", "longer than a line"),
        ('"a\\nb": 1', "holds what is no letter"),
        ("a: 1\na: 2", "not valid YAML"),
        ("a: 2001-99-99", "not valid YAML: month"),
        ("a: " + "9" * 5000, "not valid YAML: Exceeds the limit"),
        ("a: !!python/object/apply:os.system [id]", "not valid YAML: could not determine a constructor"),
        ("a: " + "b" * 2_000_000, "settings take 1,000,000 at most"),
        (b"\xff\xfe", "no text in UTF-8"),
        (BOMB, "holds more than 100,000 values"),
        (..., "cannot be read: Is a directory"),
    ],
)
def test_unreadable_params(tmp_path, content, said):
    if content is ...:
        (tmp_path / "params.yaml").mkdir()
    elif content is not None:
        (tmp_path / "params.yaml").write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(UserError, match=said) as caught:
        read_params(tmp_path / "params.yaml")
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 1000


def test_values_in_messages_are_short():
    for value in (10**5000, "x" * 10**6, "two\nlines", [[[[1]] * 9] * 9] * 9, {"a": {"b": 1}}, None):
        assert len(short(value)) <= 160 and "\n" not in short(value)


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
    with pytest.raises(UserError, match=f"{key!r} is no setting that an ablation could change"):
        changed(params, {key: 1})
