"""Names of stages in DVC, such as train@digits-pca."""


def parts(name: str) -> tuple[str, str, str]:
    """Kind, data set and architecture of a stage, "" for what it has not."""
    kind, _, place = name.partition("@")
    dataset, _, architecture = place.partition("-")
    return kind, dataset, architecture
