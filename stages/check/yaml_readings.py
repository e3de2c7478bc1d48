"""Readings of params.yaml: what another reader of YAML takes for another value is refused, with the line.

DVC reads params.yaml with a parser of its own, and versions 1.1 and 1.2 of YAML differ in what is a number and what is
true: PyYAML, editors and `yq` read `010` as 8, and `no` as false.
"""

import re

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from stages.common.params import short
from stages.common.stage import UserError

TRAPS = (  # of plain scalars: pattern, what it also is, what to write
    (r"[-+]?0o?[0-7]*[0-9]", "an octal number or a text", "{value:d}"),
    (r"[-+]?[0-9_.]*_[0-9_.]*(e[-+]?[0-9_]+)?", "a text", "{value}"),
    (r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?", "a number in base 60", "it in quotes"),
    (r"y|n|yes|no|on|off", "true or false", "it in quotes"),
)


def check_readings(text: str, params: dict) -> None:
    """DVC and this project read the same, no plain value is one thing in YAML 1.1 and another in 1.2, and none has a
    tag, which readers of YAML know or not.

    text: of params.yaml, which is valid; params: as this project reads it
    """
    for event in YAML(typ="safe", pure=True).parse(text):
        if tag := getattr(event, "tag", None):
            said = f"params.yaml, line {event.start_mark.line + 1}: {short(tag.replace('tag:yaml.org,2002:', '!!'))}"
            raise UserError(f"{said} is a tag, which is not needed: write the value alone, a text in quotes")
    for node in scalars(YAML(typ="safe", pure=True).compose(text)):
        for pattern, other, instead in TRAPS:
            if node.style is None and re.fullmatch(pattern, node.value, re.IGNORECASE):
                value = YAML(typ="safe", pure=True).load(node.value)
                if isinstance(value, str) and "{" in instead:
                    break  # a text to both
                where = f"params.yaml, line {node.start_mark.line + 1}: {node.value}"
                said = f"is {short(value)} here, and to other readers of YAML {other}"
                raise UserError(f"{where} {said}: write {instead.format(value=value)}")
    try:
        same = repr(YAML(typ="safe").load(text)) == repr(params)  # of which nan is none to itself
    except (YAMLError, ValueError) as error:
        raise UserError(f"params.yaml: DVC cannot read it: {' '.join(str(error).split())[:300]}") from None
    if not same:
        raise UserError("params.yaml: DVC reads other values than this project: take out the %YAML line at its top")


def scalars(node: Node) -> list[ScalarNode]:
    """All names and values below a node of YAML, in order."""
    if isinstance(node, ScalarNode):
        return [node]
    pairs = node.value if isinstance(node, MappingNode) else [(part,) for part in node.value]
    return [scalar for pair in pairs for part in pair for scalar in scalars(part)]
