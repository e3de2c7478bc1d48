"""Removal of a data set of your images: its settings, results and data; the images stay.

python -m tools remove --name photos

--name: the name that `own` gave it
"""

import io
import shutil
import subprocess
import sys
from pathlib import Path

from ruamel.yaml import YAML

from stages.check.data_sets import folders
from stages.common.params import read_params
from stages.common.stage import UserError
from tools.command import FailedError
from tools.merge_lock import stages
from tools.own.settings import PARAMS, kept_comments, write
from tools.run.stage_names import parts

LOCK = Path("dvc.lock")
FOLDERS = ("data", "metrics", "plots")  # in each of which all that belongs to a data set lies under its name
TOGETHER = ["check", "judge_across", "report"]  # stages that say something of all data sets


def without_data_set(text: str, name: str) -> str:
    """The text of params.yaml without a data set. Raises UserError where a comment would be lost."""
    yaml = YAML()
    params = yaml.load(text)
    for names in (params["datasets"], params["ablated"]["datasets"]):
        if name in names:
            names.remove(name)
    for block in (params["data"], params["ablations"]):
        block.pop(name, None)
    stream = io.StringIO()
    yaml.dump(params, stream)
    return kept_comments(text, stream.getvalue(), name)


def without_stages(lock: str, name: str) -> str:
    """The text of dvc.lock without the stages of a data set, all other lines as they were."""
    return "".join(text for stage, text in stages(lock).items() if parts(stage)[1] != name)


def main(*, name: str) -> None:
    known = folders(read_params())
    if name not in known:
        raise UserError(f"NAME={name}: is no data set of your own; there are: {', '.join(known) or 'none'}")
    write(without_data_set(PARAMS.read_text(), name))
    if LOCK.exists():
        LOCK.write_text(without_stages(LOCK.read_text(), name))
    for folder in FOLDERS:
        shutil.rmtree(Path(folder, name), ignore_errors=True)
    if subprocess.run([sys.executable, "-m", "dvc", "repro", "--single-item", *TOGETHER]).returncode:
        again = f"`dvc repro --single-item {' '.join(TOGETHER)}`"
        raise FailedError(f"{name} is removed, but the report may still name it; the reason is above: then {again}")
    print(f"{name} is removed; `dvc gc --workspace` also deletes what the cache of DVC holds of it")
