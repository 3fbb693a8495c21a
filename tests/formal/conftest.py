"""What these tests share: the tools, and copies of the specification that are changed on purpose."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from trackstep import spec
from trackstep.formal import tool
from trackstep.formal.graph import Graph, Size

_EXPLORE = """
import pickle, sys
from trackstep.formal import explored
from trackstep.formal.graph import Size
sys.stdout.buffer.write(pickle.dumps(explored.explore(Size(*map(int, sys.argv[1:])))))
"""


@pytest.fixture(scope="session")
def found() -> tool.Tool:
    """Java and the jar, as the extra ``formal`` brings them."""
    return tool.find()


def changed(directory: Path, name: str, old: str, new: str) -> Path:
    """A copy of ``spec/`` in which a passage of one file, which stands there once or more, is another."""
    copy = directory / "spec"
    shutil.copytree(spec.root(), copy)
    text = (copy / name).read_text(encoding="utf-8")
    assert old in text, f"{name} has no {old!r} any more: the test must be written anew"
    (copy / name).write_text(text.replace(old, new), encoding="utf-8")
    return copy


def explored_by(specification: Path, size: Size) -> Graph:
    """The graph of the Python model with other tables, which it reads once in a process."""
    done = subprocess.run(
        [sys.executable, "-c", _EXPLORE, str(size.groups), str(size.trackers), str(int(size.lenient))],
        env=os.environ | {"TRACKSTEP_SPEC": str(specification)}, capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    graph: Graph = pickle.loads(done.stdout)
    return graph
