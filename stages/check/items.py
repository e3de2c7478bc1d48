"""Files of items: each can be imported, has the functions of its kind, with settings of known types, and leaves the
program as it was. A mistake in one is a line with the file, the line in it, and what is expected there.
"""

import inspect
from types import FunctionType, ModuleType
from typing import get_type_hints

from stages.check.blame import line_of, untouched
from stages.check.blocks import keywords
from stages.common.params import short
from stages.common.registry import load, names
from stages.common.stage import UserError
from stages.common.task import Task
from stages.prepare.formats import Published

LOADERS = {  # the code that a stage runs is found by these names, so each stands here
    "architectures": lambda name: load("architectures", name),
    "prepare/datasets": lambda name: load("prepare/datasets", name),
    "evaluate/tasks": lambda name: load("evaluate/tasks", name),
    "draw/figures/dataset": lambda name: load("draw/figures/dataset", name),
    "draw/figures/single": lambda name: load("draw/figures/single", name),
    "published/checks": lambda name: load("published/checks", name),
}
# Kind -> function -> what it takes, and whether settings may follow, by keyword.
FUNCTIONS: dict[str, dict[str, tuple[tuple[str, ...], bool]]] = {
    "architectures": {"build": (("spec",), True)},
    "prepare/datasets": {"fetch": (("folder",), False), "decode": (("folder",), False)},
    "evaluate/tasks": {
        "score": (("model", "data", "seed"), True),
        "method": ((), True),
        "references": (("data", "seeds"), True),
        "warnings": (("metrics", "references"), False),
        "usage": (("model", "data", "seed", "scores"), False),
        "cases": ((), True),
    },
    "draw/figures/dataset": {"draw": (("results",), False)},
    "draw/figures/single": {"draw": (("shown",), False)},
    "published/checks": {"measure": (("subject",), True)},
}
OPTIONAL = ("warnings", "usage", "cases")
WORDS = {"better": ("lower", "higher"), "margin": ("relative", "absolute")}  # of a Task
CHECKED: dict[tuple[str, str], ModuleType] = {}


def item(kind: str, name: str) -> ModuleType:
    """The module of an item, once it holds what its kind needs. Raises UserError, with the line, where it does not."""
    if (kind, name) not in CHECKED:
        if name not in names(kind):
            LOADERS[kind](name)  # says which names there are
        where = path_of(kind, name)
        with untouched(where, "its import"):
            module = LOADERS[kind](name)
        for function, (taken, settings) in FUNCTIONS[kind].items():
            if function not in OPTIONAL or hasattr(module, function):
                _check_function(getattr(module, function, None), where, function, taken, settings)
        _check_constants(module, kind, where)
        CHECKED[kind, name] = module
    return CHECKED[kind, name]


def path_of(kind: str, name: str) -> str:
    """The file of an item, from the folder of the project."""
    return f"stages/{kind}/{name}.py"


def _check_function(function, where: str, name: str, taken: tuple[str, ...], settings: bool) -> None:
    """A function takes what its kind gives it, and its settings by keyword, each of a type that pydantic knows."""
    expected = ", ".join([*taken, *(["*", "..."] if settings else [])])
    if not isinstance(function, FunctionType):
        raise UserError(f"{where}: there is no function {name}({expected})")
    parameters = inspect.signature(function).parameters.values()
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    known = all(p in positional or (settings and p.kind is p.KEYWORD_ONLY) for p in parameters)
    if len(positional) != len(taken) or not known:
        given = ", ".join("*" * (p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD)) + p.name for p in parameters)
        raise UserError(f"{where}{line_of(function)}: {name} takes {given}; it should be {name}({expected})")
    try:
        hints = get_type_hints(function, include_extras=True)
    except Exception as error:
        raise UserError(f"{where}{line_of(function)}: a type of {name} cannot be read: {error}") from None
    for parameter in parameters:
        if parameter.kind is parameter.KEYWORD_ONLY and parameter.name not in hints:
            said = f"setting {parameter.name} of {name} has no type: write {parameter.name}: float, or another"
            raise UserError(f"{where}{line_of(function)}: {said}")
    try:
        keywords(function)
    except Exception as error:
        said = " ".join(str(error).split())[:200]
        raise UserError(f"{where}{line_of(function)}: pydantic cannot check a setting of {name}: {said}") from None


def _check_constants(module: ModuleType, kind: str, where: str) -> None:
    """Constants of a file that others read."""
    task, published = getattr(module, "TASK", None), getattr(module, "PUBLISHED", None)
    if kind == "evaluate/tasks":
        if not isinstance(task, Task):
            raise UserError(f"{where}: TASK is {short(task)}; a Task of stages/common/task.py is expected")
        for field, words in WORDS.items():
            if getattr(task, field) not in words:
                raise UserError(f"{where}: {field} of TASK is {short(getattr(task, field))}; {' or '.join(words)}")
        if not isinstance(task.columns, dict) or task.measure not in ("", next(iter(task.columns), None)):
            raise UserError(f"{where}: the first of TASK's columns should be its measure, {short(task.measure)}")
        if not task.measure and not hasattr(module, "cases"):
            raise UserError(f"{where}: TASK names no measure; then there are cases(*, ...), each with a measure")
    elif kind.startswith("draw/") and task not in (None, *names("evaluate/tasks")):
        raise UserError(f"{where}: TASK is {short(task)}; there are {', '.join(names('evaluate/tasks'))}")
    tasks = getattr(module, "TASKS", ()) if kind == "architectures" else ()
    if not isinstance(tasks, tuple) or not set(tasks) <= set(names("evaluate/tasks")):
        raise UserError(f"{where}: TASKS is {short(tasks)}; some of ({', '.join(names('evaluate/tasks'))})")
    if kind == "prepare/datasets" and not isinstance(published, Published | None):
        raise UserError(f"{where}: PUBLISHED is {short(published)}; Published of stages/prepare/formats.py is expected")
