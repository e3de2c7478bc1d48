"""Puts the report on a pull request into one comment, made once and then updated.

python3 -m tools.comment --repository OWNER/NAME --run ID --head COMMIT [--folder comparison]

Runs from the default branch with the right to write. folder is what the run of the pull request's own code left: its
number and report.md. Both may be forged: the number counts only if that pull request stands at the commit of the run,
and the report is a stranger's text, cut to size, that calls nobody. Needs the GitHub CLI and no package.
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

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
        sys.exit(f"error: `gh api {' '.join(arguments)}` failed: {done.stderr.strip()}")
    return done.stdout


def read(path: Path) -> str:
    """The start of a file from the run of the pull request; ends the program where it is missing or no plain file."""
    if path.is_symlink() or not path.is_file():
        sys.exit(f"error: the run left no file {path}")
    with path.open("rb") as file:
        return file.read(4 * LONGEST).decode(errors="replace")


def body_of(text: str, address: str) -> str:
    """The comment. address: of the run."""
    quiet = AT.sub("@" + INVISIBLE, text)
    kept = quiet if len(quiet) <= LONGEST else quiet[:LONGEST].rpartition("\n")[0]
    cut = "" if kept == quiet else " Cut to what fits here."
    source = f"Made by [a run of this pull request's code]({address}), which keeps report.html as an artifact.{cut}"
    return f"{MARKER}\n{source}\n\n{kept}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repository", required=True)
    parser.add_argument("--run", required=True)
    parser.add_argument("--head", required=True)
    parser.add_argument("--folder", type=Path, default="comparison")
    parser.add_argument("--server", default="https://github.com")
    arguments = parser.parse_args()
    place = f"repos/{arguments.repository}"

    number = read(arguments.folder / "number").strip()
    if not re.fullmatch("[0-9]{1,9}", number):
        sys.exit("error: the run left something that is no number of a pull request")
    pull = json.loads(gh(f"{place}/pulls/{number}"))
    if pull["state"] != "open" or pull["head"]["sha"] != arguments.head:
        print(f"pull request {number} is closed or has moved on from {arguments.head}: no comment")
        return

    address = f"{arguments.server}/{arguments.repository}/actions/runs/{arguments.run}"
    body = {"body": body_of(read(arguments.folder / "report.md"), address)}
    ours = f'.[] | select(.user.login == "{AUTHOR}" and (.body | startswith("{MARKER}"))) | .id'
    found = gh("--paginate", f"{place}/issues/{number}/comments", "--jq", ours).split()
    if found:
        gh("--method", "PATCH", f"{place}/issues/comments/{found[0]}", body=body)
    else:
        gh("--method", "POST", f"{place}/issues/{number}/comments", body=body)
    print(f"{'updated' if found else 'made'} the comment on pull request {number}")


if __name__ == "__main__":
    main()
