"""junit.xml: one case a clause, one suite an area, in the form that xunit2 says (Jenkins, GitLab, GitHub's actions).

A clause fails where its deviation counts for the exit code. What was not exercised, is unsupported, declared, a SHOULD
without --strict or tentative is skipped, and says so: skipped is not passed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from trackstep.reporting import grouping, heading
from trackstep.reporting.inert import line, xml

Row = Mapping[str, Any]


def dumps(report: Row) -> str:
    """The document, which may be written as UTF-8."""
    root = ET.Element("testsuites", name="trackstep", time=_seconds(report["seconds"]))
    found: dict[str, list[Row]] = defaultdict(list)
    for deviation in report["deviations"]:
        found[deviation["clause"]].append(deviation)
    for area in report["areas"]:
        cases = [_case(c, found[c["id"]], report) for c in report["clauses"] if c["area"] == area["id"]]
        if cases:
            root.append(_suite(f"{area['id']} {area['title']}", cases))
    if of_run := _of_run(report):
        root.append(_suite("the run", of_run))
    _head(root, report)
    for total in ("tests", "failures", "errors"):
        root.set(total, str(sum(int(suite.get(total, "0")) for suite in root)))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(title: str, cases: list[ET.Element]) -> ET.Element:
    ends = Counter(child.tag for case in cases for child in case)
    of = {"tests": len(cases), "failures": ends["failure"], "errors": ends["error"], "skipped": ends["skipped"]}
    suite = ET.Element("testsuite", {"name": line(title), "time": "0"} | {tag: str(n) for tag, n in of.items()})
    suite.extend(cases)
    return suite


def _head(root: ET.Element, report: Row) -> None:
    """When and where the run was made, on each suite; of what, with the first."""
    origin = report.get("origin") or {}
    for suite in root if origin else ():
        suite.set("timestamp", line(origin["began"]))
        suite.set("hostname", line(origin["host"]))
    if len(root):
        properties = ET.Element("properties")
        for name, value in (
            ("target", report["target"]),
            ("version of the target", heading.version(report)),
            ("seed", report["seed"]),
            ("the run", heading.made(report)),
        ):
            ET.SubElement(properties, "property", name=name, value=line(value, 600))
        root[0].insert(0, properties)


def _case(clause: Row, found: list[Row], report: Row) -> ET.Element:
    case = ET.Element(
        "testcase",
        classname=f"trackstep.{line(clause['area'])}",
        name=line(f"{clause['id']} {clause['level']}: {clause['sentence']}", 1000),
        time="0",
    )
    reasons = grouping.declared(report)
    accepted = [reasons[grouping.name(d)] for d in found if grouping.name(d) in reasons]
    counts = clause["level"] == "MUST" or report["settings"].get("strict", False)
    if clause["verdict"] == "deviates" and counts and len(accepted) < max(1, len(found)):
        for deviation in found[:1] or [clause]:  # xunit2 has one failure a case
            _end(case, "failure", _headline(deviation), "\n\n".join(_told(d) for d in found), clause["level"])
    elif clause["verdict"] != "conforms":
        why = clause["reason"] or "; ".join(accepted)
        why = why or ("it counts with --strict" if clause["level"] == "SHOULD" else "it is never counted")
        _end(case, "skipped", f"{clause['verdict']}{' as declared' if accepted else ''}: {why}")
    return case


def _of_run(report: Row) -> list[ET.Element]:
    """What went wrong that is about no clause."""
    cases = []
    if report["exit_code"] == 3:
        cases.append(ET.Element("testcase", classname="trackstep", name="the target could be judged", time="0"))
        _end(cases[-1], "error", report["reason"], "", "could not be judged")
    if report["declared"]["problems"]:
        cases.append(ET.Element("testcase", classname="trackstep", name="the profile is up to date", time="0"))
        problems = report["declared"]["problems"]
        _end(cases[-1], "failure", problems[0], "\n".join(map(str, problems)), "profile")
    return cases


def _end(case: ET.Element, tag: str, message: object, text: str = "", kind: object = "") -> None:
    end = ET.SubElement(case, tag, message=line(message, 1000))
    end.text = xml(text) or None
    if kind:
        end.set("type", line(kind))


def _headline(deviation: Row) -> str:
    if "actual" not in deviation:
        return "deviates"
    told = f"{deviation['operation']}: allowed {line(deviation['expected'])}; came back {line(deviation['actual'])}"
    return f"{told} ({brief})" if (brief := grouping.brief(deviation)) else told


def _told(deviation: Row) -> str:
    how = "one more case of" if deviation.get("is_case") else "follows from"
    lines = [
        _headline(deviation),
        *([f"{brief}: {grouping.again(deviation)}"] if (brief := grouping.brief(deviation)) else []),
        *(f"because {line(reason)}" for reason in deviation["because"]),
        *([f"{how} {line(deviation['cause'])}"] if deviation["cause"] else []),
        *(f"    {line(call)}" for call in deviation["history"][-20:]),
        *([f"{grouping.purpose(deviation)}: {deviation['bundle']}/"] if deviation["bundle"] else []),
        *([f"its test, script and program: {tried}"] if (tried := grouping.tried(deviation)) else []),
        *([f"again: {line(deviation['again'], 1000)}"] if deviation.get("again") else []),
        line(deviation["link"]),
    ]
    return "\n".join(lines)


def _seconds(seconds: float) -> str:
    """As xunit2 wants it: three digits before each comma, three after the point."""
    return f"{seconds:.3f}" if seconds < 1000 else f"{seconds:,.3f}"
