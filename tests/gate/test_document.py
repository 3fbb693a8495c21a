"""docs/sdk-gate.md says of each kind and each header what the code says, and its workflow is one."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from trackstep.gate.difference import KINDS
from trackstep.gate.seen import VOLATILE

TEXT = (Path(__file__).parents[2] / "docs" / "sdk-gate.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*KINDS, *sorted(VOLATILE.keys() - {"authorization", "content-type", "x-amz-target"})])
def test_everything_is_told(name: str) -> None:
    """Each kind of difference, and each header that is not compared at all, stands there by its name."""
    assert f"`{name}`" in TEXT


def test_workflow() -> None:
    """Ten lines of YAML that a CI can read."""
    lines = TEXT.partition("```yaml\n")[2].partition("```")[0]
    steps = yaml.safe_load(lines)["jobs"]["event-trackers"]["steps"]
    assert lines.count("\n") == 10
    assert [step["run"].split()[:2] for step in steps[-2:]] == [["trackstep", "gate"]] * 2
