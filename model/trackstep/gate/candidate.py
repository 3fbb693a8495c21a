"""The SDK that is tried: a driver of the stdio target in a process, and an interpreter, of its own.

``python:/path/to/venv`` starts the reference driver with that venv's Python; ``command:node driver.mjs`` starts
any driver (docs/targets.md). Owns the words and the environment; knows nothing of what is asked.
"""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from trackstep.errors import UsageError
from trackstep.targets import protocol
from trackstep.targets.child import Child

ATTEMPTS = 2
"""Requests that a call may take: enough to see what is sent again, and in how many errors it ends."""
CALL_TIMEOUT = 5.0
"""Seconds that the SDK waits for an answer; the endpoint is on loopback."""
KEY_ID, SECRET = "AKIDTRACKSTEPGATE", "trackstep/secret+that=must/never+be=sent"
"""Dummy credentials: the secret is a string that is found wherever it turns up."""
OURS = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__")
"""Of our own interpreter, and none of the candidate's."""
PROBE = "import importlib.util as u\nfor n in ('boto3', 'botocore'): s = u.find_spec(n); print(s.origin if s else '')"


@dataclass(frozen=True, slots=True)
class Candidate:
    """How to start the driver of an SDK; ``site`` is where its botocore is, of Python only."""

    words: str
    command: tuple[str, ...]
    site: Path | None = None

    def start(self, url: str) -> Child:
        """The driver, sending to ``url``. Raises TargetError where it does not start."""
        own = protocol.environment(url, call_timeout=CALL_TIMEOUT)
        kept = {name: value for name, value in own.items() if not name.startswith("AWS_") and name not in OURS}
        aws = {name: own[name] for name in own if name.startswith(("AWS_ENDPOINT_URL", "AWS_EC2_"))}
        settings = {name: own[name] for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")}
        credentials = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET}
        return Child(self.command, kept | aws | settings | credentials | {"AWS_MAX_ATTEMPTS": str(ATTEMPTS)})


def candidate(words: str) -> Candidate:
    """Read ``--sdk``. Raises UsageError for what is neither form, and for a Python without boto3."""
    kind, colon, rest = words.partition(":")
    if kind == "command" and colon:
        try:
            command = tuple(shlex.split(rest))
        except ValueError as wrong:
            raise UsageError(f"--sdk cannot be taken apart: {str(wrong).lower()}") from None
        if not command:
            raise UsageError("--sdk command: wants what starts a driver, such as 'command:node driver.mjs'")
        return Candidate(words, command)
    if kind == "python" and colon:
        python = _interpreter(Path(rest).expanduser())
        return Candidate(words, (str(python), str(protocol.reference_driver())), _site(python))
    raise UsageError(f"--sdk wants python:/path/to/venv or 'command:node driver.mjs', not {words!r}")


def _interpreter(path: Path) -> Path:
    for found in (path / "bin" / "python", path / "bin" / "python3", path):
        if found.is_file():
            return found.absolute()  # not resolved: a link is how a venv is known
    raise UsageError(f"--sdk python:{path} is no venv (it has no bin/python) and no interpreter")


def _site(python: Path) -> Path:
    try:
        asked = subprocess.run(
            [str(python), "-I", "-c", PROBE], capture_output=True, text=True, timeout=30, check=True
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as wrong:
        raise UsageError(f"--sdk python: {python} is no Python that runs ({type(wrong).__name__})") from None
    places = [*asked.stdout.splitlines(), "", ""]
    for name, place in zip(("boto3", "botocore"), places, strict=False):
        if not place:
            raise UsageError(f"--sdk python: {python} has no {name}; install it: {python} -m pip install boto3")
    return Path(places[1]).parent.parent
