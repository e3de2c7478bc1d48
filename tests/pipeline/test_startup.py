"""What the entry points of stages import before they read a setting: no heavy library that they may not need."""

import json
import re
import subprocess
import sys

import pytest
from helpers import ROOT
from ruamel.yaml import YAML

HEAVY = {
    "tensorflow", "keras", "jax", "torch", "sklearn", "skimage", "scipy", "scipy.stats", "matplotlib", "pandas",
    "pydantic", "constriction", "pooch", "jinja2", "distributed", "dvc", "optuna",
}  # fmt: skip
# A stage may have these at once, since it uses them whatever it is asked to do; pydantic, where settings are typed,
# takes a tenth of a second. Networks come later still: TensorFlow reads the number of threads from the environment,
# which is set first.
ALLOWED = {
    "stages.check": {"pydantic"},
    "stages.prepare.fetch": {"pydantic"},
    "stages.prepare": {"pydantic"},
    "stages.train": {"pydantic"},
    "stages.train.recipe": {"pydantic"},
    "stages.train.tune": {"optuna", "pydantic"},
    "stages.evaluate.references": {"pydantic", "sklearn", "scipy", "scipy.stats", "pandas"},
    "stages.evaluate": {"pydantic", "sklearn", "scipy", "scipy.stats", "pandas", "constriction"},
    "stages.ablate": {"pydantic", "sklearn", "scipy", "scipy.stats", "pandas", "constriction"},
    "stages.judge": {"scipy"},
    "stages.judge.ablations": {"scipy"},
    "stages.judge.across_datasets": {"scipy"},
    "stages.draw": set(),
    "stages.draw.illustrate": set(),
    "stages.published": {"pydantic"},
    "stages.published.table": set(),
    "stages.tell": {"jinja2"},
    "stages.tell.describe": {"jinja2"},
    "stages.tell.describe_ablations": {"jinja2"},
    "stages.page.networks": {"pydantic", "sklearn", "scipy", "scipy.stats", "pandas", "constriction"},
    "stages.page": {"jinja2"},
}
QUICK = {  # start in less than two seconds, also on a slow machine; the others load what they score or tune with
    "stages.check",
    "stages.prepare.fetch",
    "stages.prepare",
    "stages.train",
    "stages.judge",
    "stages.judge.ablations",
    "stages.judge.across_datasets",
    "stages.draw",
    "stages.draw.illustrate",
    "stages.tell",
    "stages.tell.describe",
    "stages.tell.describe_ablations",
}
IMPORT = """
import importlib, json, sys, time
start = time.process_time()
importlib.import_module(sys.argv[1])
print(json.dumps([time.process_time() - start, sorted(sys.modules)]))
"""


def imported(entry):
    """Seconds of a processor that importing a stage takes, and the modules that are there afterwards."""
    module = entry if (ROOT / f"{entry.replace('.', '/')}.py").exists() else f"{entry}.__main__"
    done = subprocess.run([sys.executable, "-c", IMPORT, module], cwd=ROOT, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    seconds, modules = json.loads(done.stdout)
    return seconds, set(modules)


def test_the_table_has_every_stage():
    stages = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"].values()
    commands = [stage.get("do", stage)["cmd"] for stage in stages]
    assert {re.search(r"python -m (\S+)", command)[1] for command in commands} == set(ALLOWED)


@pytest.mark.parametrize("entry", ALLOWED)
def test_a_stage_imports_what_it_uses(entry):
    seconds, modules = imported(entry)
    found = modules & HEAVY
    assert found <= ALLOWED[entry], f"{entry} imports {found - ALLOWED[entry]} before it needs it"
    assert found == ALLOWED[entry], f"{entry} no longer imports {ALLOWED[entry] - found}: shorten the table"
    if entry in QUICK:
        assert min(seconds, *(imported(entry)[0] for _ in range(2))) < 2
