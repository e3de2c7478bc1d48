"""Early page of a data set, made by the code of the stages that make the page of all, in a copy of their settings. It
stands where neither Git nor DVC looks, data/<data set>/early/."""

import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from stages.common.params import read_params
from stages.common.stage import fresh

FIGURES = ("tasks", "reconstructions", "denoised", "samples")  # others take most of the seconds
STAGES = """
import runpy
for name in ("stages.judge", "stages.draw", "stages.tell.describe"):
    runpy.run_module(name, run_name="__main__")
"""


def write_page(dataset: str, architectures: list[str], count: int, start: Callable) -> Path:
    """Write the page on some architectures, of `count` in all; its path. start: runs commands. Raises UserError where a
    stage does."""
    with tempfile.TemporaryDirectory() as place:
        metrics, plots = Path(place, "metrics", dataset), Path(place, "plots", dataset)
        for folder, names in ((metrics, ("scores", "tuning", "references.json")), (plots, ("shown",))):
            folder.mkdir(parents=True)
            for name in names:  # links, as cells that are at work replace files there
                (folder / name).symlink_to(Path(folder.relative_to(place), name).absolute())
        Path(place, "params.yaml").write_text(json.dumps(settings(read_params(), dataset, architectures)))
        path = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
        start([[sys.executable, "-c", STAGES, "--dataset", dataset]], cwd=place, env=os.environ | {"PYTHONPATH": path})
        early = fresh(folder_of(dataset))
        for name in ("pictures", "latent_size.png"):
            shutil.move(plots / name, early / name)
        text = (plots / "README.md").read_text().replace("](../../", "](../../../")
        text = re.sub(r"\]\(\.\./(?!\.\.)", "](../../../plots/", text)
    some = f"{len(architectures)} of {count} architectures"
    note = f"> A first answer, of {some}; that of all: `plots/{dataset}/README.md`"
    (early / "README.md").write_text(text.replace("\n\n", f"\n\n{note}\n\n", 1))
    return early / "README.md"


def settings(params: dict, dataset: str, architectures: list[str]) -> dict:
    """Settings under which a page tells of these architectures alone, with the pictures that take little time."""
    folder = params["data"][dataset]["folder"]
    params["architectures"] = architectures
    params["data"][dataset]["folder"] = folder and folder | {"architectures": architectures}
    params["figures"]["dataset"] = [name for name in params["figures"]["dataset"] if name in FIGURES]
    params["ablated"]["datasets"] = []
    return params


def folder_of(dataset: str) -> Path:
    """Where the early page of a data set stands."""
    return Path("data", dataset, "early")


def remove_page(dataset: str) -> None:
    """Remove the early page of a data set, if there is one: that of all architectures is there."""
    shutil.rmtree(folder_of(dataset), ignore_errors=True)
