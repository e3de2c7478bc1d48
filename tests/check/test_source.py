"""What counts as code: the same under every Python, whatever is said about it."""

import ast
import io
import keyword
import random
import tokenize

import pytest
from helpers import ROOT

from stages.check.source import read, stripped
from stages.common.stage import UserError

CODE = """\
import os


@cache
def area(side, scale=1.0):
    total = 0
    for part in (side, scale):
        total += part * 2
        print(f"{part} of {total} # {part:.2f}")
    return os.path.join("a # b", str(total))


class Empty:
    size: int = 3
    name = "one"


def nothing():
    pass
"""
SAME = {
    "a comment": ("    total = 0\n", "    # why\n    total = 0\n"),
    "a comment that is not indented": ("    total = 0\n", "    total = 0\n# why\n"),
    "a comment at the end of a line": ("total = 0", "total = 0  # why 'not'"),
    "a comment at the end of a header": ("scale=1.0):", "scale=1.0):  # noqa"),
    "a comment in a bracket": ("(side, scale):\n", "(  # these\n        side,\n        # two\n\n        scale):\n"),
    "a comment as the last line": ("    pass\n", "    pass\n# end"),
    "a docstring of the module": ("import os", '"""Module."""\n\nimport os'),
    "a docstring before a semicolon": ("import os", '"""Module."""; import os'),
    "a docstring of the class": ("class Empty:\n", 'class Empty:\n    """Nothing.\n\n    # here\n    """\n\n'),
    "a docstring of the function": ("scale=1.0):\n", "scale=1.0):\n    r'Area.'\n"),
    "a docstring in parts": ("scale=1.0):\n", "scale=1.0):\n    ('Area' # one\n\n 'of it')\n"),
    "a docstring in place of pass": ("    pass\n", '    """Nothing."""\n'),
    "a docstring beside pass": ("    pass\n", '    """Nothing."""; pass\n'),
    "a blank line more": ("    total = 0\n", "\n    total = 0\n\n  \n\t\n"),
    "a blank line less": ("import os\n\n\n", "import os\n"),
    "a form feed": ("class Empty", "\f\nclass Empty"),
    "white space at the end of a line": ("total = 0\n", "total = 0 \t\n"),
    "white space between tokens": ("total = 0", "total  =\t0"),
    "a line continued": ("total = 0", "total \\\n  = 0"),
    "two spaces a level": ("    pass\n", "  pass\n"),
    "line ends of Windows": ("\n", "\r\n"),
    "no line end at the end": ("    pass\n", "    pass"),
}
OTHER = {
    "a constant": ("total = 0", "total = 1"),
    "a constant as it is written": ("1.0", "1.00"),
    "the type of a constant": ("total = 0", "total = 0.0"),
    "an operator": ("part * 2", "part + 2"),
    "an augmented operator": ("+=", "-="),
    "a name": ("total = 0", "sum = 0"),
    "an argument": ("side, scale=1.0", "scale=1.0"),
    "a default": ("scale=1.0", "scale=2.0"),
    "a decorator less": ("@cache\n", ""),
    "a decorator": ("@cache", "@lru_cache"),
    "an annotation": ("size: int", "size: float"),
    "a string": ('"one"', '"two"'),
    "a string that looks like a comment": ("a # b", "a # c"),
    "the white space in a string": ("a # b", "a  # b"),
    "a blank line in a string": ('"one"', '"""one\n\n"""'),
    "the quotes of a string": ('"one"', "'one'"),
    "a prefix": ('"one"', 'b"one"'),
    "a string that is no docstring": ("    total = 0\n", '    total = 0\n    """Said."""\n'),
    "an f-string that looks like a comment": ("} # {", "} # # {"),
    "the white space in an f-string": ("} # {", "} #  {"),
    "an expression in an f-string": ("of {total}", "of {part}"),
    "a format in an f-string": (".2f", ".3f"),
    "what stands in a loop": ("        print", "    print"),
    "the order of statements": ('    size: int = 3\n    name = "one"\n', '    name = "one"\n    size: int = 3\n'),
    "a statement more": ("    pass\n", "    pass\n    pass\n"),
    "a statement less": ("import os\n", ""),
    "a function that is asynchronous": ("def nothing", "async def nothing"),
}


