"""Workers in clones of their own, as processes on this machine, which are killed, refused and cut off."""

import shutil
import socket
import subprocess
import sys

import processes
import pytest
from helpers import ROOT
from processes import alive, finish, until
from project import ENVIRONMENT, git
from toys import complete, dvc, environment, project, ran, start, write

pytestmark = pytest.mark.slow

# `slow` takes as long as the setting says; the first word in its file is the setting.
PIPELINE = """
stages:
  raw:
    cmd: echo raw >> $RUNS && mkdir raw && echo ${seconds} > raw/text.txt
    params: [seconds]
    deps: [raw.txt]
    outs: [raw]
  slow:
    matrix: {name: [a, b]}
    cmd: >
      echo $DVC_STAGE >> $RUNS && echo $$ > $RUNS.process && echo 7 > scores/${item.name}.json &&
      sleep ${seconds} && cp raw/text.txt ${item.name}.txt && echo end-$DVC_STAGE >> $RUNS
    deps: [raw]
    outs: ["${item.name}.txt"]
    metrics:
    - scores/${item.name}.json: {cache: false}
  after:
    cmd: echo after >> $RUNS && cat a.txt b.txt scores/a.json > after.txt
    deps: [a.txt, b.txt, scores/a.json]
    outs: [after.txt]
  report:
    cmd: echo report >> $RUNS && cp after.txt REPORT.md
    deps: [after.txt]
    outs:
    - REPORT.md: {cache: false}
"""


class Cluster:
    """A project with a DVC remote, a scheduler and workers in clones."""

    def __init__(self, parent, protocol="tcp", **own):
        self.parent, self.processes, self.protocol = parent, [], protocol
        self.folder = project(parent / "project", PIPELINE, "seconds: 0.1\n")
        (self.folder / "requirements.txt").write_text("scipy==1.0\n")
        dvc(self.folder, "remote", "add", "--default", "storage", str(parent / "storage"))
        git(self.folder, "add", "-A")
        git(self.folder, "commit", "-q", "-m", "a remote")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"{protocol}://127.0.0.1:{self.port}"
        self.options = "--scheduler", self.address, "--remote", "storage"
        self.start_scheduler(**own)

    def start_scheduler(self, **own):
        address = "--host", f"{self.protocol}://127.0.0.1", "--port", str(self.port)
        self.scheduler = self.dask("scheduler", *address, folder=self.parent, **own)

    def dask(self, kind, *arguments, folder, **own):
        with (self.parent / f"{kind}.log").open("a") as log:
            command = [sys.executable, "-m", "dask", kind, "--no-dashboard", *arguments]
            process = processes.start(command, folder, ENVIRONMENT | environment(self.folder) | own, stdout=log)
        self.processes.append(process)
        return process

    def clone(self, name):
        git(self.parent, "clone", "-q", str(self.folder), str(self.parent / name))
        git(self.parent / name, "config", "user.name", "a")
        git(self.parent / name, "config", "user.email", "a@b")
        return self.parent / name

    def worker(self, clone, **own):
        arguments = self.address, "--nthreads", "1", "--no-nanny", "--resources", "clone=1"
        return self.dask("worker", *arguments, "--local-directory", str(clone) + "-dask", folder=clone, **own)

    def close(self):
        for process in self.processes:
            process.kill()
            process.wait()

    def start(self):
        return start(self.folder, *self.options)

    def run(self):
        return complete(self.folder, *self.options)


@pytest.fixture
def cluster(tmp_path):
    cluster = Cluster(tmp_path)
    yield cluster
    cluster.close()


EVERYTHING = ["after", "end-slow@a", "end-slow@b", "raw", "report", "slow@a", "slow@b"]


def at_work(cluster):
    """The process of a slow stage, once it is there."""
    path = cluster.parent / "runs.process"
    until(lambda: path.exists() and path.read_text())
    return int(path.read_text())


