"""The pytest plugin: options, the marker, two fixtures, and the clauses as test items.

pytest imports this in every session of whoever has trackstep installed, so nothing but pytest is imported up here;
what the hooks and fixtures do is in ``plugin/``. See docs/pytest.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from trackstep.plugin.judged_target import JudgedTarget

MARKER = (
    "trackstep(*clauses, faults=(), progression='immediate', seconds=0.2): what the trackstep fixtures are for this "
    "test; with clauses or areas (ET-UNIQ-1, UNIQ), trackstep_target raises for these only, whatever their level"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Each option begins with --trackstep-; the first two add the clauses to what is collected."""
    group = parser.getgroup("trackstep", "an event tracker held to its specification, a test a clause")
    add: Any = group.addoption
    add("--trackstep-target", metavar="NAME", help="hold this target to the specification: emulator, mine, …")
    add("--trackstep-endpoint-url", metavar="URL", help="hold this endpoint to it")
    add("--trackstep-events-endpoint-url", metavar="URL", help="where PutEvents lives, if elsewhere")
    add(
        "--trackstep-remote",
        action="store_true",
        help="it is not on this machine; creating and deleting there is meant",
    )
    add("--trackstep-region", metavar="NAME", default="us-east-1", help="the first region (us-east-1)")
    add("--trackstep-seed", metavar="N", type=int, default=0, help="the same seed gives the same calls (0)")
    add("--trackstep-max-calls", metavar="N", type=int, default=20000, help="calls that may be spent (20000)")
    add("--trackstep-max-time", metavar="SECONDS", type=float, default=240.0, help="seconds that may be spent (240)")
    add("--trackstep-profile", metavar="FILE", help="declared deviations, a TOML file: they are xfailed")
    add("--trackstep-report-dir", metavar="DIR", help="write what `trackstep check` writes, report.html and all")
    add("--trackstep-strict", action="store_true", help="a SHOULD clause that deviates fails, and is not xfailed")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)


def _is_wanted(config: pytest.Config) -> bool:
    """Whether a target was named. Asked late: a conftest.py may name one in its own pytest_configure."""
    return bool(config.option.trackstep_target or config.option.trackstep_endpoint_url)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Answer wrong options with one line, before anything is collected."""
    if _is_wanted(session.config):
        from trackstep.plugin import choice

        choice.check(session.config)
        choice.tell(session.config)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """Put the clauses beside whatever else the session holds; no file of the user's is needed for it."""
    report: pytest.CollectReport = yield  # type: ignore[assignment]  # what a wrapper is sent
    if isinstance(collector, pytest.Session) and report.passed and _is_wanted(collector.config):
        from trackstep.plugin.suite import Clauses

        report.result.append(Clauses.of(collector))
    return report  # type: ignore[return-value]  # and returns


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist hands the verdict to the process that prints it."""
    if _is_wanted(session.config) and hasattr(session.config, "workeroutput"):
        from trackstep.plugin.suite import VERDICT

        session.config.workeroutput["trackstep"] = session.config.stash.get(VERDICT, "")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take the verdict from a worker."""
    if said := getattr(node, "workeroutput", {}).get("trackstep"):
        from trackstep.plugin.suite import VERDICT

        node.config.stash[VERDICT] = said


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """The verdict in one line, as `trackstep check --quiet` prints it."""
    if _is_wanted(config):
        from trackstep.plugin.suite import VERDICT

        if said := config.stash.get(VERDICT, ""):
            terminalreporter.section("trackstep")
            terminalreporter.write_line(said)


@pytest.fixture
def trackstep_target(request: pytest.FixtureRequest) -> Iterator[JudgedTarget]:
    """The chosen target, or the embedded emulator: ``call`` it, and a test fails where the judge objects."""
    from trackstep.plugin import judged_target

    with judged_target.opened(request.config, request.node) as target:
        yield target


@pytest.fixture
def trackstep_emulator(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The embedded emulator answers boto3 in this test, with fake credentials; the module, for its ``progression``."""
    from trackstep.plugin import mocked

    with mocked.emulator(request.node, monkeypatch) as module:
        yield module
