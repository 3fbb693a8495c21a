"""The clauses as test items, in somebody else's repository."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from trackstep import emulator
from trackstep.emulator import faults, server

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "pytest.md"
MY_EMULATOR = """
from contextlib import ExitStack
from trackstep import emulator
from trackstep.emulator import server

def start():
    started = Started()
    started.enter_context(emulator.progression("immediate"))
    started.url = started.enter_context(server.running())
    return started

class Started(ExitStack):
    stop = ExitStack.close
"""
OF_PYTEST = {"__pycache__", ".pytest_cache", "stdout", "stderr", "runpytest-0", "runpytest-current"}
FEW = "--trackstep-max-calls=120"


def named_blocks() -> dict[str, str]:
    """File name -> text, of the python blocks of docs/pytest.md that name a file."""
    return dict(re.findall(r"^```python (\S+)\n(.*?)^```", DOCS.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL))


def test_examples_of_the_docs(pytester: pytest.Pytester) -> None:
    """The five-line conftest.py, tests of one's own and an application test, as they stand, in a scratch project."""
    for name, text in named_blocks().items():
        pytester.path.joinpath(name).write_text(text, encoding="utf-8")
    assert len(pytester.path.joinpath("conftest.py").read_text(encoding="utf-8").split("\n\n", 1)[1].splitlines()) <= 5
    pytester.makepyfile(my_emulator=MY_EMULATOR)
    words = (
        "--trackstep-max-calls=200",
        "-W",
        "error",
        "--strict-markers",
        "-k",
        "ET-UNIQ or test_",
    )  # as it says there
    done = pytester.runpytest_subprocess(*words)
    done.assert_outcomes(passed=3 + 8, deselected=done.parseoutcomes()["deselected"])
    done.stdout.fnmatch_lines(["incomplete: *"])
    assert done.ret == 0
    left = {path.name for path in pytester.path.iterdir()} - OF_PYTEST
    assert left == {*named_blocks(), "my_emulator.py"}


def test_clause_that_deviates_fails_with_its_program(pytester: pytest.Pytester) -> None:
    """Expected, actual and the program; no traceback; clauses that conform pass, those not exercised are skipped."""
    with faults.planted("second-tracker-allowed"), emulator.progression("immediate"), server.running() as url:
        words = ("--trackstep-endpoint-url", url, FEW, "--trackstep-report-dir", "reports")
        done = pytester.runpytest_inprocess(*words, "-v")
    assert done.ret == 1
    done.stdout.fnmatch_lines(
        [
            "trackstep::ET-UNIQ-3 FAILED*",
            "trackstep::ET-DEL-4 SKIPPED (not exercised: *",
            "*_ trackstep ET-UNIQ-3 _*",
            "CreateEventTracker came back success, allowed: refusal: ResourceAlreadyExistsException or *",
            "  allowed    refusal: ResourceAlreadyExistsException or ResourceInUseException",
            "  came back  success",
            "    a_tracker_arn, a_tracking_id = personalize.create_event_tracker(*",
        ]
    )
    done.stdout.no_fnmatch_line("*Traceback*")
    done.stdout.no_fnmatch_line("*suite.py:*: *")
    done.stdout.re_match_lines([r"deviates · \d MUST and 0 SHOULD deviations .*"])
    assert done.parseoutcomes()["passed"] > 50
    written = json.loads(pytester.path.joinpath("reports", "report.json").read_text(encoding="utf-8"))
    jsonschema.validate(written, json.loads((ROOT / "reports" / "report.schema.json").read_text(encoding="utf-8")))
    assert pytester.path.joinpath("reports", "report.html").exists()


def test_declared_deviation_is_xfailed(pytester: pytest.Pytester) -> None:
    """What a profile declares fails nothing; an entry that has expired fails its clause and the profile's item."""
    entry = '[[deviation]]\nclause = "ET-UNIQ-{}"\nreason = "known here"\nexpires = {}-01-01\n'
    entries = "".join(entry.format(n, year) for n, year in ((1, 2001), (2, 2999), (3, 2999)))
    pytester.path.joinpath("declared.toml").write_text(entries, encoding="utf-8")
    with faults.planted("second-tracker-allowed"), emulator.progression("immediate"), server.running() as url:
        words = ("--trackstep-endpoint-url", url, FEW, "--trackstep-profile", "declared.toml", "-k", "UNIQ or profile")
        done = pytester.runpytest_inprocess(*words, "-rxf")
    # An older pytest says "reason: " before it.
    done.stdout.re_match_lines([r"XFAIL trackstep::ET-UNIQ-3 - (reason: )?declared: known here.*"])
    done.stdout.fnmatch_lines(
        ["FAILED trackstep::ET-UNIQ-1 - *", "FAILED trackstep::profile - Failed: ET-UNIQ-1 expired*"]
    )
    assert done.parseoutcomes()["failed"] == 2


def test_target_that_cannot_be_judged_is_an_error(pytester: pytest.Pytester) -> None:
    """Nothing is passed, failed or skipped, and the reason is one line."""
    done = pytester.runpytest_inprocess("--trackstep-endpoint-url", "http://127.0.0.1:9", "-k", "ET-UNIQ")
    done.assert_outcomes(errors=8, deselected=done.parseoutcomes()["deselected"])
    done.stdout.fnmatch_lines(["could not be judged: http://127.0.0.1:9,* is the server running?"])
    done.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--trackstep-target", "nobody"], "no target named 'nobody'; choose one of: emulator"),
        (["--trackstep-target", "emulator", "--trackstep-profile", "nowhere.toml"], "nowhere.toml: no such file"),
        (["--trackstep-target", "emulator", "--trackstep-endpoint-url", "http://localhost:1"], "exclude each other"),
        (["--trackstep-target", "emulator", "--trackstep-max-calls", "0"], "want at least 1"),
        (["--trackstep-endpoint-url", "http://10.0.0.1:9"], "is not on this machine*; add --trackstep-remote"),
    ],
)
def test_wrong_options_are_one_line(pytester: pytest.Pytester, words: list[str], says: str) -> None:
    """pytest's own exit code for wrong usage, before anything is collected."""
    done = pytester.runpytest_inprocess(*words)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines([f"ERROR: *{says}*"])
    done.stdout.no_fnmatch_line("collected*")


def test_workers_of_xdist_share_one_search(pytester: pytest.Pytester) -> None:
    """Two workers, one run: the endpoint hears no more calls than one run may spend, and the verdict is printed."""
    calls = []

    def counting(environ: dict[str, object], start_response: object) -> object:
        calls.append(environ["PATH_INFO"])
        return server.application(environ, start_response)

    with emulator.progression("immediate"), server.in_background(server.make_server("127.0.0.1", 0, counting)) as url:
        done = pytester.runpytest_subprocess("--trackstep-endpoint-url", url, FEW, "-n", "2", "-k", "ET-UNIQ")
    assert done.ret == 0
    done.stdout.re_match_lines([r"incomplete: .* · [0-9]+ calls in .*"])
    assert 60 < len(calls) <= 120


def test_nothing_is_added_where_no_target_is_named(pytester: pytest.Pytester) -> None:
    """The plugin alone changes no session."""
    pytester.makepyfile("def test_theirs(): pass")
    pytester.runpytest_inprocess().assert_outcomes(passed=1)
