"""Source of a Python module: what it does, less what it says, and what it imports and loads."""

import ast
import io
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from stages.common.stage import UserError

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
IGNORED = (tokenize.COMMENT, tokenize.NL, tokenize.ENDMARKER)
TYPES_ALONE = ("TYPE_CHECKING", "typing.TYPE_CHECKING")  # conditions of what type checkers alone read
LOADERS = ("load", "registry.load")  # calls that import an item by its kind and its name


class Source(NamedTuple):
    """What the parts of a module say, read once."""

    stripped: str
    references: list[ast.Import | ast.ImportFrom | ast.Call]  # imports and calls of LOADERS
    strings: set[str]  # string constants, less those that are statements, such as docstrings
    docstring: str


def stripped(source: str) -> str:
    """Python source without comments, docstrings and layout: a line for each logical line, a space between tokens.

    It is the same under every supported version of Python, unlike the text of ast.dump and ast.unparse. Strings and
    f-strings stay as they are written. A body that is a docstring alone becomes `pass`. Only identifiers with combining
    marks, as in Devanagari, come apart before Python 3.12. Raises SyntaxError.
    """
    return _parsed(source.replace("\r\n", "\n").replace("\r", "\n")).stripped


def read(path: Path) -> Source:
    """The source of a file. Raises UserError, with the line, where the file is not Python in UTF-8."""
    try:
        text = path.read_text("utf-8-sig")
        if "\0" in text:
            line = text[: text.index("\0")].count("\n") + 1
            raise UserError(f"{path}, line {line}: a NUL byte, which no Python source holds; restore the file")
        return _parsed(text)
    except UnicodeDecodeError as error:
        line, byte = error.object[: error.start].count(b"\n") + 1, error.object[error.start]
        raise UserError(f"{path}, line {line}: byte {byte:#x} is not UTF-8; save it as UTF-8") from None
    except SyntaxError as error:
        raise UserError(f"{path}, line {error.lineno}: Python cannot read this: {error.msg}") from None


@cache
def _parsed(source: str) -> Source:
    tree = ast.parse(source)
    nodes = list(_executed(tree))
    loads = {node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) in LOADERS}
    references = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom) or node in loads]
    strings = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return Source(_joined(source, _docstrings(tree, source)), references, strings, ast.get_docstring(tree) or "")


def _executed(tree: ast.AST) -> Iterator[ast.AST]:
    """Nodes of a tree, without constants that are statements, and without what type checkers alone read."""
    todo = [tree]
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, ast.If) and ast.unparse(node.test) in TYPES_ALONE:
            todo += node.orelse
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            todo += ast.iter_child_nodes(node)


def _docstrings(tree: ast.AST, source: str) -> dict[tuple[int, int], list[str]]:
    """(line, column) of every docstring -> the tokens to put in its place."""
    lines, positions = source.split("\n"), {}
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            first = node.body[0]
            column = len(lines[first.lineno - 1].encode()[: first.col_offset].decode())
            alone = len(node.body) == 1 and not isinstance(node, ast.Module)
            positions[first.lineno, column] = ["pass"] if alone else []
    return positions


def _joined(source: str, docstrings: dict[tuple[int, int], list[str]]) -> str:
    """Tokens joined to lines, less the docstrings, each with the semicolon behind it."""
    lines, line, depth, within = [], list[str](), 0, False
    for kind, text, start in _tokens(source):
        if kind in (tokenize.INDENT, tokenize.DEDENT):
            depth += 1 if kind == tokenize.INDENT else -1
        elif start in docstrings:
            line, within = line + docstrings[start], True
        elif kind == tokenize.NEWLINE:
            lines += ["    " * depth + " ".join(line)] if line else []
            line, within = [], False
        elif within:
            within = text != ";"
        else:
            line.append(text)
    return "\n".join(lines)


def _tokens(source: str) -> Iterator[tuple[int, str, tuple[int, int]]]:
    """Type, text and start of each token but IGNORED; an f-string is one token, as it was before Python 3.12."""
    lines, opened = source.split("\n"), []
    for kind, text, start, end, _ in tokenize.generate_tokens(io.StringIO(source).readline):
        name = tokenize.tok_name[kind]
        if name == "FSTRING_START":
            opened.append(start)
        elif name == "FSTRING_END":
            start = opened.pop()
            part = lines[start[0] - 1 : end[0]]
            part[-1] = part[-1][: end[1]]
            text = "\n".join(part)[start[1] :]
        if not opened and kind not in IGNORED:
            yield kind, text, start
