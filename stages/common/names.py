"""Names of data sets, architectures and methods as people write them, in sentences and in cells of tables."""

import html
import re

SPOKEN = {
    "pca": "PCA",
    "mnist": "MNIST",
    "fashion_mnist": "Fashion-MNIST",
    "cifar10": "CIFAR-10",
    "wasserstein": "Wasserstein",
    "red_net": "RED-Net",
    "pca_coder": "PCA coder",
    "jpeg": "JPEG",
    "webp": "WebP",
    "avif": "AVIF",
    "nonlocal_means": "non-local means",
    "pixel_gaussian": "pixel Gaussian",
}
LIMITED = "†"  # marks whoever is budget-limited, wherever its rank shows


def spoken(name: str) -> str:
    """A name as people write it."""
    return SPOKEN.get(name, name.replace("_", " "))


def use_of(task: str, case: str) -> str:
    """A task and one of its cases, "" for the only one, as people write them."""
    return f"{spoken(task)}, {case}" if case else spoken(task)


def named(row: dict) -> str:
    """The name of a ranked row's method, marked where its rank is another with half of the epochs."""
    return spoken(row["architecture"]) + (LIMITED if row.get("budget_limited") else "")


def class_name(metrics: dict, index: int) -> str:
    """The name of a class, maybe of a folder, so that nothing in it is taken for Markdown or HTML.

    metrics: content of a metrics file; index: the class's label
    """
    return html.escape(" ".join(metrics["facts"]["classes"][index].split())).replace("|", "&#124;")


def in_cell(text: str) -> str:
    """Text as it may stand in a cell of a Markdown table: on one line, and no | in it ends the cell.

    A backslash before a | is doubled, so that it does not take away the one that is put there.
    """
    return re.sub(r"(\\*)\|", r"\1\1\\|", re.sub(r"\s*[\r\n]+\s*", " ", text))
