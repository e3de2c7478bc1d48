"""Live page of a data set: one HTML file that says what to take, and in which every network answers, offline.

python -m stages.page --dataset digits
"""

import json
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from stages.common.damage import whole
from stages.common.params import read_params
from stages.common.stage import UserError, fresh, run
from stages.compare.results import architectures_of, read_metrics, read_references
from stages.compare.style import COLOURS, MARKERS, colour, marker, spoken
from stages.compare.tables import rate_distortion
from stages.page.answers import purpose

HERE = Path(__file__).parent
SCRIPTS = ("engine.js", "page.js", "charts.js", "answer.js", "play.js", "latents.js")


def content(dataset: str, params: dict, networks: dict) -> dict:
    """All that the page knows. params: all settings; networks: see networks/__main__.py.

    Raises UserError where nothing has been compared.
    """
    architectures = architectures_of(params, dataset)
    metrics = read_metrics(dataset, architectures)
    tasks, references = read_references(dataset)
    summary = {path.stem: json.loads(path.read_text()) for path in Path("metrics/summary", dataset).glob("*.json")}
    purposes = [purpose(task, summary[name], metrics) for name, task in tasks.items() if name in summary]
    if not purposes:
        raise UserError(f"metrics/summary/{dataset} is empty: `dvc repro compare@{dataset}` fills it")
    named = {row["name"] for own in purposes for row in own["rows"]} | set(architectures)
    curves = {}
    _, *points = rate_distortion(metrics, references["scores"])
    for name, _, _, rate, psnr, _ in points:
        curves.setdefault(name, []).append([rate, psnr])
    return {
        "dataset": spoken(dataset),
        "spoken": {name: spoken(name) for name in sorted(named | set(curves))},
        "looks": {name: [colour(name, architectures), marker(name, architectures)] for name in architectures},
        "palette": [[one, shape] for shape in MARKERS for one in COLOURS],
        "purposes": purposes,
        "draws": params["verdicts"]["draws"],
        "level": params["verdicts"]["level"],
        "curves": curves,
        **networks,
    }


def rendered(known: dict) -> str:
    """The page: template, style, scripts and all that it knows in one text."""
    environment = Environment(loader=FileSystemLoader(HERE), undefined=StrictUndefined, autoescape=True)
    return environment.get_template("page.html.j2").render(
        dataset=known["dataset"],
        count=len(known["looks"]),
        bits=known["bits"],
        draws=f"{known['draws']:,}",
        usual=known["quantile"] and f"{100 * known['quantile']:g} %",
        style=(HERE / "page.css").read_text(),
        scripts={name: (HERE / name).read_text() for name in SCRIPTS},
        worker=(HERE / "worker.js").read_text(),
        known=json.dumps(known, separators=(",", ":")).replace("<", "\\u003c"),  # no name in it can end the script
    )


def main(dataset: str) -> None:
    path = Path("data/networks", f"{dataset}.json")
    with whole(path, f"dvc repro export@{dataset}"):
        networks = json.loads(path.read_text())
    page = fresh(Path("data/page", dataset)) / "index.html"
    page.write_text(rendered(content(dataset, read_params(), networks)))
    print(f"open {page.resolve()} in a browser; it needs no network ({page.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    run(main)
