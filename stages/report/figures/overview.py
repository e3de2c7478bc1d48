"""Overview: what to take for what, on every data set, how sure that is and how much it gains."""

from textwrap import fill

from stages.compare.style import new_figure, spoken
from stages.compare.verdicts import ONE_SEED
from stages.report.decisions import LIMITED, gain, named, why_no_network

WIDEST = 22  # letters of a name in a cell
# Light to dark in grey as well: a print tells them apart.
LOOKS = {
    "a network": {"facecolor": "#0072B2"},
    "a simple one (PCA, or as small)": {"facecolor": "#9AD0F2"},
    "no network": {"facecolor": "white"},
    "not decided": {"facecolor": "white", "hatch": "...."},
    "no method is good enough": {"facecolor": "white", "hatch": "///"},
}


def look_of(decision) -> str:
    """Which of the looks a decision has."""
    if decision.kind in ("open", ONE_SEED):
        return "not decided"
    if decision.insufficient:
        return "no method is good enough"
    if decision.kind == "none":
        return "no network"
    return "a simple one (PCA, or as small)" if decision.simple else "a network"


def second_line(decision, task) -> str:
    """How sure a decision is, and its gain over the best method without a network."""
    row, other = decision.rows[0], decision.reference
    if decision.kind == "none":
        front = decision.front
        value = front.get("gain_reference", front.get("gain_floor"))
        return why_no_network(decision) + ("" if value is None else f"\n({named(front)} {gain(value, task)})")
    sure = {"open": f"open, P(best) {row['p_best'] or 0:.2f}", ONE_SEED: ONE_SEED}.get(decision.kind, row["verdict"])
    sure += "" if decision.kind != "take" or row["usable"] else ", not usable"
    value = row.get("gain_reference", row.get("gain_floor"))
    if value is None or other is None or other["architecture"] == row["architecture"]:
        return sure
    return f"{sure}\n{gain(value, task)} on {spoken(other['architecture'])}"


def draw(decisions, tasks):
    """decisions: data set -> task -> what decisions.decide gives; tasks: name -> task, in order."""
    figure = new_figure(max(1.4 + 2.2 * len(decisions), 5.6), 1.5 + 0.78 * len(tasks))
    axes = figure.subplots()
    used = set()
    for x, by_task in enumerate(decisions.values()):
        for y, (name, task) in enumerate(tasks.items()):
            decision = by_task.get(name)
            if decision is None:
                axes.text(x + 0.5, y + 0.5, "not measured", ha="center", va="center", fontsize=8, color="#555555")
                continue
            look = look_of(decision)
            label = None if look in used else look
            axes.barh(y + 0.5, 0.96, 0.92, x + 0.02, edgecolor="#555555", label=label, **LOOKS[look])
            used.add(look)
            ink = {"color": "white" if look == "a network" else "black", "ha": "center", "va": "center"}
            box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5} if "hatch" in LOOKS[look] else None
            words = fill(named(decision.rows[0]), WIDEST)
            axes.text(x + 0.5, y + 0.33, words, fontsize=9.5, weight="bold", bbox=box, **ink)
            axes.text(x + 0.5, y + 0.73, second_line(decision, task), fontsize=8, bbox=box, **ink)
    axes.set_xlim(0, len(decisions))
    axes.set_ylim(len(tasks), 0)
    axes.set_xticks([x + 0.5 for x in range(len(decisions))], [spoken(name) for name in decisions], fontsize=11)
    axes.set_yticks([y + 0.5 for y in range(len(tasks))], list(tasks), fontsize=11)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    figure.legend(loc="outside lower center", ncols=min(len(used), 2 + len(decisions)), fontsize=8, frameon=False)
    limited = any(d.rows[0].get("budget_limited") for by_task in decisions.values() for d in by_task.values())
    note = f"; {LIMITED}: budget-limited" if limited else ""
    figure.suptitle(
        f"What to take, and its gain on the best method without a network\n(+ is better{note})", fontsize=10
    )
    return figure
