"""How long `make setup` takes in a fresh clone with nothing in a cache, with pip and with uv."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.clones import clone

NO_CACHE = {"PIP_NO_CACHE_DIR": "1", "UV_NO_CACHE": "1"}


def measured(tool: str) -> dict | None:
    """A row of pip or uv; None where there is no uv."""
    folders = os.environ["PATH"].split(os.pathsep)
    if tool == "uv" and not shutil.which("uv"):
        return None
    if tool == "pip":
        folders = [folder for folder in folders if not Path(folder, "uv").exists()]
    python = Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
    own = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "clone")
        clone("HEAD", folder)
        start = time.monotonic()
        subprocess.run(
            ["make", "setup", f"PYTHON={python}"],
            cwd=folder,
            env=own | NO_CACHE | {"PATH": os.pathsep.join(folders)},
            check=True,
        )
        seconds = time.monotonic() - start
        size = sum(path.lstat().st_size for path in (folder / ".venv").rglob("*")) / 1e6
    return {"tool": tool, "seconds": round(seconds, 1), "megabytes": round(size)}
