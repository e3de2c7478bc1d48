"""Comment on a pull request with the report of its comparison, made once and then updated.

python3 -m tools comment --repository OWNER/NAME --run ID --head COMMIT [--folder comparison]

Runs from the default branch with the right to write. What the run of the pull request's own code left may be forged:
its number counts only if that pull request stands at the commit of the run, and the report is a stranger's text, cut to
size, that calls nobody. Needs the GitHub CLI and no package.

--repository: OWNER/NAME
--run: the number of the run that made the comparison
--head: the commit of that run
--folder: what it left, the number of the pull request and report.md
--server: address of GitHub
"""

import json
import re
import subprocess
from pathlib import Path

from tools.command import FailedError

MARKER = "<!-- comparison of a pull request -->"
AUTHOR = "github-actions[bot]"
LONGEST = 60_000  # characters; GitHub takes 65,536
AT = re.compile("@|&(?:#0*64|#x0*40|commat);", re.IGNORECASE)  # as it is, and as HTML writes it
INVISIBLE = "\u200b"  # a space without width: after an @ it keeps a name from being called


def gh(*arguments: str, body: dict | None = None) -> str:
    """What the GitHub CLI prints; body: sent as JSON."""
    command = ["gh", "api", *arguments, *(["--input", "-"] if body else [])]
    done = subprocess.run(command, input=json.dumps(body) if body else None, text=True, capture_output=True)
    if done.returncode:
        raise FailedError(f"`gh api {' '.join(arguments)}` failed: {done.stderr.strip()}")
    return done.stdout


def read(path: Path) -> str:
    """The start of a file from the run of the pull request; raises FailedError where it is none."""
    if path.is_symlink() or not path.is_file():
        raise FailedError(f"the run left no file {path}")
    with path.open("rb") as file:
        return file.read(4 * LONGEST).decode(errors="replace")


def body_of(text: str, address: str) -> str:
    """The comment. address: of the run."""
    quiet = AT.sub("@" + INVISIBLE, text)
    kept = quiet if len(quiet) <= LONGEST else quiet[:LONGEST].rpartition("\n")[0]
    cut = "" if kept == quiet else " Cut to what fits here."
    source = f"Made by [a run of this pull request's code]({address}), which keeps report.html as an artifact.{cut}"
    return f"{MARKER}\n{source}\n\n{kept}"


def main(
    *,
    repository: str,
    run: str,
    head: str,
    folder: Path = Path("comparison"),
    server: str = "https://github.com",
) -> None:
    place = f"repos/{repository}"
    number = read(folder / "number").strip()
    if not re.fullmatch("[0-9]{1,9}", number):
        raise FailedError("the run left something that is no number of a pull request")
    pull = json.loads(gh(f"{place}/pulls/{number}"))
    if pull["state"] != "open" or pull["head"]["sha"] != head:
        print(f"pull request {number} is closed or has moved on from {head}: no comment")
        return

    address = f"{server}/{repository}/actions/runs/{run}"
    body = {"body": body_of(read(folder / "report.md"), address)}
    ours = f'.[] | select(.user.login == "{AUTHOR}" and (.body | startswith("{MARKER}"))) | .id'
    found = gh("--paginate", f"{place}/issues/{number}/comments", "--jq", ours).split()
    if found:
        gh("--method", "PATCH", f"{place}/issues/comments/{found[0]}", body=body)
    else:
        gh("--method", "POST", f"{place}/issues/{number}/comments", body=body)
    print(f"{'updated' if found else 'made'} the comment on pull request {number}")
