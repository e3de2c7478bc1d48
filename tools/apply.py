"""A trained model applied to images of any size: reconstructions, anomaly scores and maps, latents.

python -m tools apply MODEL IMAGES [OUT] [--scores scores.csv] [--latents latents.csv] [--maps FOLDER]
                      [--false-alarms 0.01] [--threshold 9.5] [--map-threshold 12]

MODEL: data/<data set>/models/<architecture>, whose first seed is taken, one .keras file in it, or a classical method,
    data/<data set>/nearest_neighbours, or nonlocal_means, linear_regression and other denoisers in its place
IMAGES: an image, a folder with all below it, or an .npy file (n, height, width, channels)
OUT: reconstructions, by a denoiser of the clean image: a file, a folder or an .npy file
--scores: a .csv with a row for each image: error, anomaly score, its threshold and verdict; the largest value of the
    anomaly map, its threshold and verdict
--latents: .csv, or .npy without names, with a row for each image that can be read
--maps: a folder for the anomaly map of each image, and the image with what is above the map's threshold marked
--false-alarms: thresholds above which this share of the validation images lies, in place of 5 %
--threshold: threshold of the anomaly score, in its own unit, as in the column `threshold` of --scores
--map-threshold: threshold of the anomaly map, in its own unit, as in the column `map_threshold` of --scores
"""

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from stages.common.stage import UserError
from stages.evaluate.measures.anomaly_map import map_score
from stages.prepare.folder import holds_many
from stages.train import determinism
from tools.answers import Answer, Model
from tools.image_files import Found, Writer, batches, check_places
from tools.maps import Maps
from tools.model import load

HEADING = ("file", "error", "score", "threshold", "verdict", "map_score", "map_threshold", "map_verdict")


def main(
    model: str,
    images: str,
    out: str | None = None,
    *,
    scores: str | None = None,
    latents: str | None = None,
    maps: str | None = None,
    false_alarms: float | None = None,
    threshold: float | None = None,
    map_threshold: float | None = None,
):
    source, places = Path(images), [Path(place) for place in (out, scores, latents, maps) if place]
    if not places:
        raise UserError("nothing to do: name a place for the images, or --scores FILE, --latents FILE, --maps FOLDER")
    if latents and Path(latents).suffix not in (".csv", ".npy"):
        raise UserError(f"{latents}: latents are written as .csv or .npy")
    for place in places:
        check_places(source, place)
    writer = Writer(Path(out), source.is_file() and not holds_many(source)) if out else None
    results = Results(writer, Maps(Path(maps)) if maps else None, scores, latents)
    determinism.start(1)  # as in evaluation
    own = _sensitive(load(model), false_alarms, threshold, map_threshold)
    if scores or latents:
        own.check_latent()
    if latents:
        own.check_whole()
    if maps:
        own.check_map()
    if scores and own.threshold is None:
        print(f"{own.name} was not evaluated, so scores and verdicts are left empty")
    for batch in batches(source, own, pixels=maps is not None):
        results.take(batch, own)
    results.close(own)


def _sensitive(model: Model, false_alarms: float | None, threshold: float | None, map_threshold: float | None) -> Model:
    """The model with the thresholds that were asked for, those of its evaluation where none was."""
    model = model if false_alarms is None else model.with_false_alarms(false_alarms)
    given = {"threshold": threshold, "map_threshold": map_threshold}
    given = {name: value for name, value in given.items() if value is not None}
    if "map_threshold" in given or (given and model.score is None):
        model.check_map()
    for name, value in given.items():
        if false_alarms is not None or not np.isfinite(value) or (name == "map_threshold" and value <= 0):
            raise UserError(f"--{name.replace('_', '-')} is a number, of maps above 0, and goes without --false-alarms")
    return model.with_thresholds(threshold, map_threshold)


def _row(one: Found, model: Model, answer: Answer | None = None, index: int = 0) -> tuple:
    """A row of the table, of an image that cannot be read without an answer; index: of the image in it."""
    if answer is None:
        unreadable = f"unreadable: {one.error}"
        return one.name, "", "", model.threshold, unreadable, "", model.map_threshold, unreadable
    unknown = "", None, ""
    score = _judged(answer.scores[index], model.threshold) if model.score else unknown
    mapped = _judged(map_score(answer.maps[index : index + 1])[0], model.map_threshold) if model.map else unknown
    return one.name, answer.errors[index], *score, *mapped


def _judged(value: float, threshold: float) -> tuple[float, float, str]:
    return value, threshold, "anomaly" if value > threshold else "normal"


def _write_table(path: str, heading: tuple[str, ...], rows: Iterable[tuple]) -> None:
    """Write a CSV file; bytes of a name that are no UTF-8 stay as they are."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with Path(path).open("w", newline="", encoding="utf-8", errors="surrogateescape") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heading)
        writer.writerows(rows)


class Results:
    """All that is written of images; what was not asked for is None."""

    def __init__(self, writer: Writer | None, pictures: Maps | None, scores: str | None, latents: str | None):
        """scores, latents: where these tables go."""
        self.writer, self.pictures, self.scores, self.latents = writer, pictures, scores, latents
        self.verdicts, self.codes, self.read, self.unread = list[tuple](), list[tuple[str, np.ndarray]](), 0, 0

    def take(self, batch: list[Found], model: Model) -> None:
        """Write or keep what a model says of images, and that some cannot be read."""
        self.verdicts += [_row(one, model) for one in batch if one.error]
        readable = [one for one in batch if not one.error]
        self.read, self.unread = self.read + len(readable), self.unread + len(batch) - len(readable)
        if not readable:
            return
        answer = model.look(np.stack([one.image for one in readable]))
        for i, one in enumerate(readable):
            self.verdicts.append(_row(one, model, answer, i))
            if self.latents:
                self.codes.append((one.name, answer.latents[i]))
            if self.writer:
                self.writer.write(one.name, model.unfitted(answer.reconstructions[i], one.size))
            if self.pictures:
                self.pictures.write(one.name, one.pixels, answer.maps[i], model)

    def close(self, model: Model) -> None:
        """Write what was kept, and say what was done."""
        if self.writer:
            self.writer.close()
        if self.scores:
            _write_table(self.scores, HEADING, self.verdicts)
        if self.latents and self.latents.endswith(".npy"):
            Path(self.latents).parent.mkdir(parents=True, exist_ok=True)
            np.save(self.latents, np.stack([code for _, code in self.codes]))
        elif self.latents:
            names = (f"latent_{i}" for i in range(len(self.codes[0][1])))
            _write_table(self.latents, ("file", *names), ((name, *code) for name, code in self.codes))
        side, channels = model.whole or model.image_shape[0], model.image_shape[2]
        shape = f"{side}x{side}x{channels}{', in patches,' if model.whole else ''}"
        read = f"{self.read:,} images, each brought to {shape} and back"
        print(f"{model.name}: {read}; {self.unread:,} could not be read")
