"""Commands of `python -m tools`: all listed, all with help, and how they end."""

import subprocess
import sys
from importlib import import_module

import pytest
from helpers import ROOT

from stages.common.stage import UserError
from tools.command import COMMANDS, MODULES, FailedError, parser_of, run


def said(*arguments):
    """Exit code, output and errors of a command."""
    done = subprocess.run([sys.executable, "-m", "tools", *arguments], cwd=ROOT, text=True, capture_output=True)
    return done.returncode, done.stdout, done.stderr


def test_the_list_has_every_command_in_a_line():
    code, text, _ = said()
    assert code == 0 and said("--help")[1] == text
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line.startswith("  ")]
    assert [name for name, _ in lines] == list(MODULES) and max(map(len, text.splitlines())) < 120
    assert [line for line in text.splitlines() if line in COMMANDS] == list(COMMANDS)


def test_who_reads_no_more_of_the_list_ends_it_quietly():
    done = subprocess.run(f"{sys.executable} -m tools | true", shell=True, cwd=ROOT, text=True, capture_output=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_no_module_with_a_main_is_left_out():
    found = {path.relative_to(ROOT).with_suffix("") for path in (ROOT / "tools").rglob("*.py")}
    found = {".".join(path.parts) for path in found if "\ndef main(" in (ROOT / path).with_suffix(".py").read_text()}
    assert found == set(MODULES.values())


@pytest.mark.parametrize("name", MODULES)
def test_help(name):
    parser = parser_of(import_module(MODULES[name]).main, name)
    text = parser.format_help()
    assert text.startswith(f"usage: python -m tools {name} ")
    assert f"\npython -m tools {name}" in text or f"\npython3 -m tools {name}" in text, "the docstring has an example"
    assert not [action.dest for action in parser._actions if not action.help], "says what each argument is for"
    assert max(map(len, text.splitlines())) <= 120


def test_help_is_said_by_the_command():
    code, text, _ = said("remove", "--help")
    assert code == 0 and text.startswith("usage: python -m tools remove ")


def test_a_command_that_there_is_not():
    assert said("aply") == (2, "", "error: there is no command 'aply'; `python -m tools` lists all\n")


def toy(
    model, out="none", *, scale: float | None = None, seeds: int = 1, keys: list[str] | None = None, dry: bool = False
):
    print(model, out, scale, seeds, keys, dry)


def many(*targets, name: str):
    print(targets, name)


@pytest.mark.parametrize(
    ("main", "arguments", "given"),
    [
        (toy, "a", "a none None 1 None False"),
        (toy, "a b --scale 0.5 --seeds 3 --keys x=1,2 --dry --keys y", "a b 0.5 3 ['x=1,2', 'y'] True"),
        (many, "--name=", "() "),
        (many, "a --name x b", "('a', 'b') x"),
    ],
)
def test_arguments(capsys, main, arguments, given):
    run(main, "toy", arguments.split())
    assert capsys.readouterr().out == f"{given}\n"


@pytest.mark.parametrize(
    ("main", "arguments", "reason"),
    [
        (toy, "", "the following arguments are required: MODEL"),
        (toy, "a --seeds few", "argument --seeds: invalid int value: 'few'"),
        (toy, "a --seed 1", "unrecognized arguments: --seed 1"),
        (many, "a", "the following arguments are required: --name"),
    ],
)
def test_arguments_that_are_wrong(capsys, main, arguments, reason):
    with pytest.raises(SystemExit) as ended:
        run(main, "toy", arguments.split())
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"error: {reason}; see `python -m tools toy --help`\n"


@pytest.mark.parametrize(
    ("raised", "code", "reason"),
    [
        (UserError("no such model"), 2, "no such model"),
        (FileNotFoundError(2, "No such file or directory", "a.png"), 2, "a.png: No such file or directory"),
        (FailedError("a stage failed"), 1, "a stage failed"),
        (MemoryError(), 1, "the memory is full"),
        (KeyboardInterrupt(), 1, "stopped"),
    ],
)
def test_how_it_ends(capsys, raised, code, reason):
    def main():
        raise raised

    with pytest.raises(SystemExit) as ended:
        run(main, "toy", [])
    said = capsys.readouterr().err
    assert ended.value.code == code and said.startswith(f"error: {reason}") and said.count("\n") == 1