def test_as_if_it_had_run_alone(cluster):
    """Uncommitted settings travel along; dvc.lock is that of `dvc repro`; other clones train nothing."""
    write("params.yaml", "seconds: 0.2\n")(cluster.folder)
    alone = cluster.parent / "alone"
    shutil.copytree(cluster.folder, alone)
    dvc(alone, "repro")
    assert sorted(ran(cluster.folder)) == EVERYTHING
    for name in ("one", "two"):
        cluster.worker(cluster.clone(name))
    said = cluster.run()
    assert sorted(ran(cluster.folder)) == EVERYTHING, said
    for name in ("dvc.lock", "a.txt", "scores/a.json", "after.txt", "REPORT.md"):
        assert (cluster.folder / name).read_bytes() == (alone / name).read_bytes()
    assert "up to date" in dvc(cluster.folder, "status")
    third = cluster.clone("third")
    write("params.yaml", "seconds: 0.2\n")(third)
    dvc(third, "repro", "--pull")
    assert ran(cluster.folder) == ["report"], "DVC remembers no run of a plain output that Git keeps"
    assert (third / "dvc.lock").read_bytes() == (alone / "dvc.lock").read_bytes()
    assert "6 unchanged" in cluster.run()
    for clone in (cluster.folder, alone):
        write("params.yaml", "seconds: 0.3\n")(clone)
    dvc(alone, "repro")
    ran(cluster.folder)
    cluster.run()
    assert sorted(ran(cluster.folder)) == EVERYTHING, "other settings after a run whose results are in dvc.lock"
    assert (cluster.folder / "dvc.lock").read_bytes() == (alone / "dvc.lock").read_bytes()
    fourth = cluster.clone("fourth")
    write("params.yaml", "seconds: 0.2\n")(fourth)
    complete(fourth, *cluster.options)
    assert ran(cluster.folder) == ["report"]
    assert (fourth / "dvc.lock").read_bytes() == (third / "dvc.lock").read_bytes()


def test_a_worker_is_killed_in_mid_stage(cluster):
    """Its stage moves on to another and ends once; what it was running dies with it."""
    write("params.yaml", "seconds: 2\n")(cluster.folder)
    worker = cluster.worker(cluster.clone("one"))
    client = cluster.start()
    stage = at_work(cluster)
    worker.kill()
    until(lambda: not alive(stage), 10)
    cluster.worker(cluster.clone("two"))
    finish(client)
    names = ran(cluster.folder)
    assert sorted(set(names)) == EVERYTHING
    assert len(names) == len(EVERYTHING) + 1, "only the stage that was killed began twice"
    assert "up to date" in dvc(cluster.folder, "status")


def test_a_worker_that_cannot_reach_the_remote(cluster):
    clone = cluster.clone("one")
    dvc(clone, "remote", "modify", "--local", "storage", "url", "/dev/null/storage")
    cluster.worker(clone)
    client = cluster.start()
    line = client.stdout.readline()
    assert "is refused: the DVC remote 'storage' cannot be reached" in line, line
    cluster.worker(cluster.clone("two"))
    finish(client)
    assert sorted(ran(cluster.folder)) == EVERYTHING


def test_a_worker_at_another_commit_or_with_other_packages(cluster):
    """Each is refused with a message and gets nothing; a right one does all."""
    old, other = cluster.clone("old"), cluster.clone("other")
    git(old, "commit", "-q", "--allow-empty", "-m", "something else")
    packages = cluster.parent / "packages/scipy-0.0.1.dist-info"
    packages.mkdir(parents=True)
    (packages / "METADATA").write_text("Metadata-Version: 2.1\nName: scipy\nVersion: 0.0.1\n")
    cluster.worker(old)
    cluster.worker(other, PYTHONPATH=f"{packages.parent}:{ROOT}")
    client = cluster.start()
    lines = "".join(client.stdout.readline() for _ in range(2))
    assert "is refused: commit " in lines, lines
    assert "is refused: scipy 0.0.1, not " in lines, lines
    cluster.worker(cluster.clone("two"))
    finish(client)
    assert sorted(ran(cluster.folder)) == EVERYTHING
    assert not (old / "raw").exists() and not (other / "raw").exists()


