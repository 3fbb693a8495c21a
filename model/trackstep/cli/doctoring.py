"""``doctor``: what can run here, and what is missing for what. It judges nothing and always ends with exit code 0."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from trackstep import __version__, spec, targets
from trackstep.errors import TrackstepError
from trackstep.formal import solver, tool
from trackstep.reporting import inert

SECONDS = 5.0
"""How long a program or an endpoint may take to answer."""
PROGRAMS = (
    ("node", ("node",), "drivers of the JavaScript SDK (examples/drivers/node)"),
    ("npm", ("npm",), "installing what those drivers need"),
    ("chromium", ("chromium", "chromium-browser", "google-chrome"), "this project's own tests of report.html"),
)
"""Name, what it may be called, what it is for."""


@click.command()
@click.option("--endpoint-url", help="Ask this endpoint, too.")
@click.option("--remote", is_flag=True, help="It is not on this machine, and asking it is meant.")
def doctor(endpoint_url: str | None, remote: bool) -> None:
    """Say what can run here: versions, targets, credentials, an endpoint, Java, z3, Node, Chromium."""
    for name, told in _all(endpoint_url, remote):
        click.echo(f"{name:12} {inert.line(told)}")


def _all(endpoint_url: str | None, remote: bool) -> Iterator[tuple[str, str]]:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("botocore", "moto", "hypothesis", "pytest"))
    yield "trackstep", f"{__version__}, Python {platform.python_version()}, {libraries}"
    yield "clauses", f"{len(spec.load().clauses)}, in {spec.root()}"
    yield "targets", ", ".join(targets.available())
    yield "credentials", _credentials()
    yield "endpoint", _endpoint(endpoint_url, remote)
    yield "java, TLC", _tlc()
    yield "z3", _z3()
    for name, called, need in PROGRAMS:
        yield name, _program(called, need)


def _tlc() -> str:
    """What `trackstep formal` would run, found as it finds it."""
    try:
        found = tool.find()
    except TrackstepError as wrong:
        return f"{wrong}; needed for `trackstep formal` and nothing else"
    return f"{_version(found.java, '`trackstep formal`')}, {found.jar}"


def _z3() -> str:
    """What `trackstep formal prove` would ask."""
    try:
        solver.wanted()
        return f"z3-solver {version('z3-solver')}"
    except PackageNotFoundError:
        return "found, in no package z3-solver"
    except TrackstepError as wrong:
        return f"{wrong}; needed for `trackstep formal prove` and nothing else"


def _credentials() -> str:
    from trackstep.targets.client import has_credentials

    try:
        if has_credentials():
            return f"found; profile {os.environ.get('AWS_PROFILE', 'default')}"
    except TrackstepError as wrong:
        return str(wrong)
    return "none; on loopback dummies will do, elsewhere set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"


def _endpoint(url: str | None, remote: bool) -> str:
    """Whether the API's own protocol is spoken there: one read, which changes nothing."""
    if not url:
        return "none given; --endpoint-url URL asks one"
    from trackstep.operation import Operation

    try:
        target = targets.load("http", targets.TargetOptions(endpoint_url=url, call_timeout=SECONDS, remote=remote))
        try:
            outcome = target.call(Operation("ListDatasetGroups"))
        finally:
            target.close()
    except TrackstepError as wrong:
        return str(wrong)
    if outcome.kind in ("success", "throttled"):
        return f"{url} answers; check it with: trackstep check --endpoint-url {url}"
    if outcome.kind == "refusal":
        return f"{url} answers, but refuses ListDatasetGroups: {outcome.code} {outcome.message}"
    return f"{url} does not answer as the API would: {outcome.message}"


def _program(called: tuple[str, ...], need: str) -> str:
    found = next(filter(None, map(shutil.which, called)), None)
    return _version(Path(found), need) if found else f"not found; needed for {need}, and nothing else"


def _version(program: Path, need: str) -> str:
    """The first line of what a program says of itself."""
    try:
        asked = subprocess.run([program, "--version"], capture_output=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as wrong:
        return f"{program} does not run ({type(wrong).__name__}); needed for {need}"
    said = (asked.stdout or asked.stderr).decode("utf-8", "replace").strip()
    return f"{next(iter(said.splitlines()), 'says nothing of its version')} ({program})"
