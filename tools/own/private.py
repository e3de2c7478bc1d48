"""Private data sets: links under data/, which Git ignores, in the place of paths, as params.yaml and dvc.lock have."""

from pathlib import Path

from stages.check.data_sets import DataSet

OPEN = (
    "note: Git tracks small pictures of the images, under plots/{name}/, and the path of their folder, in params.yaml "
    "and dvc.lock; with PRIVATE=1 it tracks neither"
)
PRIVATE = (
    "private: Git tracks charts and tables of {name}, no picture of an image and no path but that of this clone; "
    "PRIVATE=0 ends that"
)


def note(name: str, private: bool) -> str:
    """What Git gets to see of a data set, said before anything runs."""
    return (PRIVATE if private else OPEN).format(name=name)


def with_links(name: str, block: DataSet) -> tuple[DataSet, dict[Path, Path]]:
    """The block with links in the place of paths, and where each link leads; as it is where it is not private."""
    links = {}

    def link(path: str, kind: str) -> str:
        place = Path("data", name, kind + (Path(path).suffix if Path(path).is_file() else "")).absolute()
        links[place] = Path(path)
        return str(place)

    if not block.folder.private:
        return block, {}
    path, anomalies = link(block.folder.path, "folder"), block.anomalies
    if anomalies == block.folder.path:
        anomalies = path
    elif Path(anomalies).is_absolute():
        anomalies = link(anomalies, "anomalies")
    return _with_paths(block, path, anomalies), links


def without_links(block: DataSet) -> DataSet:
    """The block with the paths to which links lead; as it is where it is not private."""
    if not block.folder.private:
        return block
    anomalies = Path(block.anomalies)
    where = str(anomalies.resolve()) if anomalies.is_absolute() else block.anomalies
    return _with_paths(block, str(Path(block.folder.path).resolve()), where)


def put(links: dict[Path, Path]) -> None:
    """Make links that lead there, in the place of former ones."""
    for place, target in links.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.symlink_to(target)


def _with_paths(block: DataSet, path: str, anomalies: str) -> DataSet:
    folder = block.folder.model_copy(update={"path": path})
    return block.model_copy(update={"folder": folder, "anomalies": anomalies})