@pytest.mark.parametrize("how", ["terminate", "kill"])
def test_a_client_that_is_restarted(cluster, how):
    """Only what is missing runs, once."""
    cluster.worker(cluster.clone("one"))
    write("params.yaml", "seconds: 5\n")(cluster.folder)
    client = cluster.start()
    stage = at_work(cluster)
    getattr(client, how)()
    client.communicate(timeout=60)
    until(lambda: not alive(stage))
    assert ran(cluster.folder) in (["raw", "slow@a"], ["raw", "slow@b"])
    cluster.run()
    assert sorted(ran(cluster.folder)) == [name for name in EVERYTHING if name != "raw"]


def test_a_scheduler_that_goes_away(cluster):
    """The client says so; what is finished counts, and a new scheduler resumes."""
    cluster.worker(cluster.clone("one"))
    write("params.yaml", "seconds: 5\n")(cluster.folder)
    client = cluster.start()
    stage = at_work(cluster)
    cluster.scheduler.kill()
    assert "error: the scheduler is gone" in finish(client, 1)
    until(lambda: not alive(stage))
    assert ran(cluster.folder) in (["raw", "slow@a"], ["raw", "slow@b"])
    assert "raw" in (cluster.folder / "dvc.lock").read_text()
    cluster.start_scheduler()
    cluster.worker(cluster.parent / "one")
    cluster.run()
    assert sorted(ran(cluster.folder)) == [name for name in EVERYTHING if name != "raw"]


def test_code_that_is_not_committed_is_refused(cluster):
    write("raw.txt", "edited\n")(cluster.folder)
    dvc(cluster.folder, "add", "raw.txt")
    assert "commit first: raw.txt.dvc" in finish(cluster.start(), 2)


def test_no_scheduler_there(cluster):
    cluster.scheduler.kill()
    cluster.scheduler.wait()
    assert f"no scheduler at {cluster.address}" in finish(cluster.start(), 2)


def test_a_sweep_arrives_as_experiments(cluster):
    """All points of a grid, wherever they ran; a point that is there is not run again."""
    for name in ("one", "two"):
        cluster.worker(cluster.clone(name))
    write("params.yaml", "seconds: 0.1\nother: 1\n")(cluster.folder)
    said = complete(cluster.folder, *cluster.options, "--sweep", "seconds=0.2,0.3", "--sweep", "other=1,2")
    assert "4 experiments, 0 of them there already" in said and said.count("ran in") == 4
    shown = dvc(cluster.folder, "exp", "show", "--csv")
    rows = [line.split(",") for line in shown.splitlines() if line.startswith("sweep-")]
    columns = shown.splitlines()[0].split(",")
    settings = [columns.index(name) for name in ("seconds", "other")]
    assert sorted([row[column] for column in settings] for row in rows) == [
        [seconds, other] for seconds in ("0.2", "0.3") for other in "12"
    ]
    ran(cluster.folder)
    assert "4 experiments, 4 of them there already" in complete(
        cluster.folder, *cluster.options, "--sweep", "seconds=0.2,0.3", "--sweep", "other=1,2"
    )
    assert not ran(cluster.folder)
    git(cluster.folder, "add", "-A")
    git(cluster.folder, "stash", "-q")
    dvc(cluster.folder, "exp", "apply", rows[0][0])
    dvc(cluster.folder, "pull")
    assert (cluster.folder / "a.txt").read_text() == f"{rows[0][settings[0]]}\n", "outputs are in the remote"


def test_only_those_with_a_certificate(tmp_path):
    """The addresses begin with tls://, the rest is Dask's configuration; without it nobody gets in."""
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=cluster"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    names = {"CA_FILE": certificate} | {
        f"{role}__{kind}": path
        for role in ("SCHEDULER", "WORKER", "CLIENT")
        for kind, path in (("CERT", certificate), ("KEY", key))
    }
    secured = {f"DASK_DISTRIBUTED__COMM__TLS__{name}": path for name, path in names.items()}
    secured["DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION"] = "true"
    cluster = Cluster(tmp_path, "tls", **secured)
    try:
        cluster.worker(cluster.clone("one"), **secured)
        for address, reason in ((cluster.address, "needs certificates"), (cluster.address[6:], "no scheduler at")):
            stranger = start(cluster.folder, "--scheduler", address, "--remote", "storage")
            assert reason in finish(stranger, 2)
        complete(cluster.folder, *cluster.options, **secured)
        assert sorted(ran(cluster.folder)) == EVERYTHING
    finally:
        cluster.close()
