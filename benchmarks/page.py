"""docs/speed.md, from benchmarks/results.json."""

HOW = """\
One thread each, medians of {repeats} measurements in turns with all ways of a network, after the first step. Images a
second are training images; each epoch's validation is in the time. The share is of {peak:.0f} GFLOP/s, which a product
of float32 matrices reached in the same run, counting six operations for each multiplication of the network that an
image passes. "Notebook" is Keras `fit` on float arrays with its defaults, "PyTorch" a loop by hand with all images in
memory, channels last, a fused Adam and gradients clipped as here, as it is or compiled; ratios are this project's to
theirs."""
NAMES = {"project": "this project", "notebook": "notebook", "pytorch": "PyTorch", "pytorch_compiled": "compiled"}
CELL = """\
One process that trains the seeds with the settings of params.yaml, not the tuned ones, from its start to the saved
models, against as many images in the steady state; at most {target} times is wanted. The shorter budgets and the models
of seen classes, which `stages.train` adds, are left out."""
TARGET = 1.15  # of what CELL says


def heading(title: str, machine: dict) -> list[str]:
    return ["", f"## {title}", "", f"On {', '.join(map(str, machine.values()))}."]


def table(names: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(line)} |" for line in (names, ["---", "---", *["--:"] * (len(names) - 2)], *rows)]


def by_network(rows: list[dict]) -> dict[tuple[str, str], dict[str, dict]]:
    """(data set, network) -> way -> row."""
    found = {}
    for row in rows:
        found.setdefault((row["data_set"], row["network"]), {})[row["way"]] = row
    return found


def speeds(rows: list[dict]) -> list[str]:
    lines = []
    for (data_set, network), ways in by_network(rows).items():
        own = ways["project"]
        others = [ratio(own, ways[way]) if way in ways else "" for way in list(NAMES)[1:]]
        lines.append([data_set, network, f"{own['images_per_second']:,.0f}", f"{own['share_of_peak']:.0%}", *others])
    return table(["data set", "network", "images/s", "of peak", *list(NAMES.values())[1:]], lines)


def ratio(own: dict, other: dict) -> str:
    return f"{own['images_per_second'] / other['images_per_second']:.2f} ({other['images_per_second']:,.0f})"


def costs(rows: list[dict]) -> list[str]:
    lines = [
        [
            data_set,
            network,
            *(
                f"{ways[way]['seconds_to_first_step']:.1f} s, {ways[way]['peak_memory_mb']:,.0f} MB"
                if way in ways
                else ""
                for way in NAMES
            ),
        ]
        for (data_set, network), ways in by_network(rows).items()
        if len(ways) > 1
    ]
    return table(["data set", "network", *NAMES.values()], lines)


def page(results: dict) -> str:
    """The page, of the parts that have been measured."""
    lines = ["# Speed", "", "Written by `python -m benchmarks` (`make benchmark`). Nothing ran on a [GPU](gpu.md)."]
    if training := results.get("training"):
        lines += heading("Training", results["machines"]["training"])
        lines += [HOW.format(repeats=training["repeats"], peak=training["peak_gflops"]), ""]
        lines += speeds(training["rows"])
        lines += ["", "From the start of the process to the end of the first step, and peak memory:", ""]
        lines += costs(training["rows"])
    if profile := results.get("profile"):
        lines += heading("Where the time goes", results["machines"]["profile"])
        lines += ["Shares of the time of all operations in this project's way, as TensorFlow's profiler tells:", ""]
        rows = [
            [row["data_set"], row["network"], *(f"{share:.0%}" for share in row["shares"].values())] for row in profile
        ]
        lines += table(["data set", "network", *profile[0]["shares"]], rows)
    if cells := results.get("cells"):
        lines += heading("A cell", results["machines"]["cells"])
        lines += [CELL.format(target=TARGET), ""]
        lines += table(
            ["data set", "network", "seconds", "steady", "ratio"],
            [
                [row["data_set"], row["network"], *(str(row[name]) for name in ("seconds", "steady_seconds", "ratio"))]
                for row in cells
            ],
        )
    if setup := results.get("setup"):
        lines += heading("Set-up", results["machines"]["setup"])
        lines += ["`make setup` in a fresh clone with nothing in a cache, downloads included (`--parts setup`):", ""]
        lines += table(
            ["with", "environment", "seconds"],
            [[row["tool"], f"{row['megabytes']:,} MB", f"{row['seconds']:.0f}"] for row in setup],
        )
    return "\n".join(lines) + "\n"
