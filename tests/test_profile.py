"""Declared deviations: what a profile covers, what of it rots, and one clear line for what is no profile."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackstep import spec
from trackstep.errors import UsageError
from trackstep.operation import COVERED
from trackstep.results import profile
from trackstep.results.profile import Declaration, Profile
from trackstep.search import plan

ROOT = Path(__file__).parents[1]
FILE = Path("declared.toml")
CLAUSES = spec.load().clauses
COUNTED = [clause.id for clause in CLAUSES.values() if clause.level != "tentative"]
TODAY = date(2027, 1, 31)
REST = 'reason = "why"\nexpires = 2027-06-30\n'


class Seen(NamedTuple):
    """A deviation, as far as a profile looks at it."""

    clause: str
    operation: str
    answer: str


SECOND = Seen("ET-UNIQ-3", "CreateEventTracker", "success")
SILENT = Seen("ET-WIRE-8", "PutEvents", "success")


def entry(*lines: str, rest: str = REST) -> str:
    """One entry of a profile."""
    return "\n".join(["[[deviation]]", *lines, rest])


def declared(seen: Seen = SECOND, expires: date = TODAY, wide: bool = False) -> Declaration:
    """A declaration of what was seen; a wide one, of the whole clause."""
    operation, answer = (None, None) if wide else (seen.operation, seen.answer)
    return Declaration(seen.clause, operation, answer, "why", expires)


def held(
    *declarations: Declaration, to: Iterable[Seen] = (), exercised: Iterable[str] = ("ET-UNIQ-3",), **more: Any
) -> profile.Declared[Seen]:
    """What a profile makes of a run, today."""
    return profile.apply(Profile(FILE, declarations), to, dict.fromkeys(exercised, 1), TODAY, **more)


# -- the file ----------------------------------------------------------------------------------------


def test_load__the_example_of_the_docs(tmp_path: Path) -> None:
    """The form that docs/profiles.md shows is the one that is read."""
    (example,) = re.findall(r"^```toml\n(.*?)^```", (ROOT / "docs/profiles.md").read_text("utf-8"), re.M | re.S)
    (tmp_path / "declared.toml").write_text(example, encoding="utf-8")
    read = profile.load(tmp_path / "declared.toml")
    assert read.path == tmp_path / "declared.toml"
    assert read.declarations == (Declaration(*SECOND, "we create synchronously; issue 123", date(2027, 6, 30)),)


@pytest.mark.parametrize("raw", [b"", b"# nothing yet\r\n", b"\xef\xbb\xbf# saved by an editor", b"deviation = []"])
def test_load__an_empty_file_declares_nothing(raw: bytes, tmp_path: Path) -> None:
    """An empty profile is a profile."""
    path = tmp_path / "empty.toml"
    path.write_bytes(raw)
    assert profile.load(path) == Profile(path)


def test_load__every_operation_that_a_run_asks_for_can_be_declared() -> None:
    """The excursions ask for one that does not exist; its answer has a form that can deviate."""
    asked = {command.name for excursion in plan.excursions() for command in excursion.commands}
    assert asked - {"Settle", "Walk"} <= set(profile.OPERATIONS)
    for operation in profile.OPERATIONS:
        text = entry('clause = "ET-WIRE-8"', f'operation = "{operation}"')
        assert profile.parse(text, FILE).declarations[0].operation == operation


UNREADABLE = {
    "missing": (None, ": no such file; --write-profile {path} writes one"),
    "a directory": ("", ": cannot be read (Is a directory); name a file that can"),
    "below a file": ("below", ": cannot be read (Not a directory); name a file that can"),
    "not UTF-8": (b"# one\n# caf\xe9\n", ": line 2 is not UTF-8; save the file as UTF-8"),
}


@pytest.mark.parametrize("way", UNREADABLE)
def test_load__a_file_that_cannot_be_read(way: str, tmp_path: Path) -> None:
    """One line names the file and says what to do."""
    made, message = UNREADABLE[way]
    path = tmp_path / "p.toml"
    if isinstance(made, bytes):
        path.write_bytes(made)
    elif made == "":
        path.mkdir()
    elif made:
        path.write_bytes(b"")
        path = path / made
    with pytest.raises(UsageError) as wrong:
        profile.load(path)
    assert str(wrong.value) == f"{path}{message.format(path=path)}"


C3, CREATE = 'clause = "ET-UNIQ-3"', 'operation = "CreateEventTracker"'
COVERS = f"it is one of {', '.join(COVERED)}"
WHY = 'entry 1 (ET-UNIQ-3): give a reason, as text: reason = "why this is accepted"'
DAY = "entry 1 (ET-UNIQ-3): say through which day it holds, a date without quotes or time: expires = 2027-06-30"
TEXT = 'say which clause, as text: clause = "ET-UNIQ-3"'
BRACKET = "not TOML: Expected ']]' at the end of an array declaration (at line 2, column 12); mend it there"
KEYS = "the keys are clause, operation, answer, reason, expires"
NO_PROFILE = [
    ("x = [", "not TOML: Invalid value (at end of document); mend it there"),
    ("\n[[deviation]\n", BRACKET),
    (entry(C3, C3), "not TOML: Cannot overwrite a value (at line 3, column 21); mend it there"),
    (
        entry(C3, rest='reason = "why"\nexpires = 2027-02-30'),
        "not TOML: Invalid date or datetime (at line 4, column 11); mend it there",
    ),
    ("deviations = []", "unknown key 'deviations'; write [[deviation]] above each entry"),
    ("[deviation]\n" + C3, "write [[deviation]], with two brackets, above each entry"),
    ('deviation = ["ET-UNIQ-3"]', "write [[deviation]], with two brackets, above each entry"),
    (entry(), f"entry 1: {TEXT}"),
    (entry("clause = 3"), f"entry 1: {TEXT}"),
    (entry('clauses = ["ET-UNIQ-3"]'), "entry 1: unknown key 'clauses'; did you mean clause?"),
    (entry(C3, "until = 1"), f"entry 1 (ET-UNIQ-3): unknown key 'until'; {KEYS}"),
    (entry('clause = "ET-UNIK-3"'), "entry 1: no clause is called 'ET-UNIK-3'; did you mean ET-UNIQ-3?"),
    (entry('clause = "et-wire-11"'), "entry 1: no clause is called 'et-wire-11'; did you mean ET-WIRE-11?"),
    (entry('clause = "all\\n"'), "entry 1: no clause is called 'all\\n'; `trackstep clauses` lists them"),
    (
        entry('clause = "ET-LIFE-9"'),
        "entry 1 (ET-LIFE-9): a tentative clause never counts, so there is nothing to declare; remove the entry",
    ),
    (
        entry(C3, 'operation = "create_event_tracker"'),
        "entry 1 (ET-UNIQ-3): 'create_event_tracker' is no operation that the specification covers; "
        "did you mean CreateEventTracker?",
    ),
    (entry(C3, 'operation = "*"'), f"entry 1 (ET-UNIQ-3): '*' is no operation that the specification covers; {COVERS}"),
    (
        entry(C3, "operation.a.b = 1"),
        'entry 1 (ET-UNIQ-3): write the operation as text: operation = "CreateEventTracker"',
    ),
    (entry(C3, "answer = 200"), 'entry 1 (ET-UNIQ-3): write the answer as text: answer = "success"'),
    (entry(C3, rest="expires = 2027-06-30"), WHY),
    (entry(C3, 'reason = " "', rest=""), WHY),
    (entry(C3, "reason = 123", rest=""), WHY),
    *(
        (entry(C3, 'reason = "why"', rest=expires), DAY)
        for expires in ("", 'expires = "2027-06-30"', "expires = 2027-06-30T12:00:00Z", "expires = 2027-06-30 12:00:00")
    ),
    (entry(C3) * 2, "entry 2 (ET-UNIQ-3): entry 1 (ET-UNIQ-3) covers it already; remove one of the two"),
    (
        entry(C3) + entry('clause = "ET-WIRE-8"') + entry(C3, CREATE, 'answer = "success"'),
        "entry 3 (ET-UNIQ-3): entry 1 (ET-UNIQ-3) covers it already; remove one of the two",
    ),
    (
        entry(C3, CREATE, 'answer = "a\\nb"') + entry(C3, CREATE),
        'entry 2 (ET-UNIQ-3): it covers entry 1 (ET-UNIQ-3 · CreateEventTracker · "a\\U0000000Ab") too; '
        "remove one of the two",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), NO_PROFILE)
def test_parse__what_is_no_profile_gets_one_line(text: str, message: str) -> None:
    """It names the file, and the entry or the line, and says what to do."""
    with pytest.raises(UsageError) as wrong:
        profile.parse(text, FILE)
    assert str(wrong.value) == f"declared.toml: {message}"


@pytest.mark.parametrize(
    "text", ["x = " + "[" * 9999, "[[deviation]]\noperation" + ".a" * 9999 + " = 1", "x = " + "9" * 9999]
)
def test_parse__endless_text_gets_one_line(text: str) -> None:
    """No traceback, and no page of text."""
    with pytest.raises(UsageError, match=r"^declared\.toml: .{1,300}$"):
        profile.parse(text, FILE)


def test_parse__entries_that_overlap_without_nesting() -> None:
    """One names the operation, the other the answer: both say something of their own."""
    text = entry(C3, CREATE) + entry(C3, 'answer = "success"')
    assert len(profile.parse(text, FILE).declarations) == 2


# -- against a run -----------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", [None, "CreateEventTracker"])
@pytest.mark.parametrize("answer", [None, "success"])
def test_apply__what_is_declared(operation: str | None, answer: str | None) -> None:
    """A declaration covers what it names, and all of what it leaves out."""
    one = Declaration("ET-UNIQ-3", operation, answer, "why", TODAY)
    made = held(one, to=[SECOND])
    assert made.declared == ((SECOND, one),)
    assert (made.new, made.problems, made.remarks) == ((), (), ())
    assert made.clauses == {"ET-UNIQ-3"}


@pytest.mark.parametrize(
    "other",
    [SECOND._replace(clause="ET-UNIQ-2"), SECOND._replace(operation="TagResource"), SECOND._replace(answer="refusal")],
)
def test_apply__what_is_new(other: Seen) -> None:
    """Another clause, operation or answer is not declared, and the clause is no longer excused by the one that is."""
    made = held(declared(), to=[SECOND, other])
    assert made.new == (other,)
    assert made.clauses == {"ET-UNIQ-3"} - {other.clause}
    assert made.problems == ()


def test_apply__a_stale_declaration() -> None:
    """The clause was exercised and nothing matched: the entry has to go, whether or not it expired."""
    stale = [declared(), declared(SECOND._replace(answer="x\ny"), TODAY - timedelta(1)), declared(SILENT, wide=True)]
    made = held(*stale, exercised=("ET-UNIQ-3", "ET-WIRE-8"))
    assert made.stale == tuple(stale)
    assert (made.expired, made.untold) == ((), ())
    assert made.problems == (
        'ET-UNIQ-3 · CreateEventTracker · "success" no longer deviates: remove it from declared.toml',
        'ET-UNIQ-3 · CreateEventTracker · "x\\U0000000Ay" no longer deviates: remove it from declared.toml',
        "ET-WIRE-8 no longer deviates: remove it from declared.toml",
    )


def test_apply__holds_through_its_day() -> None:
    """On the day itself it holds; a day later what it covered is undeclared, and the entry is an error."""
    assert held(declared(expires=TODAY), to=[SECOND]).problems == ()
    over = Declaration("ET-UNIQ-3", "CreateEventTracker", None, "why", TODAY - timedelta(1))
    made = held(over, to=[SECOND])
    assert (made.declared, made.new, made.expired) == ((), (SECOND,), (over,))
    assert made.problems == (
        "ET-UNIQ-3 · CreateEventTracker expired on 2027-01-30: mend it, or give a new date in declared.toml",
    )
    assert made.clauses == frozenset()


def test_apply__two_declarations_of_which_one_expired() -> None:
    """The other still declares it; the expired one is an error all the same."""
    over = Declaration("ET-UNIQ-3", "CreateEventTracker", None, "why", TODAY - timedelta(1))
    live = Declaration("ET-UNIQ-3", None, "success", "why", TODAY)
    made = held(over, live, to=[SECOND])
    assert (made.declared, made.new, made.expired) == (((SECOND, live),), (), (over,))


def test_apply__what_cannot_be_told() -> None:
    """The clause was not exercised: neither stale nor an error, but it is said; an expired one stays an error."""
    made = held(declared(), exercised=())
    assert (made.untold, made.stale, made.problems) == ((declared(),), (), ())
    assert made.remarks == (
        'ET-UNIQ-3 · CreateEventTracker · "success" was not exercised in this run: '
        "whether it still deviates cannot be told",
    )
    over = held(declared(expires=TODAY - timedelta(1)), exercised=())
    assert (len(over.expired), over.untold, len(over.problems)) == (1, (), 1)


def test_apply__an_operation_that_was_never_answered() -> None:
    """A clause of all operations is exercised by others: of this one nothing can be told."""
    named = declared(SILENT)
    assert held(named, exercised=["ET-WIRE-8"], answered={"TagResource": 7}).untold == (named,)
    assert held(named, exercised=["ET-WIRE-8"], answered={"PutEvents": 1}).stale == (named,)
    assert held(declared(SILENT, wide=True), exercised=["ET-WIRE-8"], answered={}).untold == ()


# -- a new profile -----------------------------------------------------------------------------------

TARGETS = st.text() | st.sampled_from(['"""', "\n[[deviation]]\n", "\\", "\ud800", "\x7f\x9b\r"])
SEEN = st.lists(st.builds(Seen, st.sampled_from(COUNTED), st.sampled_from(profile.OPERATIONS), TARGETS))