@pytest.mark.parametrize("old, new", SAME.values(), ids=SAME)
def test_edits_that_change_nothing(old, new):
    assert old in CODE and stripped(CODE.replace(old, new)) == stripped(CODE)


@pytest.mark.parametrize("old, new", OTHER.values(), ids=OTHER)
def test_edits_of_code(old, new):
    ast.parse(CODE.replace(old, new))
    assert stripped(CODE.replace(old, new)) != stripped(CODE)


def without_docstrings(source: str) -> str:
    """The tree of a module without docstrings, and with `pass` for a body that is one alone."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and not isinstance(node, ast.If | ast.For | ast.While | ast.With | ast.Try):
            first = body[0] if body else None
            if isinstance(first, ast.Expr) and isinstance(getattr(first.value, "value", None), str):
                node.body = body[1:] or ([] if isinstance(node, ast.Module) else [ast.Pass()])
    return ast.dump(tree)


@pytest.mark.parametrize("folder", ["stages", "tools"])
def test_real_files_keep_their_trees(folder):
    for path in (ROOT / folder).rglob("*.py"):
        source = path.read_text()
        code = stripped(source)
        assert without_docstrings(code) == without_docstrings(source), path
        assert stripped(code) == code, path


def tokens_of(source: str) -> list[tokenize.TokenInfo]:
    return list(tokenize.generate_tokens(io.StringIO(source).readline))


def noisy(source: str, draw: random.Random) -> str:
    """The source with comments and blank lines between some of its logical lines, and behind some of them."""
    lines = source.split("\n")
    for token in tokens_of(source):
        if token.type == tokenize.NEWLINE and draw.random() < 0.5:
            row = token.start[0] - 1
            lines[row] += draw.choice(["", "  # noise", " \t"])
            lines[row] += "\n" + "\n".join(draw.choices(["", "# noise", "      # 'noise", "\f", "  \t"], k=3))
    return "\n".join(lines)


def changed(source: str, draw: random.Random) -> str:
    """The source with another number or name somewhere."""
    kinds = (tokenize.NAME, tokenize.NUMBER)
    known = (*keyword.kwlist, *keyword.softkwlist)
    token = draw.choice([token for token in tokens_of(source) if token.type in kinds and token.string not in known])
    lines = source.split("\n")
    (row, start), end = token.start, token.end[1]
    new = f"{token.string}_" if token.type == tokenize.NAME else "7" if token.string != "7" else "8"
    lines[row - 1] = lines[row - 1][:start] + new + lines[row - 1][end:]
    return "\n".join(lines)


@pytest.mark.parametrize("folder", ["stages", "tools"])
def test_random_edits_of_real_files(folder):
    draw = random.Random(0)
    for path in sorted((ROOT / folder).rglob("*.py")):
        source = path.read_text()
        if source:
            code = stripped(source)
            assert stripped(noisy(source, draw)) == code, path
            assert all(stripped(changed(source, draw)) != code for _ in range(3)), path


@pytest.mark.parametrize(
    "content, error",
    [
        (b"x = 1\ny = (\n", "line 2: Python cannot read this: '(' was never closed"),
        (b"if x:\n\ty = 1\n        z = 1\n", "line 3: Python cannot read this: inconsistent use of tabs"),
        (b"if x:\n        y = 1\n    z = 1\n", "line 3: Python cannot read this: unindent"),
        (b"x = 1\r\ny = '\0'\r\n", "line 2: a NUL byte"),
        ("x = 1\n\ny = 'é'".encode("latin-1"), "line 3: byte 0xe9 is not UTF-8; save it as UTF-8"),
    ],
)
def test_broken_source_in_one_line(tmp_path, content, error):
    path = tmp_path / "broken.py"
    path.write_bytes(content)
    with pytest.raises(UserError) as raised:
        read(path)
    assert str(raised.value).startswith(f"{path}, {error}") and "\n" not in str(raised.value)


def test_a_byte_order_mark_is_no_code(tmp_path):
    path = tmp_path / "marked.py"
    path.write_bytes("\ufeff# -*- coding: utf-8 -*-\nx = 'é'\n".encode())
    assert read(path).stripped == "x = 'é'"
