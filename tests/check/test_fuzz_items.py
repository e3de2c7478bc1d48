"""Files of architectures at random, mutations of good ones: each passes, or is refused in one short line.

FUZZ_FILES=2000 pytest tests/check/test_fuzz_items.py
"""

import io
import os
import random
import tokenize

import keras
import pytest
from helpers import FIXED, ROOT

from stages.check import items
from stages.check.cells import check_architecture, check_network, networks_without_memory
from stages.check.fingerprints import fingerprint
from stages.check.models import check_model
from stages.common.registry import names
from stages.common.stage import UserError
from stages.train import determinism
from stages.train.settings import cell_of

FILES = int(os.environ.get("FUZZ_FILES", int(os.environ.get("FUZZ", 200)) // 10))
SEED = 0 if FIXED else random.SystemRandom().randrange(10**6)
GOOD = {name: (ROOT / f"stages/architectures/{name}.py").read_text() for name in names("architectures")}


def tokens_of(text):
    """Tokens with the white space before each; the text itself where Python cannot tell them apart."""
    lines, parts, at = text.splitlines(keepends=True), [], 0
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            end = min(len(text), starts[min(token.end[0] - 1, len(lines))] + token.end[1])
            parts.append(text[at:end])
            at = max(at, end)
    except (tokenize.TokenError, SyntaxError):
        return [text]
    return [part for part in parts if part]


def mutated(text, chance):
    """A text with one line, token or byte deleted, repeated, exchanged or replaced."""
    kind = chance.choice(["lines", "tokens", "tokens", "bytes"])
    if kind == "bytes":
        content = bytearray(text.encode("utf-8", "surrogateescape"))
        at = chance.randrange(len(content) + 1)
        content[at : at + chance.randrange(2)] = chance.randbytes(chance.randrange(1, 3))
        return content.decode("utf-8", "surrogateescape")
    parts = text.splitlines(keepends=True) if kind == "lines" else tokens_of(text)
    if not parts:
        return text
    i, j = chance.randrange(len(parts)), chance.randrange(len(parts))
    what = chance.choice(["delete", "repeat", "exchange", "replace"])
    if what == "delete":
        del parts[i]
    elif what == "repeat":
        parts.insert(j, parts[i])
    elif what == "exchange":
        parts[i], parts[j] = parts[j], parts[i]
    else:
        parts[i] = parts[j]
    return "".join(parts)


def checked(path, params):
    """Whether a file passes all that `check` does with one; where it does not, why is one short line."""
    shape = (12, 12, 1)
    try:
        fingerprint(path)
        check_architecture(params, "tried")
        with networks_without_memory():
            check_network(params, "digits", "tried")
        check_model(cell_of(params, "digits", "tried"), shape)
    except UserError as error:
        said = str(error)
        assert "\n" not in said and len(said) < 900 and "tried" in said, said
        return False
    return True


@pytest.mark.filterwarnings("ignore")
def test_any_file_passes_or_is_refused_in_a_line(write, params):
    """Keras forgets afterwards the classes that were registered meanwhile."""
    known, passed = dict(keras.saving.get_custom_objects()), 0
    params["data"]["digits"] |= {"image_size": 12, "latent_size": 4, "width": 0.1}
    for number in range(FILES):
        chance = random.Random(f"{SEED} {number}")
        name = chance.choice(sorted(GOOD))
        text = GOOD[name]
        for _ in range(chance.randint(1, 2)):
            text = mutated(text, chance)
        params["architecture"]["tried"] = params["architecture"][name]
        path = write("architectures", text.encode("utf-8", "surrogateescape"))
        items.CHECKED.clear()
        try:
            passed += checked(path, params)
        except BaseException:
            print(
                f"file {number} of seed {SEED}, from {name}:",
                text.encode("utf-8", "backslashreplace").decode(),
                sep="\n",
            )
            raise
    keras.saving.get_custom_objects().clear()
    keras.saving.get_custom_objects().update(known)
    determinism.reseed(0)
    print(f"{passed} of {FILES} pass")
    assert FILES < 20 or 0 < passed < FILES
