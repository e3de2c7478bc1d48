"""Metrics files: scores gathered over seeds and written as JSON that Git can tell apart line by line."""

import json
import math
from pathlib import Path


def gathered(by_seed: list[dict]) -> dict[str, list]:
    """Scores of one task: a dict for each seed becomes a dict of lists, one value a seed, of what all seeds have."""
    return {name: [scores[name] for scores in by_seed] for name in by_seed[0] if all(name in own for own in by_seed)}


def finite(value) -> bool:
    """Whether all numbers are, at any depth; None, which stands in a file for one that is not, is none."""
    if isinstance(value, list):
        return all(map(finite, value))
    return value is not None and (not isinstance(value, float) or math.isfinite(value))


def rounded(value):
    """Floats to six significant digits, at any depth: differences beyond are noise and make files hard to read.

    What is not finite becomes None, in JSON null: no score. Readers get NaN by np.asarray(values, float).
    """
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    if isinstance(value, list):
        return [rounded(part) for part in value]
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    return value


def to_json(value, indent: str = "") -> str:
    """JSON with a line for each key, for each dict of a list, and for every other list."""
    deeper = indent + "  "
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(deeper + json.dumps(part, allow_nan=False) for part in value) + f"\n{indent}]"
    if not isinstance(value, dict) or not value:
        return json.dumps(value, allow_nan=False)
    lines = [f"{deeper}{json.dumps(str(name))}: {to_json(part, deeper)}" for name, part in value.items()]
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


def write(path: Path, content: dict) -> None:
    """Write the content, rounded, to a file whose folder is made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_json(rounded(content)) + "\n")
