"""Limits of a comparison on few images: what they cannot tell, whatever is trained on them."""

import math

# Over the number of images: the rate that may be there, at 95 %, where none was seen (Hanley and Lippman-Hand 1983).
RARE = 3


def unknowable(test: int, anomalies: int, folds: int = 1, normal: int | None = None) -> list[str]:
    """What so many test images and anomalies cannot tell; nothing where they are many.

    normal: test images that anomalies are compared with, where these are not all; folds: splits in which the test
    images were tested, each once. The interval is that of Hanley and McNeil 1982 for an AUROC of .8.
    """
    area, lines = 0.8, []
    normal = normal or test
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area) + (anomalies - 1) * (q1 - area**2) + (normal - 1) * (q2 - area**2)
    off = 1.96 * math.sqrt(variance / (anomalies * normal))
    if folds > 1:
        lines.append(
            f"there are {test} images: each is tested once, in {folds} splits, by networks that are trained on three "
            "fifths of the images; what more images would gain is not known, and nothing is tuned"
        )
    if off > 0.05:
        lines.append(f"an AUROC of .80 is known to about {off:.2f} up or down")
    if anomalies < 10:
        said = "1 anomaly is" if anomalies == 1 else f"{anomalies} anomalies are"
        lines.append(f"{said} no sample of what may go wrong: how others are noticed is not known")
    if test < 20:
        shown = "no difference between architectures but failures"
        lines.append(f"{test} test images show {shown}; a threshold is a guess")
    if test < 100:
        lines.append(f"false alarms in fewer than {RARE / test:.0%} of normal images look the same as none")
    if test < 500:
        lines.append(f"Fréchet and kernel distances of samples from {test:,} images are mostly chance")
    if test < 200:
        lines.append("small differences between architectures stay undecided, however many seeds there are")
    return lines
