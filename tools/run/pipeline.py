"""What DVC does for a stage before and after its command, in one process and with one writing of dvc.lock.

`dvc repro` reads and writes all of dvc.lock for every stage. These are its own steps, from dvc.repo.reproduce and
dvc.stage.Stage.run, with the command and the writing left out; tests hold the result against `dvc repro` to the byte.
"""

import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from dvc.dvcfile import ProjectFile
from dvc.repo import Repo
from dvc.repo.reproduce import collect_stages, get_active_graph, plan_repro
from dvc.stage import Stage
from dvc.stage.cache import RunCacheNotFoundError, _can_hash
from dvc.stage.run import _enforce_cmd_list, _make_cmd, get_executable, prepare_kwargs
from dvc.stage.serialize import to_lockfile, to_single_stage_lockfile
from dvc.utils.serialize import modify_yaml


def plan(repo: Repo, targets: list[str]) -> dict[Stage, set[Stage]]:
    """Stages in the order of `dvc repro`, each with those that have to be settled before."""
    graph = get_active_graph(repo.index.graph)
    stages = plan_repro(graph, collect_stages(repo, targets or ["dvc.yaml"]))
    return {stage: set(graph.successors(stage)) for stage in stages}


def settle(repo: Repo, stage: Stage) -> str | None:
    """What became of a stage that needs no command: "unchanged", "cached" or "checked". None where it has to run.

    Its upstream is settled: a stage whose inputs came out as before is unchanged.
    """
    if stage.frozen or not stage.cmd:
        return "checked" if stage.reproduce() else "unchanged"
    if not stage.changed():
        return "unchanged"
    stage.remove_outs()
    try:
        repo.stage_cache.restore(stage)
    except RunCacheNotFoundError:
        stage.save_deps()
        return None
    save(stage)
    return "cached"


def commands(stage: Stage) -> dict:
    """The commands of a stage, their folder and environment, as DVC would run them."""
    settings = prepare_kwargs(stage)
    lines = [_make_cmd(get_executable(), line) for line in _enforce_cmd_list(stage.cmd)]
    return {"commands": lines, "cwd": settings["cwd"], "env": settings["env"]}


def remembered(stage: Stage) -> bool:
    """Does the run cache remember this stage? Not where Git keeps a plain output, nor where an output persists."""
    plain = any(not out.use_cache for out in stage.outs if not (out.is_metric or out.is_plot))
    return not plain and _can_hash(stage)


def save(stage: Stage) -> None:
    """Hash what a stage has made, put it into the cache and remember the run: from here on it survives kill -9."""
    plain = any(not out.use_cache for out in stage.outs if not (out.is_metric or out.is_plot))
    stage.save(run_cache=not plain)
    stage.commit()


def put_back(repo: Repo, stage: Stage) -> None:
    """Remove what an interrupted stage has written and bring back its outputs of dvc.lock, where the cache has them."""
    stage.remove_outs()
    if all(out.hash_info for out in stage.outs):
        # As the run cache does it: to this stage of DVC's also the metrics and plots that Git keeps are cached.
        former = repo.stage_cache._create_stage(to_single_stage_lockfile(stage), wdir=stage.wdir)
        if former.outs_cached():
            former.checkout()


def read_locks(stages: Iterable[Stage]) -> dict[Path, bytes]:
    """The lock files of these stages as they are."""
    paths = {Path(stage.dvcfile._lockfile.path) for stage in stages if isinstance(stage.dvcfile, ProjectFile)}
    return {path: path.read_bytes() if path.exists() else b"" for path in paths}


def record(repo: Repo, stages: Iterable[Stage], before: dict[Path, bytes]) -> None:
    """Write stages into their lock files, each in one go and at no moment half.

    stages: all that this run has settled so far, in the order of the plan; before: the lock files when it began. So
    stages that are new to a file stand in it as if they had run one after the other.
    """
    own = defaultdict(list)
    for stage in stages:
        if isinstance(stage.dvcfile, ProjectFile):
            own[Path(stage.dvcfile._lockfile.path)].append(stage)
        else:
            stage.dump(update_pipeline=False)
    for path, settled in own.items():
        new = Path(repo.tmp_dir, path.name)
        new.write_bytes(before[path])
        with modify_yaml(new) as lock:
            lock.setdefault("schema", "2.0")
            entries = lock.setdefault("stages", {})
            for stage in settled:
                entries.update(to_lockfile(stage))
        new.replace(path)
        repo.scm_context.track_file(os.path.relpath(path))
