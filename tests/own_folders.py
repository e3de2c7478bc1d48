"""Folders of the user's images that several test modules make and list."""

from PIL import Image

from stages.prepare import folder, listing
from tools.own.defaults import folder_of


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
    settings = folder_of(source, rows, anomalous, **asked)
    listing.write_listing(raw, settings, str(anomalies), rows, anomalous)
    return settings