@settings(derandomize=True)
@given(SEEN, TARGETS, st.dates(max_value=date(9999, 1, 1)))
def test_render__reads_back_as_it_was_seen(seen: list[Seen], target: str, today: date) -> None:
    """Whatever a target says: once the reasons are given, all of it is declared for 90 days, and nothing else."""
    text = profile.render(seen, target, today)
    read = profile.parse(text.replace('\nreason = ""', '\nreason = "why"'), FILE)
    made = profile.apply(read, seen, {}, today + timedelta(90))
    assert [deviation for deviation, _ in made.declared] == seen
    assert (made.new, made.problems, made.untold) == ((), (), ())
    order = [COUNTED.index(d.clause) for d in read.declarations]
    assert order == sorted(order)
    assert profile.render(read.declarations, target, today) == text


@settings(derandomize=True)
@given(st.lists(st.builds(Seen, st.sampled_from(COUNTED), TARGETS, TARGETS)), TARGETS)
def test_render__is_toml_in_utf_8(seen: list[Seen], target: str) -> None:
    """No name of an operation and no answer breaks the file or adds to it."""
    text = profile.render(seen, target, TODAY).encode("utf-8").decode()
    rows = tomllib.loads(text).get("deviation", [])
    assert all(row.keys() == set(profile.KEYS) for row in rows)
    sound = {tuple(part.encode("utf-8", "replace").decode() for part in deviation) for deviation in seen}
    assert {(row["clause"], row["operation"], row["answer"]) for row in rows} == sound
    assert all(line.isprintable() for line in text.split("\n"))


