"""Files of a commit, read without checking it out."""

import json
import subprocess
from pathlib import Path

from stages.common.stage import UserError


class Revision:
    """Reads files of a commit (a branch, tag, hash or DVC experiment), or of the working tree where name is None.

    folder: where results of the commit were made anew; files are then read there
    """

    def __init__(self, name: str | None, folder: Path | None = None):
        self.name = name
        self.commit = None
        self.folder = Path() if name is None else folder
        if name is not None:
            try:
                experiment = git("for-each-ref", "--format=%(objectname)", f"refs/exps/*/*/{name}").strip()
                self.commit = git("rev-parse", "--verify", "--quiet", f"{experiment or name}^{{commit}}").strip()
            except subprocess.CalledProcessError as error:
                if "not a git repository" in error.stderr:
                    raise UserError("this folder is in no Git repository: run this in a clone of the project") from None
                raise UserError(f"'{name}' is no revision of this repository; `git branch --all` lists some") from None

    def __str__(self):
        return "the working tree" if self.name is None else f"{self.name} ({self.commit[:7]})"

    def files(self, folder: str) -> set[str]:
        """Paths of all files under a folder."""
        if self.folder is not None:
            found = (self.folder / folder).rglob("*")
            return {str(path.relative_to(self.folder)) for path in found if path.is_file()}
        return set(git("ls-tree", "-r", "--name-only", self.commit, folder).splitlines())

    def read(self, path: str) -> bytes | None:
        """The content of a file; None where there is none."""
        if self.folder is not None:
            return (self.folder / path).read_bytes() if (self.folder / path).exists() else None
        return self.committed(path)

    def json(self, path: str, key: str):
        """What a JSON file has under a key; None where there is no file. Raises UserError where it is damaged."""
        content = self.read(path)
        if content is None:
            return None
        try:
            return json.loads(content)[key]
        except (ValueError, KeyError, TypeError) as error:
            reason = f"it has no {error}" if isinstance(error, KeyError) else error
            raise UserError(f"{path} of {self} is no metrics file: {reason}; `git restore {path}`?") from None

    def committed(self, path: str) -> bytes | None:
        """The content of a file in the commit; None where there is none."""
        done = subprocess.run(["git", "show", f"{self.commit}:{path}"], capture_output=True)
        return done.stdout if done.returncode == 0 else None


def git(*arguments: str) -> str:
    """What a Git command prints. Raises CalledProcessError where it fails."""
    return subprocess.run(["git", *arguments], check=True, text=True, capture_output=True).stdout
