"""Comparison of architectures on a folder of one's own images: looks at them, chooses settings, runs the pipeline.

python -m tools.own --name photos --folder path [--size 64] [--latent 32] [--seeds 3] [--architectures "pca vanilla"]
                    [--anomalies folder] [--group regex] [--fit crop] [--minutes 60] [--jobs 2]

What is given stands in params.yaml afterwards, so that nothing has to be said twice. Where nothing can be done, nothing
is changed and the exit code is 2.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from stages.common.params import read_params
from stages.common.registry import names
from stages.common.stage import UserError, told
from stages.prepare.folder import FEWEST, read_listing, settings_of, write_listing
from stages.prepare.split import LEAST, sizes
from stages.train import determinism
from tools.own import memory
from tools.own.defaults import chosen, unknowable
from tools.own.estimate import timed
from tools.own.settings import PARAMS, check_name, kinds_of_stages, with_data_set, write
from tools.own.table import enough, looked_at, table

ANOMALIES = "photographs"  # the built-in data set that serves where none is named
WORDS = ("name", "folder", "anomalies", "group", "fit", "architectures")
NUMBERS = ("size", "latent", "seeds", "minutes", "jobs")


def arguments() -> argparse.Namespace:
    """What was given; None for what is empty, as the Makefile passes on what was left out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for flag in (*WORDS, *NUMBERS):
        parser.add_argument(f"--{flag}", default="")
    given = parser.parse_args()
    for flag in (*WORDS, *NUMBERS):
        text = getattr(given, flag)
        if flag in NUMBERS and not re.fullmatch(r"([1-9]\d{0,6})?", text):
            raise UserError(f"{flag.upper()}={text}: should be a whole number above 0")
        setattr(given, flag, (int(text) if flag in NUMBERS else text) if text else None)
    if given.fit not in (None, "crop", "pad"):
        raise UserError(f"FIT={given.fit}: should be crop or pad")
    try:
        re.compile(given.group or "")
    except re.error as error:
        raise UserError(f"GROUP={given.group}: is no regular expression: {error}") from None
    return given


def asked_architectures(given: str | None, former: list[str], known: list[str]) -> list[str]:
    """The architectures to compare, in the order of params.yaml. Raises UserError where one is not known."""
    asked = given.split() if given else former or known
    if unknown := [name for name in asked if name not in known]:
        raise UserError(f"ARCHITECTURES: no {unknown[0]}; there are {', '.join(known)}")
    return [name for name in known if name in asked]


def plan(given: argparse.Namespace, params: dict) -> tuple[dict, tuple]:
    """The data set's block of params.yaml, and what `write_listing` takes besides; all is said that was found."""
    former = params["data"].get(given.name, {})
    before = former.get("folder", {})
    source, group = given.folder or before.get("path"), given.group or before.get("group")
    if not source:
        raise UserError(f"FOLDER= is missing: make own NAME={given.name} FOLDER=path")
    known = params["architectures"]
    architectures = asked_architectures(given.architectures, before.get("architectures", []), known)

    listing = read_listing(Path("data/raw", given.name))
    seen = {row["sha256"]: row for kind in ("images", "anomalous") for row in listing.get(kind, ()) if row["sha256"]}
    path, rows = looked_at("FOLDER", source, group, seen)
    print(f"{given.name}: {path}", *table(rows), sep="\n  ")
    kept = enough(rows, [], path, FEWEST)
    anomalies, anomalous = given.anomalies or former.get("anomalies", ANOMALIES), []
    if anomalies not in names("prepare/datasets"):
        where, anomalous = looked_at("ANOMALIES", anomalies, group, seen)
        anomalies = str(where)
        print(f"anomalies: {anomalies}", *table(anomalous, rows), sep="\n  ")
        enough(anomalous, rows, where, LEAST)

    own = settings_of(path, given.fit or before.get("fit", "crop"), group, rows, anomalous)
    own |= {"architectures": architectures, "minutes": given.minutes or before.get("minutes")}
    asked = {"image_size": given.size, "latent_size": given.latent, "seeds": given.seeds and list(range(given.seeds))}
    choices = chosen(asked, former, own, kept, params["split"])
    block = {"folder": own, "anomalies": anomalies} | {name: choice.value for name, choice in choices.items()}
    if block != former:
        if given.minutes:  # what it cuts is chosen anew
            cut = {name: value for name, value in former.items() if name not in ("epochs", "seeds")}
            choices = chosen(asked, cut, own, kept, params["split"])
            block |= {name: choice.value for name, choice in choices.items()}
        for name, choice in choices.items():
            print(f"{name}: {choice.value} ({choice.why})")
        new = with_block(params, given.name, block)
        begun = time.process_time()
        determinism.start(threads=1)
        from stages.validate.settings import check_params  # loads what every stage has to

        loading = time.process_time() - begun

        check_params(new | {"datasets": [given.name], "architectures": architectures})
        block, own["architectures"] = timed(new, given.name, architectures, loading, given.jobs, given.minutes)
        for line in memory.told(new, given.name, given.jobs):
            print(line)
    test = sizes(len(kept), None, params["split"]["validation_fraction"], params["split"]["test_fraction"], LEAST)[
        "test"
    ]
    for line in unknowable(test, len(anomalous) or test):
        print(f"note: {line}")
    return block | {"folder": own}, (anomalies, rows, anomalous)


def with_block(params: dict, name: str, block: dict) -> dict:
    """Settings with a data set and its block."""
    return params | {
        "datasets": [*dict.fromkeys([*params["datasets"], name])],
        "data": params["data"] | {name: block},
    }


def run(name: str, architectures: list[str], jobs: int) -> None:
    """Bring the data set's stages up to date, with these architectures alone; ends the program where one fails."""
    cells = [f"evaluate@{name}-{architecture}" for architecture in architectures]
    together = [f"{kind}@{name}" for kind in kinds_of_stages()]
    for command in (["tools.run", "--jobs", str(jobs), *cells], ["dvc", "repro", "--single-item", *together]):
        process = subprocess.Popen([sys.executable, "-m", *command])
        try:
            code = process.wait()
        except KeyboardInterrupt:  # the keyboard has told it as well, and it records what is finished
            process.wait()
            raise
        if code:
            sys.exit("error: a stage failed, why stands above; the same command takes up from there")


def main() -> None:
    """Ends the program with 2 where nothing can be done."""
    try:
        _main()
    except UserError as error:
        _end(str(error))
    except OSError as error:
        _end(told(error))


def _end(reason: str) -> None:
    print(f"error: {reason}", file=sys.stderr)
    sys.exit(2)


def _main() -> None:
    given, params = arguments(), read_params()
    given.jobs = given.jobs or os.cpu_count()
    check_name(given.name or "", params)
    block, listed = plan(given, params)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # no file is left half, and stages record what is finished
    if block != params["data"].get(given.name):
        text = with_data_set(PARAMS.read_text(), given.name, block)
        write_listing(Path("data/raw", given.name), block["folder"], *listed)
        write(text)
    run(given.name, block["folder"]["architectures"], given.jobs)
    print(f"the answer: {Path('plots', given.name, 'README.md')}")
