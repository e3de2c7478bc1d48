"""Merge of dvc.lock stage by stage, for Git: branches that ran different stages do not conflict.

python -m tools merge-lock BASE OURS THEIRS

Set up by .gitattributes and `make setup`. Where the same stage is another one in all three, both stand there between
the marks of a conflict, and the exit code is 1.

BASE: dvc.lock of the common ancestor
OURS: that of the current branch, where the result is written, as Git asks of a merge driver
THEIRS: that of the other branch
"""

import re
import sys
from pathlib import Path

from tools.command import FailedError, run

HEAD = ""  # in place of a stage's name: what stands above the stages


def stages(text: str) -> dict[str, str]:
    """Name of each stage of a dvc.lock -> its lines, the name included, in order; HEAD -> the lines above them."""
    parts = re.split(r"^(?=  [^\s#])", text, flags=re.MULTILINE)
    return {HEAD: parts[0]} | {part.partition(":\n")[0].strip(" \"'"): part for part in parts[1:]}


def merged(base: str, ours: str, theirs: str) -> tuple[str, list[str]]:
    """The merged text of dvc.lock, and the names of the stages in conflict. What is new in theirs comes after the stage
    that it comes after there."""
    before, here, other = stages(base), stages(ours), stages(theirs)
    order, last = list(here), HEAD
    for name in other:
        if name not in here:
            order.insert(order.index(last) + 1, name)
        last = name
    texts, conflicts = [], []
    for name in order:
        was, mine, yours = (side.get(name) for side in (before, here, other))
        if mine == yours or yours == was:
            texts.append(mine or "")
        elif mine == was:
            texts.append(yours or "")
        else:
            texts.append(f"<<<<<<< ours\n{mine or ''}=======\n{yours or ''}>>>>>>> theirs\n")
            conflicts.append(name)
    return "".join(texts), conflicts


def main(base: str, ours: str, theirs: str) -> None:
    text, conflicts = merged(*(Path(path).read_text() for path in (base, ours, theirs)))
    Path(ours).write_text(text)
    if conflicts:
        raise FailedError(f"dvc.lock: both sides ran {', '.join(conflicts)}: keep one, then `dvc repro`")


if __name__ == "__main__":  # so that clones whose settings of Git name the module do not lose a side without a word
    run(main, "merge-lock", sys.argv[1:])
