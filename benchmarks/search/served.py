"""The emulator in a process of its own, with one fault planted: what a driver is given is a URL."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from trackstep.errors import TargetError


@contextmanager
def served(fault: str, progression: str) -> Iterator[str]:
    """The URL of ``trackstep serve`` with this fault, none if empty. Raises TargetError if it does not start."""
    command = [sys.executable, "-m", "trackstep.cli", "serve", "--port", "0", "--progression", progression]
    planted = ["--fault", fault] if fault else []
    server = subprocess.Popen([*command, *planted], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert server.stdout is not None
        line = server.stdout.readline().strip()
        if not line.startswith("serving"):
            raise TargetError(line or "trackstep serve ended without a word")
        yield line.rsplit(" ", 1)[1]
    finally:
        server.terminate()
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        if server.stdout:
            server.stdout.close()
