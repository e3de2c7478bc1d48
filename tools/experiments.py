"""Tables of the DVC experiments since a commit, one for each cell that they changed.

python -m tools experiments [--base HEAD]

`dvc exp show` has a column for every figure of every cell; this shows only the settings that differ, and the scores of
the cells that differ.

--base: the commit from which the experiments were started
"""

import io
import subprocess
import sys

import pandas as pd

from stages.common.stage import UserError
from tools.command import FailedError


def read(base: str) -> pd.DataFrame:
    """A row for the commit and each experiment since, named; columns as `dvc exp show` has them, those that differ."""
    command = [sys.executable, "-m", "dvc", "exp", "show", "--csv", "--only-changed", "--rev", base]
    done = subprocess.run(command, text=True, capture_output=True)
    if done.returncode:
        raise FailedError(f"`dvc exp show --rev {base}` failed: {done.stderr.strip()}")
    table = pd.read_csv(io.StringIO(done.stdout), dtype={"rev": str})
    table = table[table["rev"] != "workspace"]
    if len(table) < 2:
        raise UserError(f"no experiments since {base}; `dvc exp run -S name=value` makes one")
    table.index = table["Experiment"].fillna(table["rev"]).rename("experiment")
    return table


def tables(experiments: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Cell -> the settings that differ and the cell's scores, of the first row and of all that differ from it."""
    scores = {name: name.partition(":") for name in experiments if name.startswith("metrics/") and ":" in name}
    settings = [name for name in experiments if "." in name and "/" not in name and name not in scores]
    settings = [name for name in settings if not name.endswith(".yaml")]
    found = {}
    for cell in dict.fromkeys(path for path, _, _ in scores.values()):
        measures = {name: measure for name, (path, _, measure) in scores.items() if path == cell}
        values = experiments[list(measures)].rename(columns=measures)
        differs = (values != values.iloc[0]).any(axis=1) & values.notna().any(axis=1)
        differs.iloc[0] = True
        rows = experiments[settings].join(values)[differs]
        name = cell.removeprefix("metrics/").removesuffix(".json").replace("/scores/", "/")
        found[name] = rows.loc[:, rows.nunique(dropna=False) > 1]
    return {cell: rows for cell, rows in found.items() if len(rows) > 1}


def main(*, base: str = "HEAD") -> None:
    for cell, rows in tables(read(base)).items():
        print(f"{cell}\n{rows.reset_index().to_string(index=False)}\n")
