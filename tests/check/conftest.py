import importlib
import sys

import pytest

from stages.check import blame, items
from stages.common import registry


@pytest.fixture
def write(tmp_path, monkeypatch):
    """A function that writes the file of a new item, in a folder beside the project's, under the name `tried`."""
    for module in (registry, blame):
        monkeypatch.setattr(module, "STAGES", tmp_path / "stages")
    for item in ("evaluate/tasks/anomaly", "evaluate/tasks/reconstruction", "prepare/datasets/digits"):
        (tmp_path / "stages" / item).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f"stages/{item}.py").touch()  # a name; the project's own file is imported
    monkeypatch.setattr(items, "CHECKED", {})

    def written(kind, content):
        path = tmp_path / "stages" / kind / "tried.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        package = importlib.import_module(f"stages.{kind.replace('/', '.')}")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(path.parent)])
        monkeypatch.delitem(sys.modules, f"{package.__name__}.tried", raising=False)
        monkeypatch.delattr(package, "tried", raising=False)
        importlib.invalidate_caches()
        return path

    return written
