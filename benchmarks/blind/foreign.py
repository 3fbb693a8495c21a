"""What does a check find of servers that somebody else wrote, bug by bug, and after how many calls?

    python -m benchmarks.blind.foreign one                  # each bug of benchmarks/blind/servers/one
    python -m benchmarks.blind.foreign two any_token -      # one bug, and the server as its author means it ("-")

A bug is found at the first deviation of a MUST or SHOULD clause that the faithful server does not show (``SHOWN``); the
run ends there. ``three`` wants node. Seed 1, the default budget of ``trackstep check``.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from trackstep import spec
from trackstep.checking import check
from trackstep.event import Called, Finished, Found
from trackstep.search.run import Settings
from trackstep.targets import TargetOptions, load

PLACE = Path(__file__).resolve().parent / "servers"
STARTED = {
    "one": (sys.executable, "one/server.py"),
    "two": (sys.executable, "two/app.py"),
    "three": ("node", "three/server.js"),
    "four": (sys.executable, "four/fake.py"),
}
SHOWN = {
    "one": {("ET-INPUT-11", "UntagResource")},
    "two": {
        ("ET-GRP-19", "CreateDatasetGroup"), ("ET-INPUT-11", "UntagResource"), ("ET-INPUT-4", "PutEvents"),
        ("ET-PAGE-6", "ListEventTrackers"), ("ET-PAGE-6", "ListDatasetGroups"),
    },
    "three": {("ET-GRP-19", "CreateDatasetGroup")},
    "four": {("ET-PUT-2", "PutEvents"), ("ET-PUT-3", "PutEvents")},
}  # fmt: skip
"""Server -> what it deviates in by itself: its author did not read the documentation in that way, or did not look."""
START = 10.0
"""Seconds that a server may take to listen."""


def bugs(server: str) -> list[str]:
    """The bugs of a server, as its README lists them."""
    text = (PLACE / "README.md").read_text(encoding="utf-8")
    part = text.partition(f"## {server} ")[2].partition("\n## ")[0]
    return [name for name in re.findall(r"^\| `?(\w+)`? \|", part, re.M) if name != "bug"]


@contextmanager
def running(server: str, bug: str) -> Iterator[str]:
    """The server on a free port of this machine, with this bug or none; its URL."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, "BUG": bug}
    quiet = subprocess.DEVNULL
    with subprocess.Popen([*STARTED[server], str(port)], cwd=PLACE, env=env, stdout=quiet, stderr=quiet) as child:
        try:
            until = time.monotonic() + START
            while child.poll() is None and time.monotonic() < until:
                with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), 1)):
                    break
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            child.terminate()


def first(server: str, bug: str, seed: int = 1) -> str:
    """What is found first, and after how many calls; of the faithful server all that is found."""
    levels, calls, found = spec.load().clauses, 0, list[str]()

    def counts(one: Found) -> bool:
        new = (one.clause, one.operation) not in SHOWN[server]
        return levels[one.clause].level != "tentative" and (new or not bug)

    with running(server, bug) as url, closing(load("http", TargetOptions(endpoint_url=url))) as target:
        for happened in check(target, Settings(seed=seed), wanted=counts if bug else None, shrink=False):
            if isinstance(happened, Called):
                calls = happened.calls
            elif isinstance(happened, Found) and counts(happened):
                found.append(f"{calls}: {happened.clause} {happened.operation} {happened.answer}")
        assert isinstance(happened, Finished)
    return "; ".join(found[:1] if bug else found) or "not found"


def main(server: str, names: list[str]) -> None:
    """Measure them, one after the other."""
    asked = ["" if name == "-" else name for name in names] or bugs(server)
    number = 0
    for bug in asked:
        told = first(server, bug)
        number += told != "not found"
        print(f"{server} {bug or '(faithful)'}: {told}", flush=True)
    print(f"{number} of {len(asked)}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
