"""DVC's own steps for a stage, so that the engine starts the command between them and DVC goes on with other stages.

They are those of `Stage.reproduce`, in its order; that one waits for the command.
"""

import json
from collections import defaultdict
from contextlib import suppress
from itertools import chain
from pathlib import Path

import networkx as nx
from dvc.dvcfile import LOCK_FILE, PROJECT_FILE, Lockfile
from dvc.exceptions import DvcException
from dvc.lock import make_lock
from dvc.repo import Repo
from dvc.repo.reproduce import collect_stages, get_active_graph
from dvc.rwlock import RWLOCK_FILE, RWLOCK_LOCK
from dvc.stage import PipelineStage, Stage, create_stage
from dvc.stage.cache import RunCacheNotFoundError
from dvc.stage.loader import StageLoader

# The one private name of DVC in this project: it alone knows the options that keep a shell from a user's own files.
from dvc.stage.run import _make_cmd, get_executable, prepare_kwargs
from dvc.stage.serialize import to_single_stage_lockfile


def plan(repo: Repo, targets: list[str]) -> dict[Stage, set[str]]:
    """Stages in the order of `dvc repro`, and names of all that each needs. targets: without any, all of dvc.yaml."""
    graph = get_active_graph(repo.index.graph)
    first = str(Path(repo.root_dir, PROJECT_FILE))  # by its name as a target it would be read once more
    ends = collect_stages(repo, targets) or [stage for stage in graph if stage.path == first]
    # As `plan_repro` has it, but for that: the order of some targets hangs on the seed of Python's hashes there.
    stages = dict.fromkeys(chain.from_iterable(nx.dfs_postorder_nodes(graph, end) for end in ends))
    return {stage: {other.addressing for other in nx.descendants(graph, stage)} for stage in stages}


def drop_damaged_list(repo: Repo) -> None:
    """Remove DVC's list of which process uses which file where a kill came while it was written: DVC refuses to go on
    with a half one, and whoever it held there is dead."""
    users = Path(repo.tmp_dir, RWLOCK_FILE)
    hardlink = repo.config["core"].get("hardlink_lock", False)
    with make_lock(str(users.with_name(RWLOCK_LOCK)), tmp_dir=repo.tmp_dir, hardlink_lock=hardlink):
        try:
            json.loads(users.read_text() if users.exists() else "{}")
        except ValueError:
            users.unlink()


def pull(repo: Repo, stages: list[Stage]) -> None:
    """Bring what was recorded and is missing here from the DVC remote; what the remote lacks is made anew."""
    known = [stage for stage in stages if all(out.hash_info for out in stage.outs)]
    missing = [stage.addressing for stage in known if stage.status() and not stage.changed(allow_missing=True)]
    if missing:
        with suppress(DvcException):
            repo.pull(missing)


def begin(stage: Stage, remote: bool) -> str | None:
    """What becomes of a stage without a command, "unchanged" or "cached"; None where its command has to run.

    remote: is data to be brought that the DVC remote has?
    """
    if remote:
        pull(stage.repo, [stage])
    if not stage.status():  # as `changed`, which locks files three times
        return "unchanged"
    if stage.frozen or not stage.cmd:
        stage.run()
        return "cached"
    stage.remove_outs()
    try:
        stage.repo.stage_cache.restore(stage, pull=remote)
    except RunCacheNotFoundError:
        stage.save_deps()
        return None
    finish(stage)
    return "cached"


def command(stage: Stage) -> tuple[list, dict]:
    """Commands of a stage, one after the other, and the settings of Popen for all."""
    lines = stage.cmd if isinstance(stage.cmd, list) else stage.cmd.splitlines()
    return [_make_cmd(get_executable(), line) for line in lines], prepare_kwargs(stage)


def finish(stage: Stage) -> None:
    """Take the outputs that are there into DVC's cache, and the run into the run cache."""
    stage.save(run_cache=remembered(stage))
    stage.commit()


def put_back(stage: Stage) -> None:
    """Remove what an interrupted stage has written and bring back its outputs of dvc.lock that the cache has."""
    stage.remove_outs()
    if all(out.hash_info for out in stage.outs):
        # As the run cache does it: to this stage also the metrics and plots that Git keeps are cached.
        outs = [out.def_path for out in stage.outs]
        former = create_stage(PipelineStage, stage.repo, PROJECT_FILE, cmd=stage.cmd, wdir=stage.wdir, outs=outs)
        StageLoader.fill_from_lock(former, to_single_stage_lockfile(stage))
        if former.outs_cached():
            former.checkout()


def record(repo: Repo, stages: list[Stage], former: dict[Path, bytes]) -> None:
    """Write stages into lock files, at no moment half.

    former: path of a lock file -> what it was before the run, to which all is added, so that the order does not hang on
    which stage was finished first; files that are not in it yet are added.
    """
    finished = defaultdict(list)
    for stage in stages:
        if isinstance(stage, PipelineStage):
            finished[Path(stage.path).with_name(LOCK_FILE)].append(stage)
        else:
            stage.dump()
    for path, group in finished.items():
        new = Path(repo.tmp_dir, path.name)
        new.write_bytes(former.setdefault(path, path.read_bytes() if path.exists() else b""))
        Lockfile(repo, str(new)).dump_stages(group)
        new.replace(path)


def remembered(stage: Stage) -> bool:
    """Does the run cache take this stage? Not where Git keeps a plain output, nor where an output persists."""
    kept = any(out.persist or not (out.use_cache or out.is_metric or out.is_plot) for out in stage.outs)
    return bool(stage.cmd and stage.deps and stage.outs and not kept and not stage.always_changed)
