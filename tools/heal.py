"""Takes damaged files out of DVC's cache: those whose content is not what their name, a checksum, says.

python -m tools.heal

DVC hands them out unnoticed. What is taken out is made again by `dvc repro`, or brought by `dvc pull`.
"""

import hashlib
from pathlib import Path

from dvc.repo import Repo

from stages.common.stage import run


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
        print(f"taken out: {path}")
    print(f"{len(found)} damaged files in {cache}")


if __name__ == "__main__":
    run(main)
