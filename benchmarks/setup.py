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


def measured(tool: str) -> dict:
    """A row of uv, or of pip, which sets up what a uv that fails does not."""
    python = Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
    own = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "clone")
        clone("HEAD", folder)
        if tool == "pip":
            Path(temporary, "uv").symlink_to(shutil.which("false"))
        start = time.monotonic()
        subprocess.run(
            ["make", "setup", f"PYTHON={python}"],
            cwd=folder,
            env=own | NO_CACHE | {"PATH": f"{temporary}{os.pathsep}{os.environ['PATH']}"},
            check=True,
        )
        seconds = time.monotonic() - start
        size = sum(path.lstat().st_size for path in (folder / ".venv").rglob("*")) / 1e6
    return {"tool": tool, "seconds": round(seconds, 1), "megabytes": round(size)}
