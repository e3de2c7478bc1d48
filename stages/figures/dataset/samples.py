"""New images of every architecture: from the mixture fitted to its latents, and from its prior where it has one."""

from stages.style import image_rows, spoken

USE = "generation"  # where the report shows it


def draw(results):
    rows = {}
    for row in results.summary["generation"]:
        name = row["architecture"]
        if row["kind"] == "architecture":
            label = spoken(name).replace(" ", "\n")
            rows[f"{label}\nmixture, {row['mean']:.2g}"] = results.strips[name][4]
            if results.metrics[name]["facts"]["generative"][0]:
                prior = results.metrics[name]["scores"]["generation"]["frechet_prior"]
                rows[f"{label}\nprior, {sum(prior) / len(prior):.2g}"] = results.strips[name][5]
    return image_rows(rows, f"{spoken(results.dataset)}: samples, with their Fréchet distance, best first")
