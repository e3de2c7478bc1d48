"""New images of every architecture: from the mixture fitted to its latents, and from its prior where it has one."""

from stages.compare.style import image_rows, spoken

TASK = "generation"  # the report shows it there


def draw(results):
    rows = {}
    for row in results.summary["generation"]:
        name = row["architecture"]
        if row["kind"] == "architecture":
            label = spoken(name).replace(" ", "\n")
            rows[f"{label}\nmixture, {row['mean']:.2g}"] = results.shown[name]["mixture"]
            if "prior" in results.shown[name]:
                prior = results.metrics[name]["scores"]["generation"]["frechet_prior"]
                rows[f"{label}\nprior, {sum(prior) / len(prior):.2g}"] = results.shown[name]["prior"]
    return image_rows(rows, f"{spoken(results.dataset)}: samples, with their Fréchet distance, best first")
