"""Warnings: what the main measures would not tell, each from a rule on the figures; the report prints the rules."""

import numpy as np

from stages.compare.style import spoken

COLLAPSED = 0.5  # share of the latent dimensions, or of the codes, below which not using them is worth a word
PRIOR = 2  # Frechet distance from the prior over that from the mixture
COPIES = 0.5  # distance of samples to the nearest training image over that of real images not trained on
RULES = {"collapsed": COLLAPSED, "prior": PRIOR, "copies": COPIES}  # by the names that the report has for them


def warnings(result: dict) -> dict[str, list[str]]:
    """What is wrong -> with whom: what the main measures alone would not tell."""
    found = {}

    def warn(what, name, detail):
        found.setdefault(what, []).append(f"{spoken(name)} ({detail})")

    for name, content in result["metrics"].items():
        scores, size = content["scores"], content["cost"]["latent_size"]
        if "anomaly" in scores:
            by_seed = zip(scores["anomaly"]["auroc_by_anomaly"], scores["anomaly"]["detector"], strict=True)
            chosen = np.mean([table[best[0]] for table, best in by_seed], axis=0)
            for kind, value in zip(scores["anomaly"]["anomalies"][0], chosen, strict=True):
                if value < 0.5:
                    warn("the anomaly score is inverted, AUROC below .5", name, f"{kind} {value:.2f}")
        use = {measure: float(np.mean(values)) for measure, values in scores["latent_use"].items()}
        if use["active_units"] < COLLAPSED * size:
            warn("much of the latent is not used", name, f"{use['active_units']:.0f} of {size} dimensions active")
        if use["dead_units"] >= 1:
            warn("latent dimensions that never vary", name, f"{use['dead_units']:.0f} of {size}")
        if "perplexity" in use and use["perplexity"] < COLLAPSED * use["codebook_size"]:
            used = f"perplexity {use['perplexity']:.0f} of {use['codebook_size']:.0f}"
            warn("much of the codebook is not used", name, used)
        generation = scores.get("generation", {})
        if "frechet_prior" in generation:
            prior, mixture = np.mean(generation["frechet_prior"]), np.mean(generation["frechet"])
            if prior > PRIOR * mixture:
                what = "to be sampled from the mixture, not from the prior, whose Fréchet distance is so much larger"
                warn(what, name, f"{prior / mixture:.0f} times")
        if generation:
            real = np.mean(result["references"]["generation"]["training_images"]["nearest_of_test_images"])
            nearness = np.mean(generation["nearest"]) / real
            if nearness < COPIES:
                what = "copies? Samples lie nearer to training images than new real images do"
                warn(what, name, f"{nearness:.2f} times their distance")
    return found
