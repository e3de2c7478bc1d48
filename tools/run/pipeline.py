"""What DVC does for a stage before and after its command, in one process and with one writing of dvc.lock.

`dvc repro` reads and writes all of dvc.lock for every stage. These are its own steps, from dvc.repo.reproduce and
dvc.stage.Stage.run, with the command and the writing left out; tests hold the result against `dvc repro` to the byte.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from dvc import rwlock
from dvc.dvcfile import ProjectFile
from dvc.repo import Repo
from dvc.repo.reproduce import collect_stages, get_active_graph, plan_repro
from dvc.stage import Stage
from dvc.stage.cache import RunCacheNotFoundError, _get_stage_hash
from dvc.stage.run import _enforce_cmd_list, _make_cmd, get_executable, prepare_kwargs
from dvc.stage.serialize import to_lockfile, to_single_stage_lockfile
from dvc.utils.serialize import dumps_yaml, modify_yaml
from dvc_data.hashfile.db import HashFileDB
from dvc_objects.fs.generic import copy

from stages.common.stage import UserError


def plan(repo: Repo, targets: list[str]) -> dict[Stage, set[Stage]]:
    """Stages in the order of `dvc repro`, each with those that have to be settled before."""
    graph = get_active_graph(repo.index.graph)
    stages = plan_repro(graph, collect_stages(repo, targets or ["dvc.yaml"]))
    return {stage: set(graph.successors(stage)) for stage in stages}


@contextmanager
def locked(repo: Repo, stages: Iterable[Stage]) -> Iterator[None]:
    """DVC's locks of all files of these stages, for the whole run and not a dozen times for each stage.

    The lock of the repository has to be held, so that no other command of DVC asks for them meanwhile.
    """
    read = [dep.fs_path for stage in stages for dep in stage.deps]
    write = [out.fs_path for stage in stages for out in stage.outs]
    lock = rwlock.rwlock
    with lock(repo.tmp_dir, repo.fs, "tools.run", read, write, repo.config["core"].get("hardlink_lock", False)):
        rwlock.rwlock = lambda *_: nullcontext()
        try:
            yield
        finally:
            rwlock.rwlock = lock


def settle(repo: Repo, stage: Stage, remote: HashFileDB | None = None) -> str | None:
    """What became of a stage that needs no command: "unchanged", "cached" or "checked". None where it has to run.

    Its upstream is settled: a stage whose inputs came out as before is unchanged. remote: where runs are shared.
    """
    if stage.frozen or not stage.cmd:
        return "checked" if stage.reproduce(pull=bool(remote)) else "unchanged"
    if not stage.changed():
        return "unchanged"
    stage.remove_outs()
    if not _restored(repo, stage, remote) and not (remote and adopt(repo, stage, remote)):
        return None
    save(stage)
    return "cached"


def _restored(repo: Repo, stage: Stage, remote: HashFileDB | None) -> bool:
    try:
        repo.stage_cache.restore(stage, pull=bool(remote))
    except RunCacheNotFoundError:
        stage.save_deps()
        return False
    return True


def adopt(repo: Repo, stage: Stage, remote: HashFileDB) -> bool:
    """Take over a run that a worker has shared. False where there is none."""
    if not remembered(stage) or not fetch(repo, stage, remote):
        return False
    stage.cmd_changed = True  # its dependencies are new and its outputs not yet: dvc.lock does not speak of this run
    return _restored(repo, stage, remote)


def fetch(repo: Repo, stage: Stage, remote: HashFileDB) -> list[str]:
    """Bring the records of this very stage's runs, not all that the remote has; their names."""
    folder = _run_folder(stage)
    found = list(remote.fs.find(remote.fs.join(remote.path, *folder)))
    for path in found:
        copy(remote.fs, path, repo.fs, str(Path(repo.cache.legacy.path, *folder, remote.fs.name(path))))
    return found


def push(repo: Repo, stage: Stage, remote: HashFileDB) -> None:
    """Share what a stage made, then the records of its runs, so that no one finds a record of nothing.

    Raises UserError where something does not arrive.
    """
    objects = [stage.get_used_objs()]
    folder = _run_folder(stage) if remembered(stage) else ()
    local = Path(repo.cache.legacy.path, *folder)
    records = sorted(path.name for path in local.glob("*")) if folder else []
    objects.append(repo.stage_cache.get_used_objs([(folder[-1], record) for record in records]))
    if failed := sum(len(repo.cloud.push(own, odb=odb).failed) for used in objects for odb, own in used.items()):
        raise UserError(f"{failed} files of {stage.addressing} did not reach the DVC remote")
    for record in records:
        copy(repo.fs, str(local / record), remote.fs, remote.fs.join(remote.path, *folder, record))


def _run_folder(stage: Stage) -> tuple[str, str, str]:
    key = _get_stage_hash(stage)
    return "runs", key[:2], key


def storage(repo: Repo, name: str) -> HashFileDB:
    """The remote that all share. Raises UserError where it cannot be reached."""
    try:
        remote = repo.cloud.get_remote_odb(name, "push --run-cache", hash_name="md5-dos2unix")
        remote.fs.makedirs(remote.path, exist_ok=True)
        remote.fs.exists(remote.path)  # asks a store that has no folders to make
    except Exception as error:  # each kind of storage has its own
        raise UserError(f"the DVC remote '{name}' cannot be reached: {error}") from None
    return remote


def commands(stage: Stage) -> dict:
    """The commands of a stage, their folder and environment, as DVC would run them."""
    settings = prepare_kwargs(stage)
    lines = [_make_cmd(get_executable(), line) for line in _enforce_cmd_list(stage.cmd)]
    return {"commands": lines, "cwd": settings["cwd"], "env": settings["env"]}


def remembered(stage: Stage) -> bool:
    """Does the run cache take this stage? Not where Git keeps a plain output, nor where an output persists."""
    kept = any(out.persist or not (out.use_cache or out.is_metric or out.is_plot) for out in stage.outs)
    local = all(item.protocol == "local" for item in (*stage.deps, *stage.outs))
    return bool(stage.cmd and stage.deps and stage.outs and local and not kept and not stage.always_changed)


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


def bring(repo: Repo, stage: Stage) -> None:
    """Make what there is of a stage's outputs that of its lock file; missing metrics and plots that Git keeps as well.

    `dvc repro --pull` fetches what a stage misses, but these only with a run of the stage that made them.
    """
    kept = {out.def_path for out in stage.outs if not out.use_cache}
    with repo.stage_cache._cache_type_copy():  # so that they look like files of Git
        for out in repo.stage_cache._create_stage(to_single_stage_lockfile(stage), wdir=stage.wdir).outs:
            if out.changed_checksum() if out.exists else out.def_path in kept:
                for odb, objects in out.get_used_objs().items():
                    repo.cloud.pull(objects, odb=odb)
                out.checkout(force=True)


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


def lock_of(repo: Repo, stages: Iterable[Stage]) -> dict[str, str]:
    """Lock files, by their paths in the project, that say of these stages what the settled ones of this run are."""
    entries = defaultdict(dict)
    for stage in sorted(stages, key=lambda stage: stage.addressing):
        if isinstance(stage.dvcfile, ProjectFile) and remembered(stage):
            entries[os.path.relpath(stage.dvcfile._lockfile.path, repo.root_dir)].update(to_lockfile(stage))
    return {path: dumps_yaml({"schema": "2.0", "stages": own}) for path, own in entries.items()}
