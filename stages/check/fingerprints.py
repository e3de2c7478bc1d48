"""Fingerprints of code: which modules and files a stage uses, and a hash of what each of them does.

An edit of a comment, a docstring or the layout leaves a fingerprint as it is; any other edit changes it.
"""

import ast
import hashlib
import json
from pathlib import Path

from stages.check.source import read
from stages.common.registry import first_sentence
from stages.common.stage import UserError

BESIDE = (".css", ".html", ".j2", ".js", ".yaml")  # files beside modules, which change what the modules do


def fingerprint(path: Path, quoted: bool = False) -> str:
    """16 hex digits: SHA-256 of the stripped source of a .py file, of the bytes of any other.

    quoted: with the first sentence of its docstring, where that is written into a result
    Raises UserError, with the line, where Python cannot read the source.
    """
    content = read(path).stripped.encode() if path.suffix == ".py" else path.read_bytes()
    content += first_sentence(read(path).docstring).encode() if quoted else b""
    return hashlib.sha256(content).hexdigest()[:16]


def closure(start: list[str], items: dict[str, list[str]], root: Path = Path()) -> list[Path]:
    """Every file of root/stages that running the modules executes or reads, sorted.

    start: dotted names; a package is the module that `python -m` runs
    items: kind -> names of the items that `load(kind, ...)` may load here; a kind that is missing is not followed

    Imports count anywhere in a file, except under `if TYPE_CHECKING:`. Where a string in a module ends in one of the
    suffixes BESIDE, all such files in its folder and below count: whoever reads a file has to name it or its suffix,
    and a template includes others. An __init__.py is left out, since all are empty.

    Raises UserError at a relative import, a module that is not there, a kind that is no constant, and broken source.
    """
    todo, seen = [_start(name, root) for name in start], set()
    while todo:
        path = todo.pop()
        if path not in seen:
            seen.add(path)
            todo += _used(path, items, root) if path.suffix == ".py" else []
    return sorted(seen)


def fingerprints(start: list[str], items: dict[str, list[str]], root: Path = Path()) -> dict[str, str]:
    """Module ("stages.train.fit") or path of another file ("stages/page/page.css") -> fingerprint, over the closure.

    Where a module imports `about`, which writes what items say of themselves into results, that counts of all items.
    """
    content, paths = {}, closure(start, items, root)
    references = [node for path in paths if path.suffix == ".py" for node in read(path).references]
    quoting = any(alias.name == "about" for node in references for alias in getattr(node, "names", ()))
    quoted = {root / "stages" / kind / f"{name}.py" for kind in items for name in items[kind] if quoting}
    for path in paths:
        name = path.relative_to(root).as_posix()
        name = name.removesuffix(".py").replace("/", ".") if path.suffix == ".py" else name
        content[name] = fingerprint(path, path in quoted)
    return dict(sorted(content.items()))


def written(content: dict) -> str:
    """JSON with a line for each module, so that a diff names the modules that changed."""
    return json.dumps(content, indent=1) + "\n"


def _start(name: str, root: Path) -> Path:
    """The file that `python -m` runs."""
    where = f"python -m {name}"
    path = _module(name, root, where)
    return _module(f"{name}.__main__", root, where) if path.is_dir() else path


def _used(path: Path, items: dict[str, list[str]], root: Path) -> list[Path]:
    """Files that a module itself imports, loads or reads."""
    source, paths = read(path), []
    for node in source.references:
        where = f"{path}, line {node.lineno}"
        if isinstance(node, ast.Call):
            kind = _kind(node, where)
            names = [f"stages.{kind.replace('/', '.')}.{name}" for name in items.get(kind, [])]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif node.level:
            raise UserError(f"{where}: a relative import, which is not followed; write `from stages. ...`")
        else:
            package = root.joinpath(*node.module.split(".")).is_dir()
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names if package)]
        paths += [_module(name, root, where) for name in names if name.split(".")[0] == "stages"]
    if any(text.endswith(BESIDE) for text in source.strings):
        paths += [file for file in path.parent.rglob("[!.]*") if file.suffix in BESIDE]
    return [path for path in paths if path.suffix]  # no packages


def _kind(call: ast.Call, where: str) -> str:
    """The kind of items that a call of `load` names."""
    kind = getattr(call.args[0], "value", None) if call.args else None
    if not isinstance(kind, str):
        raise UserError(f'{where}: the kind of item is known only once this runs; write load("<kind>", ...)')
    return kind


def _module(name: str, root: Path, where: str) -> Path:
    """The file of a module, or the folder of a package. Raises UserError where there is neither."""
    path = root.joinpath(*name.split("."))
    file = path.parent / f"{path.name}.py"
    if not (path.is_dir() or file.is_file()):
        raise UserError(f"{where}: there is no module {name}")
    return path if path.is_dir() else file
