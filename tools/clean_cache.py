"""Removal of damaged files from DVC's cache, whose content does not match their checksum.

python -m tools clean-cache

DVC hands them out unnoticed. What is removed is made again by `dvc repro`, or brought by `dvc pull`.
"""

import hashlib
import sys
from pathlib import Path

from dvc.repo import Repo

from tools.command import run


def damaged(cache: Path) -> list[Path]:
    """Files <cache>/<two digits>/<the others>[.dir] whose MD5 is another."""
    found = []
    for path in sorted(cache.glob("??/*")):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "md5").hexdigest()
        if content != path.parent.name + path.name.removesuffix(".dir"):
            found.append(path)
    return found


def main() -> None:
    with Repo() as repo:
        cache = Path(repo.cache.local.path)
    found = damaged(cache)
    for path in found:
        path.unlink()
        print(f"removed: {path}")
    print(f"{len(found)} damaged files in {cache}")


if __name__ == "__main__":  # messages of stages name the module
    run(main, "clean-cache", sys.argv[1:])
