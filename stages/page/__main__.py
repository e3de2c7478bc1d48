"""Live page of a data set: one HTML file that says what is recommended, and in which every network answers, offline.

python -m stages.page --dataset digits
"""

import json
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from stages.common.file_errors import whole
from stages.common.names import LIMITED, spoken, use_of
from stages.common.params import read_params
from stages.common.results import read_metrics, read_references, read_summary, read_verdicts
from stages.common.stage import UserError, fresh, run
from stages.common.task import Task
from stages.draw.chart_data import rate_distortion
from stages.draw.style import COLOURS, MARKERS, colour, marker

HERE = Path(__file__).parent
SCRIPTS = ("engine.js", "page.js", "charts.js", "answer.js", "play.js", "latents.js")
SHOWN = ("kind", "mean", "low", "high", "verdict", "p_best", "multiply_adds")
CANDIDATES = 3  # names where several may be the best


def content(dataset: str, params: dict, networks: dict) -> dict:
    """All that the page knows. params: all settings; networks: see networks/__main__.py. Raises UserError where nothing
    has been compared."""
    verdicts, summary = read_verdicts(dataset), read_summary(dataset)
    if not verdicts or not verdicts["tasks"]:
        raise UserError(f"metrics/{dataset} has no verdicts: `dvc repro judge@{dataset}` makes them")
    architectures = verdicts["architectures"]
    metrics = read_metrics(dataset, architectures, verdicts.get("failed"))
    tasks, references = read_references(dataset)
    purposes = [purpose(tasks[name], summary[name], decision) for name, decision in verdicts["tasks"].items()]
    named = {row["name"] for shown in purposes for case in shown["cases"] for row in case["rows"]} | set(architectures)
    curves: dict[str, list[list[float]]] = {}
    _, *points = rate_distortion(metrics, references["scores"])
    for name, _, _, rate, psnr, *_ in points:
        curves.setdefault(name, []).append([rate, psnr])
    return {
        "dataset": spoken(dataset),
        "spoken": {name: spoken(name) for name in sorted(named | set(curves))},
        "looks": {name: [colour(name, architectures), marker(name, architectures)] for name in architectures},
        "palette": [[tone, shape] for shape in MARKERS for tone in COLOURS],
        "purposes": purposes,
        "draws": params["verdicts"]["draws"],
        "level": params["verdicts"]["level"],
        "curves": curves,
        **networks,
    }


def purpose(task: Task, summary: dict[str, list[dict]], judged: dict) -> dict:
    """One task: what it is, a sentence on all of its cases, and these.

    summary: case -> rows, as in metrics/<dataset>/summary; judged: of common/results.py: read_verdicts
    """
    title, _, about = task.about.partition(": ")
    title = title if about else spoken(task.name)
    return {
        "name": task.name,
        "title": title,
        "about": about or task.about,
        "summary": judged["summary"],
        "measure": f"{task.label}{f', {task.unit}' if task.unit else ''}",
        "better": task.better,
        "cases": [
            {"case": case, "use": use_of(title, case)} | answered(summary[case], decision)
            for case, decision in judged["cases"].items()
        ],
    }


def answered(rows: list[dict], decision: dict) -> dict:
    """One case: its answer (lead and names of the recommended; how good, sure and costly it is, and what it beats, a
    text each or ""), and its rows, best first."""
    words = decision["words"]
    facts = {name: words[name].replace(LIMITED, "") for name in ("lead", "good", "sure", "cost", "beats")}
    facts["sure"] += f"; {words['budget']}" if words["budget"] else ""
    facts |= {name: facts[name][:1].upper() + facts[name][1:] for name in ("sure", "cost")}
    return {
        "answer": facts | {"names": decision["names"][: CANDIDATES if decision["kind"] == "open" else 1]},
        "rows": [row_of(row, decision["rows"].get(row["architecture"], {})) for row in rows],
    }


def row_of(row: dict, words: dict) -> dict:
    """What the table shows of a row of the summary; gain: over the best classical method, as a number and in
    words. A method that is no rival is not said to be usable: nobody takes it, it is there to measure by."""
    gain = next((row[kind] for kind in ("gain_reference", "gain_floor") if row.get(kind) is not None), None)
    shown = {name: row.get(name) for name in SHOWN} | {"usable": None if row["kind"] == "bound" else row["usable"]}
    return shown | {"name": row["architecture"], "gain": gain, "gain_words": words.get("gain", "")}


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
    path = Path("data", dataset, "networks.json")
    with whole(path, f"dvc repro export@{dataset}"):
        networks = json.loads(path.read_text())
    page = fresh(Path("data", dataset, "page")) / "index.html"
    page.write_text(rendered(content(dataset, read_params(), networks)))
    print(f"open {page.resolve()} in a browser; it works offline ({page.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    run(main)
