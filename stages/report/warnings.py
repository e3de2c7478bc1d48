"""Warnings: what the main measures would not tell, each from a rule on the figures; the report prints the rules."""

from statistics import mode

import numpy as np

from stages.compare.style import spoken
from stages.report.results import class_name

COLLAPSED = 0.5  # share of the latent dimensions, or of the codes, below which not using them is worth a word
PRIOR = 2  # Frechet distance from the prior over that from the mixture
COPIES = 0.5  # distance of samples to the nearest training image over that of real images not trained on
OVERFITTING = 0.10  # validation loss this much above training loss, relative to the range that training covered
UNSTABLE = 0.05  # standard deviation of the MSE over seeds, relative to the mean
EARLY = 0.05  # validation reconstruction error of the kept epoch above that of a later one, relative to the later one's
RULES = {
    "collapsed": COLLAPSED,
    "prior": PRIOR,
    "copies": COPIES,
    "overfitting": OVERFITTING,
    "unstable": UNSTABLE,
    "early": EARLY,
}  # by the names that the report has for them
TRAINING = "training"  # where a warning stands that is of no task


def warnings(result: dict) -> dict[str, dict[str, list[str]]]:
    """Task, or TRAINING -> what is wrong -> with whom: what the main measures alone would not tell."""
    found = {}

    def warn(task, what, name, detail):
        found.setdefault(task, {}).setdefault(what, []).append(f"{spoken(name)} ({detail})")

    detectors = sum("anomaly" in content["scores"] for content in result["metrics"].values())
    for kind, values in inverted(result["metrics"]).items():
        told = {name: f"{value:.2f}" for name, value in values.items()}
        if len(values) == detectors > 2:
            told = {"all": f"{min(values.values()):.2f} to {max(values.values()):.2f}"}
        for name, value in told.items():
            warn("anomaly", f"the score is inverted, AUROC below .5, on {kind}", name, value)
    usual = mode(content["cost"]["latent_size"] for content in result["metrics"].values())
    for name, content in result["metrics"].items():
        scores, size = content["scores"], content["cost"]["latent_size"]
        if "features" in scores and size > usual:
            warn("features", f"more numbers for the probe than the {usual} of most", name, f"{size}")
        if "anomaly" in scores:
            for kind, value, share in easy_classes(content):
                what = f"class {kind}, never seen, is easier to give back than what was seen, and passes as normal"
                warn("anomaly", what, name, f"AUROC {value:.2f}, {share:.2f} times the error")
        use = {measure: float(np.mean(values)) for measure, values in scores["latent_use"].items()}
        if use["active_units"] < COLLAPSED * size:
            active = f"{use['active_units']:.0f} of {size} dimensions active"
            warn(TRAINING, "much of the latent is not used", name, active)
        if use["dead_units"] >= 1:
            warn(TRAINING, "latent dimensions that never vary", name, f"{use['dead_units']:.0f} of {size}")
        if "perplexity" in use and use["perplexity"] < COLLAPSED * use["codebook_size"]:
            used = f"perplexity {use['perplexity']:.0f} of {use['codebook_size']:.0f}"
            warn(TRAINING, "much of the codebook is not used", name, used)
        if (gap := overfitting(content)) > OVERFITTING:
            warn(TRAINING, "overfits: validation loss far above training loss", name, f"{100 * gap:.0f} %")
        if (spread := deviation(scores.get("reconstruction", {}).get("mse", []))) > UNSTABLE:
            warn("reconstruction", "depends on the seed", name, f"standard deviation {100 * spread:.0f} %")
        early = [above for above in errors_above_later(content) if above > EARLY]
        if early and "reconstruction" in scores:
            what = "kept an early epoch, by a loss with other terms: a later one reconstructs better"
            seeds = f"{len(early)} of {len(content['curves'])} seeds"
            warn("reconstruction", what, name, f"{seeds}, error up to {100 * max(early):.0f} % above the later one's")
        generation = scores.get("generation", {})
        if "frechet_prior" in generation:
            prior, mixture = np.mean(generation["frechet_prior"]), np.mean(generation["frechet_mixture"])
            if prior > PRIOR * mixture:
                what = "to be sampled from the mixture, not from the prior, whose Fréchet distance is so much larger"
                warn("generation", what, name, f"{prior / mixture:.0f} times")
        if generation:
            real = np.mean(result["references"]["generation"]["training_images"]["nearest_of_test_images"])
            nearness = np.mean(generation["nearest"]) / real
            if nearness < COPIES:
                what = "copies? Samples lie nearer to training images than new real images do"
                warn("generation", what, name, f"{nearness:.2f} times their distance")
    return found


def inverted(metrics: dict[str, dict]) -> dict[str, dict[str, float]]:
    """Kind of anomaly -> architecture -> AUROC, where the headline's detector has one below .5."""
    found = {}
    for name, content in metrics.items():
        if anomaly := content["scores"].get("anomaly"):
            aurocs = np.mean(anomaly["auroc_by_anomaly"], axis=0)[0]
            for kind, value in zip(anomaly["anomalies"][0], aurocs, strict=True):
                if value < 0.5:
                    found.setdefault(kind, {})[name] = float(value)
    return found


def easy_classes(metrics: dict) -> list[tuple[str, float, float]]:
    """Classes never seen with an AUROC below .5 whose images, once seen, have less error than those of other classes.

    Their names, that AUROC, and the share: their MSE by the model that has seen all classes, over that of the others.
    """
    anomaly = metrics["scores"]["anomaly"]
    by_class = metrics["scores"].get("reconstruction", {}).get("mse_by_class")
    unseen = anomaly["unseen_classes"][0] if by_class and "unseen_classes" in anomaly else []
    if not unseen:
        return []
    errors = np.mean(by_class, axis=0)
    shares = errors[unseen] / np.delete(errors, unseen).mean()
    aurocs = np.mean(anomaly["auroc_by_unseen_class"], axis=0)
    found = zip(unseen, aurocs, shares, strict=True)
    return [(class_name(metrics, place), value, share) for place, value, share in found if value < 0.5 and share < 1]


def overfitting(metrics: dict) -> float:
    """At the kept epoch, how far validation lies above training, relative to how far training has come down."""
    gaps = []
    for terms in metrics["curves"].values():
        kept = int(np.argmin(terms["val_loss"]))
        descent = terms["loss"][0] - min(terms["loss"])
        gaps.append((terms["val_loss"][kept] - terms["loss"][kept]) / descent if descent > 0 else 0.0)
    return float(np.mean(gaps))


def errors_above_later(metrics: dict) -> list[float]:
    """How far the validation reconstruction error of the kept epoch lies above the least of later ones, by seed.

    Relative to the later one, below 0 where none is better. Without seeds whose last epoch is kept, and without all
    where the loss does not report this error.
    """
    found = []
    for terms in metrics["curves"].values():
        errors = terms.get("val_reconstruction", [])
        kept = int(np.argmin(terms["val_loss"]))
        if later := errors[kept + 1 :]:
            found.append(errors[kept] / min(later) - 1)
    return found


def deviation(scores: list[float]) -> float:
    """Standard deviation over seeds relative to the mean; 0 for a single seed."""
    return float(np.std(scores, ddof=1) / np.mean(scores)) if len(scores) > 1 else 0.0
