"""Model files: the bytes of a .keras file depend on nothing but the model, and name no module of this project."""

import json
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
    members["config.json"] = json.dumps(_canonical(members["config.json"].decode())).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def _canonical(config: str):
    """The JSON text as objects: addresses in memory become numbers, in the order of appearance, and classes of this
    project keep their registered name alone, since where they stand in the code is no property of a model."""
    numbers: dict[int, int] = {}

    def canonical(part):
        if "shared_object_id" in part:
            part["shared_object_id"] = numbers.setdefault(part["shared_object_id"], len(numbers))
        if str(part.get("registered_name")).startswith(PACKAGE):
            part["module"] = None
        return part

    return json.loads(config, object_hook=canonical)
