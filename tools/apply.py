"""Use of a trained model on images of any size: what it makes of them, anomaly scores, latents.

python -m tools.apply MODEL IN [OUT] [--scores scores.csv] [--latents latents.csv]

MODEL: data/models/<data set>/<architecture>, whose first seed is taken, or one .keras file in it
IN: an image, a folder with all below it, or an .npy file (n, height, width, channels)
OUT: reconstructions, by a denoiser of the clean image: a file, a folder or an .npy file
--scores: file, score, threshold, verdict; --latents: .csv, or .npy without names; a row for each image that can be read
"""

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from stages.common.stage import UserError
from stages.train import determinism
from tools.command import run
from tools.files import Writer, batches, check_places, is_array
from tools.model import load


def main(model: str, images: str, out: str | None = None, *, scores: str | None = None, latents: str | None = None):
    source, places = Path(images), [Path(place) for place in (out, scores, latents) if place]
    if not places:
        raise UserError("nothing to do: name a place for the images, or --scores FILE, or --latents FILE")
    if latents and Path(latents).suffix not in (".csv", ".npy"):
        raise UserError(f"{latents}: latents are written as .csv or .npy")
    for place in places:
        check_places(source, place)
    writer = Writer(Path(out), source.is_file() and not is_array(source)) if out else None
    determinism.start(1)  # as in evaluation
    own = load(model)
    if scores and own.threshold is None:
        print(f"{own.name} was not evaluated, so no threshold is known and verdicts are left empty")
    verdicts, codes, read, unread = [], [], 0, 0
    for batch in batches(source, own):
        verdicts += [(one.name, "", own.threshold, f"unreadable: {one.error}") for one in batch if one.error]
        readable = [one for one in batch if not one.error]
        read, unread = read + len(readable), unread + len(batch) - len(readable)
        if not readable:
            continue
        answer = own.look(np.stack([one.image for one in readable]))
        for i, one in enumerate(readable):
            verdict = "" if own.threshold is None else "anomaly" if answer.anomalous[i] else "normal"
            verdicts.append((one.name, answer.scores[i], own.threshold, verdict))
            codes.append((one.name, answer.latents[i]))
            if writer:
                writer.write(one.name, own.unfitted(answer.reconstructions[i], one.size))
    if writer:
        writer.close()
    if scores:
        _write_table(scores, ("file", "score", "threshold", "verdict"), verdicts)
    if latents and latents.endswith(".npy"):
        np.save(latents, np.stack([code for _, code in codes]))
    elif latents:
        names = (f"latent_{i}" for i in range(len(codes[0][1])))
        _write_table(latents, ("file", *names), ((name, *code) for name, code in codes))
    shape = "x".join(map(str, own.image_shape))
    print(f"{own.name}: {read:,} images, each brought to {shape} and back; {unread:,} could not be read")


def _write_table(path: str, heading: tuple[str, ...], rows: Iterable[tuple]) -> None:
    """Write a CSV file; bytes of a name that are no UTF-8 stay as they are."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with Path(path).open("w", newline="", encoding="utf-8", errors="surrogateescape") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heading)
        writer.writerows(rows)


if __name__ == "__main__":
    run(main)
