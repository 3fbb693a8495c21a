"""The fixtures and the marker, in somebody else's tests."""

from __future__ import annotations

import os

import boto3
import pytest

from tests.targets.conftest import Serve, json_answer, serve

__all__ = ["serve"]
pytest_plugins = ["pytester"]


def test_judge_objects_in_a_test_of_ones_own(pytester: pytest.Pytester) -> None:
    """The failure shows the user's line, what was allowed, the calls, and a program; nothing of ours."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.trackstep(faults=["second-tracker-allowed"])
        def test_second_tracker(trackstep_target):
            trackstep_target.call("CreateDatasetGroup", name="$A")
            trackstep_target.settle("$A.arn")
            trackstep_target.call("CreateEventTracker", name="$t1", datasetGroupArn="$A.arn")
            trackstep_target.call("CreateEventTracker", name="$t2", datasetGroupArn="$A.arn")  # here
        """
    )
    done = pytester.runpytest_inprocess("-W", "error", "--strict-markers")
    assert done.ret == 1
    done.stdout.fnmatch_lines(
        [
            ">*# here",
            "E * ET-UNIQ-3 · MUST · CreateEventTracker",
            "E *allowed    refusal: ResourceAlreadyExistsException or ResourceInUseException",
            "E *came back  success",
            'E *4  CreateEventTracker (us-east-1) {"name": "ts-t2"*  success  <- ET-UNIQ-3',
            'E *CreateEventTracker {"name": "$t2", "datasetGroupArn": "$A.arn"}',
        ]
    )
    done.stdout.no_fnmatch_line("*judged_target.py*")


def test_marker_says_which_clauses_count(pytester: pytest.Pytester) -> None:
    """The same deviation fails no test that is about something else."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.trackstep("TAG", faults="second-tracker-allowed")
        class TestTags:
            def test_tags(self, trackstep_target):
                trackstep_target.call("CreateDatasetGroup", name="$A")
                trackstep_target.settle("$A.arn")
                for name in ("$t1", "$t2"):
                    trackstep_target.call("CreateEventTracker", name=name, datasetGroupArn="$A.arn")

            @pytest.mark.trackstep("ET-UNIQ-3")
            def test_uniqueness(self, trackstep_target):
                self.test_tags(trackstep_target)
        """
    )
    pytester.runpytest_inprocess().assert_outcomes(passed=1, failed=1)


@pytest.mark.parametrize(
    ("marker", "says"),
    [
        ("'NOWHERE'", "no clause or area is called 'NOWHERE'; `trackstep clauses` lists them"),
        ("fault='x'", "fault= is unknown; it takes faults=, progression=, seconds="),
        ("faults='x'", "no fault or variant named 'x'; `trackstep faults` lists them"),
        ("progression='slow'", "progression= wants one of immediate, manual, time, not 'slow'"),
        ("seconds='x'", "seconds= wants a number of seconds, not 'x'"),
    ],
)
@pytest.mark.parametrize("fixture", ["trackstep_target", "trackstep_emulator"])
def test_marker_that_says_nonsense(pytester: pytest.Pytester, fixture: str, marker: str, says: str) -> None:
    """One line, and no traceback."""
    pytester.makepyfile(
        f"import pytest\n@pytest.mark.trackstep({marker})\ndef test_mine({fixture}): raise AssertionError"
    )
    done = pytester.runpytest_inprocess()
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines([f"@pytest.mark.trackstep: {says}"])


def test_emulator__isolated_from_what_is_configured(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Real-looking settings are out of sight while the test lasts, each test begins empty, all is restored."""
    settings = {"AWS_PROFILE": "nobody", "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "AKIAREAL"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    before = dict(os.environ)
    pytester.makepyfile(
        """
        import boto3, pytest

        @pytest.mark.parametrize("again", [1, 2])
        def test_mine(trackstep_emulator, again):
            personalize = boto3.client("personalize")
            assert personalize.list_dataset_groups()["datasetGroups"] == []
            group = personalize.create_dataset_group(name="mine")["datasetGroupArn"]
            made = personalize.create_event_tracker(name="t", datasetGroupArn=group)
            boto3.client("personalize-events").put_events(
                trackingId=made["trackingId"], sessionId="s", eventList=[{"eventType": "click", "sentAt": 1700000000}]
            )
            assert boto3.Session().get_credentials().access_key != "AKIAREAL"

        @pytest.mark.trackstep(progression="manual")
        def test_looked_at(trackstep_emulator):
            personalize = boto3.client("personalize")
            group = personalize.create_dataset_group(name="mine")["datasetGroupArn"]
            look = lambda: personalize.describe_dataset_group(datasetGroupArn=group)["datasetGroup"]["status"]
            assert [look(), look(), look()] == ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"]
        """
    )
    pytester.runpytest_inprocess("-W", "error").assert_outcomes(passed=3)
    assert {**os.environ, "PYTEST_CURRENT_TEST": ""} == {**before, "PYTEST_CURRENT_TEST": ""}
    assert boto3.DEFAULT_SESSION is None


def test_text_of_a_hostile_target_is_inert(pytester: pytest.Pytester, serve: Serve) -> None:
    """Escapes and endless texts do not reach the terminal."""
    url = serve(json_answer(400, {"__type": "\x1b[31mWrong\u202e", "message": "x" * 10**6}))
    pytester.makepyfile("def test_mine(trackstep_target): trackstep_target.call('ListDatasetGroups')")
    done = pytester.runpytest_inprocess("--trackstep-endpoint-url", url, "-k", "test_mine", "-p", "no:terminalprogress")
    done.stdout.fnmatch_lines(["E *came back *Wrong*"])
    assert not {"\x1b", "\u202e"} & set(str(done.stdout))
    assert len(str(done.stdout)) < 20_000


def test_target_that_is_not_there(pytester: pytest.Pytester) -> None:
    """A test of one's own says so, too."""
    pytester.makepyfile("def test_mine(trackstep_target): trackstep_target.call('ListDatasetGroups')")
    done = pytester.runpytest_inprocess("--trackstep-endpoint-url", "nonsense", "-k", "test_mine")
    done.assert_outcomes(errors=1, deselected=done.parseoutcomes()["deselected"])
    done.stdout.fnmatch_lines(["trackstep_target: --endpoint-url wants http://host:port, not 'nonsense'"])
