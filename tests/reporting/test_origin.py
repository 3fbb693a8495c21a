"""The head of a report: when, where and of what a run was made, and the one command that shows a deviation again."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import trackstep
from tests.reporting import sample
from trackstep.cli import main
from trackstep.cli.option import chosen
from trackstep.cli.replaying import replay
from trackstep.event import Finished
from trackstep.operation import Operation
from trackstep.outcome import Outcome
from trackstep.reporting import grouping, heading
from trackstep.results import origin
from trackstep.results.origin import Origin
from trackstep.search.clock import Still
from trackstep.search.run import Settings
from trackstep.targets import TargetOptions, asking, load, scripted
from trackstep.targets.emulator import EmulatorTarget
from trackstep.targets.protocol import reference_driver

URL = "http://localhost:5000"
WORDS = st.text("abc '\"$\\;&ü", min_size=1).filter(str.strip)
TARGETS = st.one_of(
    st.builds(
        lambda faults, moves, seconds: ("emulator", {"planted": faults, "progression": moves, "seconds": seconds}),
        st.lists(WORDS, max_size=2).map(tuple), st.sampled_from(("immediate", "manual", "time")),
        st.sampled_from((0.2, 0.0, 1.5)),
    ),
    st.builds(lambda faults: ("served", {"planted": faults}), st.lists(WORDS, max_size=2).map(tuple)),
    st.just(("moto", {})),
    st.builds(
        lambda events, remote, named: (named, {"endpoint_url": URL, "events_endpoint_url": events, "remote": remote}),
        st.sampled_from((None, "http://localhost:5001")), st.booleans(), st.sampled_from(("http", "third-party")),
    ),
    st.builds(
        lambda command, url: ("stdio", {"command": command, "endpoint_url": url}),
        st.lists(WORDS, min_size=1, max_size=3).map(tuple), st.sampled_from((None, URL)),
    ),
)  # fmt: skip
"""A target's name, and some of the options that it takes."""


@given(TARGETS, st.sampled_from(("us-east-1", "eu-west-1")), st.sampled_from((60.0, 0.5, 120.0)))
@settings(derandomize=True, max_examples=150, deadline=None)
def test_options__typed_again_choose_the_same_target(
    target: tuple[str, dict[str, Any]], region: str, settle: float
) -> None:
    """What a shell makes of the words, and the command line of those, is the target that was chosen."""
    name, given_ = target
    wanted = TargetOptions(call_timeout=10.0, region=region, **given_)
    typed = shlex.split(shlex.join(["program.txt", *origin.words(name, wanted, settle)]))
    params = replay.make_context("replay", typed).params
    again = chosen(
        params["name"], params["endpoint_url"], params["events_endpoint_url"], params["region"], 0, 10.0,
        params["progression"], params["seconds"], params["planted"], params["command"], remote=params["remote"],
    )  # fmt: skip
    assert again[:2] == (name, wanted)
    assert params["settle_timeout"] == settle


def test_check__each_deviation_has_a_command_that_shows_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typed where the check was, it shows the clause; the head says what the user said, when and where."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(origin, "host", lambda: "a-host")
    monkeypatch.setattr(origin, "now", lambda: "2026-01-02T03:04:05Z")
    typed = ["check", "--fault", "second-tracker-allowed", "--max-calls", "600", "--report-dir", "it's here", "--quiet"]
    assert CliRunner().invoke(main, [*typed, "--target-version", "1a2b3c4"]).exit_code == 1
    report = json.loads((tmp_path / "it's here" / "report.json").read_text(encoding="utf-8"))
    assert heading.made(report).startswith("began 2026-01-02 03:04:05 UTC, took ")
    assert heading.made(report).endswith(" s, on a-host")
    assert heading.version(report).startswith("1a2b3c4 (it calls itself embedded emulator ")
    assert report["deviations"]
    for deviation in report["deviations"]:
        words = shlex.split(deviation["again"])
        assert words[:2] == ["trackstep", "replay"]
        came = CliRunner().invoke(main, words[1:])
        assert came.exit_code == 1
        assert deviation["clause"] in came.output
        program = (tmp_path / words[2]).read_text(encoding="utf-8")
        assert "#     trackstep replay program.txt --fault second-tracker-allowed\n" in program


