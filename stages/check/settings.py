"""Checks of all blocks: their shape, values that are allowed, and relations between blocks; no network is built.

Each raises UserError in one line that names key, value and what is allowed.
"""

from stages.check.blocks import check_bounds, check_item, check_names, check_new_name, mistake, parse
from stages.check.data_sets import check_data, check_data_set, folders
from stages.check.items import item
from stages.check.names import check_alike, check_architecture_names
from stages.common.settings import read_block
from stages.common.stage import UserError
from stages.draw.settings import Figures
from stages.evaluate.classifier import Classifier
from stages.judge.settings import Verdicts
from stages.prepare.settings import Split
from stages.prepare.split import LEAST
from stages.train.settings import Training, Tuning

MOST_IMAGES = 100_000  # that a task looks at or draws
BLOCKS = ("data", "split", "training", "tuning", "architecture", "tasks", "verdicts", "classifier", "figures")
KINDS: dict[str, type] = dict.fromkeys(("datasets", "architectures"), list)
KINDS |= dict.fromkeys((*BLOCKS, "ablated", "ablations", "published"), dict)
NAMES, SETTINGS = "should be a list of names, [] for none", "should be a block of settings, {} for none"

CELL = ("check", "dataset", "architecture")  # of an entry of `published`
LISTS = (("datasets",), ("architectures",), ("ablated", "datasets"), ("ablated", "architectures"))  # dvc.yaml's stages


def check_blocks(params: dict) -> None:
    """All blocks but those of architectures, ablations and published figures."""
    check_kinds(params)
    check_names(params["datasets"], "prepare/datasets", "datasets", params["data"], besides=folders(params))
    check_names(params["architectures"], "architectures", "architectures", params["architecture"])
    check_architecture_names(params["architectures"])
    check_names(list(params["tasks"]), "evaluate/tasks", "tasks")
    check_training(params)
    parse(Split, params["split"], "split")
    for dataset, block in params["data"].items():
        check_data_set(dataset, block)
    check_alike(params["data"])
    check_tuning(params)
    check_classifier(params["classifier"])
    for task, block in params["tasks"].items():
        check_task(task, block)
    check_verdicts(params)
    for kind, listed in parse(Figures, params["figures"], "figures"):
        check_names(listed, f"draw/figures/{kind}", f"figures.{kind}")
        for name in listed:
            item(f"draw/figures/{kind}", name)
    for dataset in params["datasets"]:
        check_data(params, dataset)


def check_kinds(params: dict) -> None:
    """Every block is there and is a list or a block."""
    for name, value in params.items():
        if name not in KINDS:
            raise mistake(name, value, f"no such block; there are {', '.join(KINDS)}")
    for name, kind in KINDS.items():
        if name not in params:
            raise UserError(f"params.yaml: {name} is missing")
        if not isinstance(params[name], kind):
            raise mistake(name, params[name], NAMES if kind is list else SETTINGS)


def check_lists(params: dict) -> None:
    """The lists, and the entries of `published`, that DVC makes stages of: where one is none, DVC stops before it runs
    any check."""
    for path in LISTS:
        values = params
        for name in path:
            values = values.get(name) if isinstance(values, dict) else None
        if not isinstance(values, list):
            raise mistake(".".join(path), values, NAMES)
    entries = params.get("published")
    if not isinstance(entries, dict):
        raise mistake("published", entries, "should be a block of checks, {} for none")
    for name, block in entries.items():
        check_new_name(name, "published")
        if not (isinstance(block, dict) and all(isinstance(block.get(key), str) for key in CELL)):
            raise mistake(f"published.{name}", block, f"should be a block with {', '.join(CELL)}, which are names")


def check_training(params: dict) -> None:
    """How all are trained, within bounds."""
    parse(Training, params["training"], "training")
    check_bounds(params["training"], "training")


def check_classifier(block) -> None:
    """The classifier, within bounds."""
    classifier = parse(Classifier, block, "classifier")
    check_bounds(block, "classifier")
    if classifier.units < 2:
        raise mistake("classifier.units", classifier.units, "should be 2 or more, since features need a covariance")
    if classifier.learning_rate > 1:
        raise mistake("classifier.learning_rate", classifier.learning_rate, "should be 1 or less")


def check_tuning(params: dict) -> None:
    """Trials that can begin with the settings of `training`, and a draw that no seed of a data set repeats."""
    tuning, training = parse(Tuning, params["tuning"], "tuning"), read_block(Training, params, "training")
    low, high = tuning.learning_rate
    inside = {name: getattr(training, name) in getattr(tuning, name) for name in ("activation", "output")}
    inside["learning_rate"] = low <= training.learning_rate <= high
    for name in inside:
        if tuning.trials and not inside[name]:
            begin = f"with tuning.trials above 0 it is where tuning begins, so it should be in tuning.{name}"
            raise mistake(f"training.{name}", getattr(training, name), f"{begin}, {getattr(tuning, name)!r}")
    check_bounds(params["tuning"]["learning_rate"], "tuning.learning_rate")
    for dataset, block in params["data"].items():
        if tuning.draw in block["seeds"]:
            raise mistake("tuning.draw", tuning.draw, f"is a seed of data.{dataset} as well")


def check_task(task: str, block) -> None:
    """Options of a task: what its `score` takes, enough images for a score, no value twice."""
    check_item(item("evaluate/tasks", task).score, block, f"tasks.{task}")
    images = block.get("images", LEAST)
    if not LEAST <= images <= MOST_IMAGES:
        raise mistake(f"tasks.{task}.images", images, f"should be from {LEAST} to {MOST_IMAGES:,}")
    for name, values in block.items():
        if isinstance(values, list) and len(set(map(str, values))) != len(values):
            raise mistake(f"tasks.{task}.{name}", values, "should be a list of different values")


def check_verdicts(params: dict) -> None:
    """A margin for every task."""
    verdicts = parse(Verdicts, params["verdicts"], "verdicts")
    margins = verdicts.margins
    for key, named in (("margins", margins), ("identity", verdicts.identity)):
        check_names(list(named), "evaluate/tasks", f"verdicts.{key}")
    for task in params["tasks"]:
        if task not in margins:
            raise UserError(f"params.yaml: verdicts.margins.{task} is missing: within it one is as good as the best")
