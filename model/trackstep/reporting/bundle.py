"""The bundle of a deviation: the program to edit, the history to judge, a test and a script that show it again.

    deviations/01-ET-UNIQ-3-CreateEventTracker/{program.txt,history.jsonl,test_deviation.py,reproduce.sh}

What a target said can do no harm in any of them: it is quoted, or stands in a comment on one line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trackstep import history
from trackstep.errors import UsageError
from trackstep.event import Deviation, Tried
from trackstep.history import History
from trackstep.reporting import heading, reproducer, reproducer_curl, reproducer_pytest
from trackstep.reporting.python_code import comment

PROGRAM, HISTORY = "program.txt", "history.jsonl"
FILES = (PROGRAM, HISTORY, "test_deviation.py", "reproduce.sh")
RUN = {"pytest": "test_deviation.py", "curl": "reproduce.sh", "replay": PROGRAM}
"""What is run of it before it is shown: form -> file."""
LOCAL = "http://localhost:5000"
"""Where moto's server and ``trackstep serve`` listen, for a target that was no endpoint."""


def write(deviation: Deviation, number: int, report: Mapping[str, Any], directory: Path) -> Path:
    """Write the files of one deviation and return their folder. Raises UsageError where they cannot be written."""
    operation = re.sub(r"\W", "_", deviation.operation, flags=re.ASCII)
    folder = directory / "deviations" / f"{number:02}-{deviation.clause}-{operation}"
    written = {**texts(deviation, report), HISTORY: _history(deviation, report)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in written.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as wrong:
        raise UsageError(f"cannot write {folder}: {wrong.strerror}; choose another --report-dir") from None
    return folder


def texts(deviation: Deviation, report: Mapping[str, Any]) -> dict[str, str]:
    """What can be run of a bundle, by the name of its file; a form that cannot be written is not there."""
    if deviation.intervals:
        return {}  # each of them asks one thing after the other
    written = {PROGRAM: _program(deviation, report)}
    made = reproducer.read(deviation)
    if made is not None:
        endpoint = endpoint_of(report)
        written["test_deviation.py"] = reproducer_pytest.write(made, endpoint)
        written["reproduce.sh"] = reproducer_curl.write(made, endpoint)
    said = {RUN[each.form]: f"# {comment(told(each))}\n" for each in deviation.tried}
    return {name: _labelled(text, said.get(name, "")) for name, text in written.items() if text}


def told(tried: Tried) -> str:
    """What came of running one form, in words."""
    return f"Run before it was shown: on the target, it {tried.target}; on the embedded emulator, it {tried.emulator}."


def _labelled(text: str, said: str) -> str:
    """The text with what was seen of it at its top, below the line that names its interpreter."""
    first, end, rest = text.partition("\n")
    return f"{first}{end}{said}{rest}" if first.startswith("#!") else f"{said}{text}"


def clear(directory: Path) -> None:
    """Take away the bundles of an earlier run; other files beside them stay. Raises UsageError where it cannot."""
    try:
        for folder in (directory / "deviations").glob("[0-9][0-9]*-ET-*"):
            for name in FILES:
                (folder / name).unlink(missing_ok=True)
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
    except OSError as wrong:
        raise UsageError(
            f"cannot clear {directory / 'deviations'}: {wrong.strerror}; choose another --report-dir"
        ) from None


def endpoint_of(report: Mapping[str, Any]) -> str:
    """The endpoint that was checked, or where one would be served, for a target that was no endpoint."""
    found = re.match(r"https?://[^\s,]+", str(report.get("target", "")))
    return found[0] if found else LOCAL


def _program(deviation: Deviation, report: Mapping[str, Any]) -> str:
    head = (
        f"{deviation.clause} · {deviation.level} · {deviation.operation}",
        deviation.sentence,
        f"allowed    {deviation.expected}",
        f"came back  {deviation.actual}",
        "",
        "One operation a line, its parameters as JSON. $A is the name of a dataset group, $A.arn its ARN, $A.tracker",
        "and $A.id the ARN and the tracking ID of its event tracker ($A.old: the ID before). Settle waits, Walk reads",
        "a List to its last page, @2 asks the second region; what stands after ! is sent in place of the parameters.",
        "Edit it, and run it again:",
        "",
        f"    {heading.replay(report, PROGRAM) or f'trackstep replay {PROGRAM} --endpoint-url {LOCAL}'}",
        "    trackstep judge history.jsonl    # what was recorded",
    )
    lines = [f"# {comment(line)}".rstrip() for line in head]
    return "\n".join([*lines, "", *deviation.program]) + "\n"


def _history(deviation: Deviation, report: Mapping[str, Any]) -> str:
    about = {name: report[name] for name in ("target", "seed", "versions") if name in report}
    recorded = History(deviation.prefix, list(deviation.steps), intervals=deviation.intervals)
    return "".join(f"{line}\n" for line in history.dump([recorded], deviation=deviation.clause, **about))
