"""A grid of settings, each of whose points runs as an experiment of DVC."""

import subprocess
import tempfile
from pathlib import Path

from distributed import CancelledError, as_completed
from dvc.repo import Repo
from dvc.utils.hydra import get_hydra_sweeps

from stages.common.stage import UserError
from tools.run import work
from tools.run.places import Elsewhere, Here, digest


def sweep(repo: Repo, place: Here | Elsewhere, settings: list[str], targets: list[str]) -> None:
    """Run all points of a grid that are no experiments yet, as DVC writes it: "training.learning_rate=0.1,0.01".

    Raises UserError where one fails; the others finish.
    """
    if isinstance(place, Elsewhere):
        place.check(repo.index.stages)
        place.share(stage for stage in repo.index.stages if not stage.cmd)
    points = [point["params.yaml"] for point in get_hydra_sweeps({"params.yaml": settings})]
    base = [work.identity(repo.root_dir)["commit"], Path(repo.root_dir, "params.yaml").read_text(), targets]
    names = {f"sweep-{digest([*base, point])}": point for point in points}
    missing = {name: point for name, point in names.items() if name not in _experiments(repo)}
    print(f"{len(names)} experiments, {len(names) - len(missing)} of them there already")
    futures = {place.experiment(name, point, targets): name for name, point in missing.items()}
    failed, running = 0, as_completed(futures, loop=place.client.loop)
    try:
        for future in running:
            name = futures[future]
            try:
                result = future.result()
            except CancelledError:
                raise UserError("the scheduler is gone; the same command takes up from what has arrived") from None
            if result.code == work.UNFIT and isinstance(place, Elsewhere):
                print(place.refuse(result.worker, result.output.strip()))
                again = place.experiment(name, names[name], targets)
                futures[again] = name
                running.add(again)
            elif result.code:
                failed += 1
                print(f"{name}: failed with {', '.join(names[name])}\n{result.output}")
            else:
                _adopt(repo, result.bundle)
                print(f"{name}: ran in {result.seconds:.1f} s with {', '.join(names[name])}")
    finally:
        place.stop(list(futures))
    if failed:
        raise UserError(f"{failed} experiments failed; why stands above")
    print("`dvc exp show` lists them")


def _adopt(repo: Repo, bundle: bytes) -> None:
    """An experiment from elsewhere comes as a Git bundle, so a worker needs no right to push."""
    if bundle:
        with tempfile.NamedTemporaryFile() as file:
            Path(file.name).write_bytes(bundle)
            command = ["git", "fetch", "--quiet", file.name, "refs/exps/*:refs/exps/*"]
            subprocess.run(command, cwd=repo.root_dir, check=True)


def _experiments(repo: Repo) -> set[str]:
    listed = ["git", "for-each-ref", "--format=%(refname:lstrip=4)", "refs/exps"]
    return set(subprocess.run(listed, cwd=repo.root_dir, capture_output=True, text=True, check=True).stdout.split())