def test_render__asks_for_a_reason(tmp_path: Path) -> None:
    """A reason is a person's to write: until then the file is refused."""
    path = tmp_path / "declared.toml"
    path.write_text(profile.render([SECOND, SILENT], "a target", TODAY), encoding="utf-8")
    with pytest.raises(UsageError) as wrong:
        profile.load(path)
    assert str(wrong.value) == f"{path}: {WHY}"


GOLDEN = """\
# Deviations of "the fake \\"1.0\\"", as seen on 2027-01-31 (docs/profiles.md). An entry is:
#
# [[deviation]]
# clause = "ET-UNIQ-3"
# operation = "CreateEventTracker"  # left out: every operation
# answer = "success"                # left out: every answer
# reason = "…"                      # why it is accepted, in a person's words
# expires = 2027-06-30              # it holds through that day
"""


def test_render__word_for_word() -> None:
    """What is written, with and without deviations."""
    assert profile.render([], 'the fake "1.0"', TODAY) == GOLDEN
    assert profile.parse(GOLDEN, FILE) == Profile(FILE)
    assert profile.render([SECOND, SECOND], 'the fake "1.0"', TODAY) == GOLDEN + (
        "\n# MUST: CreateEventTracker in a dataset group whose event tracker is still being created is refused.\n"
        '[[deviation]]\nclause = "ET-UNIQ-3"\noperation = "CreateEventTracker"\nanswer = "success"\n'
        'reason = ""  # to be filled in: why this is accepted\nexpires = 2027-05-01\n'
    )


# -- the scores --------------------------------------------------------------------------------------


def test_scores__strict_and_as_declared() -> None:
    """Of what was judged, MUST and SHOULD apart; a declared clause counts as conforming in one of the two."""
    words = {
        "MUST": ["conforms", "conforms", "deviates", "deviates", "not exercised", "unsupported"],
        "SHOULD": ["conforms", "deviates"],
        "tentative": ["conforms", "differs"],
    }
    rows = [
        {"id": f"{level}-{number}", "level": level, "verdict": verdict}
        for level, verdicts in words.items()
        for number, verdict in enumerate(verdicts)
    ]
    assert profile.scores(rows, {"MUST-2", "MUST-4", "SHOULD-1"}) == {
        "strict": {"must": [2, 4], "should": [1, 2]},
        "declared": {"must": [3, 4], "should": [2, 2]},
    }
    nothing = {"must": [0, 0], "should": [0, 0]}
    assert profile.scores([], set()) == {"strict": nothing, "declared": nothing}
