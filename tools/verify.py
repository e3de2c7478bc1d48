"""Test of reproducibility: the digits run twice from scratch, and every output compared byte by byte.

python -m tools verify [--small] [--jobs 4]

Both runs are of the last commit, in temporary clones. The second has another folder, another seed of Python's hashes
and another number of jobs, and is killed in the middle and resumed.

--small: a few architectures and epochs alone, in minutes
--jobs: how many stages run side by side in the first run; by default as many as there are cores
"""

import os
import re
import signal
import subprocess
import tempfile
from pathlib import Path

from ruamel.yaml import YAML

from stages.common.params import changed, read_params
from tools.clones import RESULTS, demo, without_results
from tools.command import FailedError

SMALL = {
    "datasets": ["digits"],
    "architectures": ["pca", "vanilla"],
    "data.digits.epochs": 1,
    "data.digits.passes_per_epoch": 1,
    "data.digits.seeds": [0],
    "classifier.epochs": 1,
    "tuning.trials": 1,
    "figures.single": ["reconstructions"],
    "figures.dataset": ["tasks"],
}
SMALL |= {f"tasks.{task}.images": 50 for task in ("compression", "denoising", "anomaly", "generation")}


def project(folder: Path, small: bool) -> Path:
    """The last commit with no result in it; small: with settings that take seconds a stage."""
    without_results(folder)
    if small:
        YAML().dump(changed(read_params(folder / "params.yaml"), SMALL), folder / "params.yaml")
    return folder


def finish(folder: Path, jobs: int, hash_seed: int) -> None:
    """Run the digits, or resume them. Raises FailedError where that fails."""
    if demo(folder, jobs, env={"PYTHONHASHSEED": str(hash_seed)}).wait():
        raise FailedError("`make demo` fails, so there is nothing to compare; the reason is above")


def kill_in_the_middle(folder: Path, jobs: int, hash_seed: int) -> None:
    """Run the digits until the first architecture is trained; then all its processes end as by `kill -9`."""
    env = {"PYTHONHASHSEED": str(hash_seed)}
    with demo(folder, jobs, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            if re.match(r"train@\S+: ran", line):
                os.killpg(process.pid, signal.SIGKILL)
                break
    if process.returncode != -signal.SIGKILL:
        raise FailedError("the second run ended before it could be killed; the reason may be above")
    print("killed in the middle, resumed", flush=True)


def files(folder: Path) -> dict[str, bytes]:
    """Path -> content of all that a run has left."""
    places = [folder / name for name in ("data", "code", *RESULTS)]
    found = [path for place in places for path in (place, *place.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def compared(first: dict[str, bytes], second: dict[str, bytes]) -> str:
    """What to say where all files are the same. Raises FailedError, with their names, where some are not."""
    differing = [path for path in sorted(first.keys() | second.keys()) if first.get(path) != second.get(path)]
    if differing:
        raise FailedError(f"{len(differing)} of {len(first | second)} files differ:\n  " + "\n  ".join(differing))
    models = sum(path.endswith(".keras") for path in first)
    return f"{len(first)} files, {models} of them models, are the same to the byte in both runs"


def main(*, small: bool = False, jobs: int = os.cpu_count() or 1) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        first = project(Path(one, "first"), small)
        second = project(Path(other, "a folder with another name"), small)
        finish(first, jobs, hash_seed=1)
        kill_in_the_middle(second, jobs + 1, hash_seed=2)
        finish(second, jobs + 1, hash_seed=2)
        print(compared(files(first), files(second)))
