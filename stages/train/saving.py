"""Model files: the bytes of a .keras file depend on nothing but the model, and name no module of this project."""

import json
import re
import tempfile
import zipfile
from pathlib import Path

import keras

PACKAGE = "autoencoders>"  # how registered names of this project begin


def save(model: keras.Model, path: str | Path) -> None:
    """Write a .keras file whose bytes depend on nothing but the model.

    Keras stores the time, addresses in memory, the optimizer's state and the module of each class; here a copy without
    an optimizer is written and its archive packed anew: sorted names, fixed dates, numbered shared objects, registered
    names alone. So moving code does not change a model, and `keras.models.load_model` finds the classes once the
    architecture's file has been imported.
    """
    copy = type(model).from_config(model.get_config())
    copy.set_weights(model.get_weights())
    with tempfile.TemporaryDirectory() as folder:
        as_saved = Path(folder) / "model.keras"
        copy.save(as_saved)
        with zipfile.ZipFile(as_saved) as archive:
            members = {name: archive.read(name) for name in sorted(archive.namelist())}
    members["metadata.json"] = json.dumps({**json.loads(members["metadata.json"]), "date_saved": ""}).encode()
    config = _without_modules(json.loads(_numbered(members["config.json"].decode())))
    members["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def _numbered(config: str) -> str:
    """Replace addresses in memory by their order of appearance."""
    numbers: dict[str, int] = {}
    return re.sub(
        r'("shared_object_id": )(\d+)',
        lambda found: found[1] + str(numbers.setdefault(found[2], len(numbers))),
        config,
    )


def _without_modules(config):
    """Leave of our own classes the registered name alone: where they stand in the code is no property of a model."""
    if isinstance(config, list):
        return [_without_modules(part) for part in config]
    if not isinstance(config, dict):
        return config
    config = {name: _without_modules(part) for name, part in config.items()}
    if str(config.get("registered_name")).startswith(PACKAGE):
        config["module"] = None
    return config
