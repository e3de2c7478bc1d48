"""Comparison of architectures on a folder of your images, from a look at the files to the answer.

python -m tools own --name photos --folder path [--size 64] [--patch 64] [--latent 32] [--seeds 3]
                    [--architectures "pca vanilla"] [--anomalies folder] [--group regex] [--fit crop]
                    [--classes folders] [--white 4095] [--black 0] [--private 1] [--minutes 60] [--jobs 2]

What is given stands in params.yaml afterwards, so that nothing has to be said twice. Where nothing can be done, nothing
is changed and the exit code is 2. More: docs/own-images.md.

--name: name of the data set: letters, digits and _
--folder: the images: a folder with all below it, a .zip, or an array in .npy or .npz
--anomalies: a folder of anomalies, which detection is measured on
--group: regular expression whose first group names what belongs together, such as a part or a patient; a group is never
    split between training and test
--fit: crop or pad, how images that are not square become so
--classes: folders or none, whether folders are classes
--architectures: those that are compared; by default all
--size: height and width that images are brought to
--patch: height and width of patches that images are cut into
--latent: numbers in the latent
--seeds: how many times each architecture is trained
--minutes: how long it may take; epochs, seeds and architectures are cut to that
--jobs: how many stages run side by side; by default as many as there are cores
--white: the value of white in images of 16 bits
--black: the value of black in images of 16 bits
--private: 1 keeps images, pictures of them and their path out of what Git tracks
"""

import json
import signal
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

from stages.check.blocks import parse
from stages.check.data_sets import DataSet
from stages.check.settings import check_kinds
from stages.common.params import read_params
from stages.common.stage import UserError
from stages.prepare.listing import write_listing
from tools.command import FailedError
from tools.own.arguments import read_values
from tools.own.plan import plan
from tools.own.private import note, put, with_links, without_links
from tools.own.settings import PARAMS, check_name, kinds_of_stages, with_data_set, write
from tools.run.early_page import remove_page

FAILED = "a stage failed, the reason is above; the same command resumes there"


def run(name: str, architectures: list[str], jobs: int) -> list[str]:
    """Bring the data set's stages up to date, with these architectures alone; those of which a stage failed. Raises
    FailedError where none is left, or where a stage of all together fails."""
    cells = {f"evaluate@{name}-{architecture}": architecture for architecture in architectures}
    failed = stale(cells) if started("tools", "run", "--jobs", str(jobs), *cells) else []
    if len(failed) == len(cells):
        raise FailedError(FAILED)
    for architecture in failed:  # what is judged below are no scores of other settings
        Path("metrics", name, "scores", f"{architecture}.json").unlink(missing_ok=True)
    if started("dvc", "repro", "--single-item", *(f"{kind}@{name}" for kind in kinds_of_stages())):
        raise FailedError(FAILED)
    remove_page(name)  # the early one: that of all is there
    return failed


def started(*command: str) -> int:
    """The exit code of a module of Python."""
    process = subprocess.Popen([sys.executable, "-m", *command])
    try:
        return process.wait()
    except KeyboardInterrupt:  # the keyboard has told it as well, and it records what is finished
        process.wait()
        raise


def stale(cells: dict[str, str]) -> list[str]:
    """Architectures, stage -> name, whose scores are not those of their settings. Raises FailedError where DVC does not
    say, as when another of its commands runs."""
    done = subprocess.run([sys.executable, "-m", "dvc", "status", "--json", *cells], capture_output=True, text=True)
    if done.returncode:
        raise FailedError(f"{FAILED}; `dvc status` says: {' '.join(done.stderr.split())[:300]}")
    return [architecture for cell, architecture in cells.items() if cell in json.loads(done.stdout)]


def former_of(given: Namespace, params: dict) -> DataSet | None:
    """The block of params.yaml that has the name. Raises UserError where neither that nor a folder is there."""
    former = params["data"].get(given.name)
    if not (given.folder or former):
        raise UserError(f"FOLDER= is missing: make own NAME={given.name} FOLDER=path")
    return former and parse(DataSet, former, f"data.{given.name}")


def main(
    *,
    name: str = "",
    folder: str = "",
    anomalies: str = "",
    group: str = "",
    fit: str = "",
    classes: str = "",
    architectures: str = "",
    size: str = "",
    patch: str = "",
    latent: str = "",
    seeds: str = "",
    minutes: str = "",
    jobs: str = "",
    white: str = "",
    black: str = "",
    private: str = "",
) -> None:
    given = Namespace(**{argument: text or None for argument, text in locals().items()})  # make passes empty ones on
    for number in (signal.SIGINT, signal.SIGTERM):  # while TensorFlow measures, a KeyboardInterrupt could be lost
        signal.signal(number, signal.SIG_DFL)
    params = read_params()
    check_kinds(params)
    check_name(given.name or "", params)
    read_values(given)
    former = former_of(given, params)
    block, seen = plan(given, params, former and without_links(former))
    block, links = with_links(given.name, block)
    print(note(given.name, block.folder.private))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # no file is left half, and stages record what is finished
    put(links)
    if block != former:
        text = with_data_set(PARAMS.read_text(), given.name, block.model_dump())
        write_listing(Path("data", given.name, "raw"), block.folder, block.anomalies, seen.rows, seen.anomalous)
        write(text)
    failed = run(given.name, block.folder.architectures, given.jobs)
    print(f"the answer: {Path('plots', given.name, 'README.md')}")
    if failed:
        raise FailedError(f"the answer is without {', '.join(failed)}: {FAILED}")