def test_report__two_runs_of_one_seed_differ_in_their_origin_alone() -> None:
    """The same calls, the same words: but for when and where, and how long it took, one report is the other."""
    made = []
    for began in ("2026-01-02T03:04:05Z", "2027-01-01T00:00:00Z"):
        target = EmulatorTarget(TargetOptions(planted=("eleven-events-are-accepted",)))
        try:
            *_, last = trackstep.check(
                target,
                Settings(max_calls=400, settle_timeout=1.0, clock=Still()),
                origin=Origin(began, f"host of {began}"),
            )
        finally:
            target.close()
        assert isinstance(last, Finished)
        for deviation in last.report["deviations"]:
            del deviation["timeline"]  # the answers themselves, in which the target tells its own times
        made.append({name: told for name, told in last.report.items() if name not in ("origin", "seconds")})
    assert made[0] == made[1]


class Own:
    """A target of somebody else, that says what is wanted of its version."""

    regions_are_separate, remembers, description = True, False, "ours"

    def __init__(self, version: object) -> None:
        self._version = version

    @property
    def version(self) -> Any:
        """What it says."""
        if isinstance(self._version, Exception):
            raise self._version
        return self._version

    def call(self, operation: Operation) -> Outcome:
        """Nothing."""
        return Outcome.success({})

    def close(self) -> None:
        """Nothing was opened."""


@pytest.mark.parametrize(
    ("said", "told"),
    [("1.2\n3", "1.2 3"), ("", ""), (7, ""), (None, ""), (ValueError("no"), ""), (NotImplementedError(), "")],
)
def test_version__of_a_target_of_others(said: object, told: str) -> None:
    """A text on one line, or nothing; whatever it does instead ends no run."""
    assert asking.version(Own(said)) == told


def test_version__each_target_tells_its_own() -> None:
    """In process it is the package, over HTTP the Server header of the first answer, of a driver its own words."""
    with scripted.service() as service:
        url = service.urls["personalize"]
        for name, options, wanted in (
            ("emulator", TargetOptions(), f"embedded emulator {trackstep.__version__}"),
            ("moto", TargetOptions(), "moto 5"),
            ("served", TargetOptions(), f"embedded emulator {trackstep.__version__}"),
            ("http", TargetOptions(endpoint_url=url), "BaseHTTP/"),
            ("stdio", TargetOptions(command=(sys.executable, str(reference_driver()))), "boto3 "),
        ):
            target = load(name, options)
            try:
                if name == "http":
                    assert asking.version(target) == ""
                asking.ask(target, Operation("ListDatasetGroups", {}, "us-east-1"))
                assert asking.version(target).startswith(wanted), name
            finally:
                target.close()


def test_heading__a_report_of_an_earlier_version() -> None:
    """Without an origin it says what it can, and the command where the target was an endpoint."""
    report = sample.report([])
    del report["origin"]
    assert heading.made(report) == f"took {report['seconds']} s"
    assert heading.run_again(report) == ""
    report["target"] = f"{URL}, through botocore 1"
    assert heading.replay(report, "a b") == f"trackstep replay 'a b' --endpoint-url {URL}"
    assert heading.run_again(report).startswith(f"trackstep check --endpoint-url {URL} --seed 0 ")


def test_groups__state_before_input_before_form() -> None:
    """Whatever order the deviations stand in: MUST before SHOULD, what is kept, then what is taken in, then form."""
    areas = [area["id"] for area in sample.report([])["areas"]]
    rows = [
        {"clause": f"ET-{area}-1", "operation": "X", "answer": "success", "level": level, "cause": ""}
        for area in (*reversed(areas), *areas)
        for level in ("SHOULD", "MUST")
    ]
    told = [(g.cause["level"], g.cause["clause"].split("-")[1]) for g in grouping.groups({"deviations": rows})]
    ranks = [(level != "MUST", {"INPUT": 1, "WIRE": 2}.get(area, 0)) for level, area in told]
    assert ranks == sorted(ranks)
