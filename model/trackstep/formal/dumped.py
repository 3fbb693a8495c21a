"""The state graph of the TLA+ module, as TLC finds it.

Owns the configuration that makes TLC print each edge (``Edge`` in ``spec/tla/MC.tla``), and the reading of that.
Knows nothing of the Python model.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

from trackstep.formal import configuration, literal, tlc
from trackstep.formal.graph import DEAD, NEVER, Graph, Label, Size, State
from trackstep.formal.tool import Tool, ToolError

_CONFIGURATION = """\
CONSTANTS
    Group = {{{groups}}}
    TrackingId = {{{trackers}}}
    Nobody = Nobody
    Lenient = {lenient}
SPECIFICATION Spec
VIEW View
ACTION_CONSTRAINT Edge
"""


def dump(tool: Tool, size: Size, directory: Path | None = None, seconds: float = tlc.SECONDS) -> Graph:
    """The graph at this size; ``directory`` holds the modules, those of ``spec/tla/`` if none is given.

    Raises ToolError as ``tlc.run`` does.
    """
    text = _CONFIGURATION.format(
        groups=", ".join(size.group_names),
        trackers=", ".join(size.tracker_names),
        lenient=str(size.lenient).upper(),
    )
    with tempfile.TemporaryDirectory(prefix="trackstep-graph-") as scratch:
        config = Path(scratch) / "Graph.cfg"
        config.write_text(text, encoding="utf-8")
        result = tlc.run(tool, (directory or configuration.root()) / "MC.tla", config, seconds=seconds)
    return _graph(result, size)


def _graph(result: tlc.Result, size: Size) -> Graph:
    @cache
    def state(text: str) -> State:
        group, tracker, group_of = literal.read(text)
        return State(
            tuple(group[g] for g in size.group_names),
            tuple((_HOME.get(group_of[t], group_of[t]), tracker[t]) for t in size.tracker_names),
        )

    found = defaultdict[State, set[tuple[Label, State]]](set)
    for line in result.printed:
        kind, _, rest = line.partition(" ")
        if kind != "EDGE":
            raise ToolError(f"TLC printed what is no edge: {line[:80]}")
        source, label, target = rest.split(" ; ")
        found[state(source)].add((_label(label), state(target or source)))
    if len(found) != result.states:
        raise ToolError(f"TLC found {result.states} states and printed the edges of {len(found)}")
    return Graph({source: frozenset(edges) for source, edges in found.items()}, result.seconds)


_HOME = {"Nobody": NEVER, "dead": DEAD}


@cache
def _label(text: str) -> Label:
    said: dict[str, Any] = literal.read(text)
    shown = (" ".join(item) if isinstance(item, tuple) else item for item in said["shown"])
    return Label(said["request"], said["about"], said["answer"], tuple(sorted(shown)))
