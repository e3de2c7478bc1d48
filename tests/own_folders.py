"""Folders of the user's images that several test modules make and list."""

from helpers import ROOT
from PIL import Image

from stages.check.data_sets import DataSet
from stages.common.params import parsed
from stages.prepare import folder, listing
from stages.prepare.settings import Split
from tools.own import defaults


def put(place, images, kind="png", first=0):
    """Files of images, numbered."""
    place.mkdir(parents=True, exist_ok=True)
    for i, image in enumerate(images, first):
        Image.fromarray(image if image.shape[2] == 3 else image[..., 0]).save(place / f"{i:03}.{kind}")


def listed(raw, source, anomalies="photographs", **asked):
    """The settings of a folder that was looked at and listed; asked: fit, group, whole, classes_by, black, white."""
    asked = {"fit": "crop", "group": None, "architectures": ["pca"], "minutes": None} | asked
    rows, anomalous = listing.parted(list(folder.look(source, asked["group"])))
    if anomalies != source:
        built_in = anomalies == "photographs"
        anomalous = [] if built_in else list(folder.look(anomalies, asked["group"], anomalous=True))
    settings = defaults.folder_of(source, rows, anomalous, **asked)
    listing.write_listing(raw, settings, str(anomalies), rows, anomalous)
    return settings


def block_of(source, **changes):
    """A block as it is chosen for a folder."""
    rows = list(folder.look(source))
    images = defaults.folder_of(source, rows, [], fit="crop", group=None, architectures=["pca"], minutes=None)
    given = {"image_size": 16, "latent_size": 8} | changes
    choices = defaults.chosen(given, {}, images, rows, Split(**parsed((ROOT / "params.yaml").read_text(), "")["split"]))
    return DataSet(folder=images, anomalies="digits", **{name: choice.value for name, choice in choices.items()})


def with_folder(data, **changes):
    """That block with other settings of the folder."""
    return data.model_copy(update={"folder": data.folder.model_copy(update=changes)})
