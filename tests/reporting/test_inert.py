"""Hostile text is inert in every form that a report takes: terminal, Markdown, JUnit, badge. HTML: test_page.py."""

from __future__ import annotations

import io
import re
import unicodedata
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt
from rich.console import Console

from tests.reporting import hostile
from tests.reporting.test_golden import XUNIT2, on_terminal
from trackstep import spec
from trackstep.reporting import badge, console, html, inert, junit, summary

_HREF = re.compile(r'href="([^"]*)"')


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    """A report full of it."""
    return hostile.report()


def test_line__is_one_line_without_controls() -> None:
    """No control, format or private character, no half of a pair; the length of what was cut is said."""
    shown = inert.line(hostile.EVIL, 10_000)
    assert {unicodedata.category(c)[0] for c in shown} <= set("LMNPSZ")
    assert "\n" not in shown
    shown.encode()
    assert inert.line("x" * 2**20).endswith("… (1048576 characters)")
    assert len(inert.block("x" * 2**20)) < 5000


def test_terminal(report: dict[str, Any]) -> None:
    """No escape sequence and no control character reaches it, also where colours do; nothing is endless."""
    text = on_terminal(report)
    assert {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs")} == {"\n"}
    assert "<script>" in text
    assert len(text) < 200_000
    out = Console(file=io.StringIO(), width=80, force_terminal=True, color_system="standard")
    console.show(report, out)
    assert isinstance(out.file, io.StringIO)
    assert "]0;pwned\x07" not in out.file.getvalue()
    assert "\x1b[31m\x1b]" not in out.file.getvalue()


def test_markdown(report: dict[str, Any]) -> None:
    """A renderer that lets HTML through makes no element, link, image or heading of it; tables keep their columns."""
    text = summary.dumps(report)
    assert len(text.encode()) < 1_000_000
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table"]).parse(text)
    inner = [child for token in tokens for child in token.children or ()]
    raw = [token.content for token in (*tokens, *inner) if token.type in ("html_block", "html_inline")]
    allowed = ("<details>", "</details>", "<sub>", "</sub>", "<summary>")
    assert all(each.strip().startswith(allowed) for each in raw), raw
    assert not any(bad in each for each in raw for bad in ("<script", "<img", "onerror"))
    links = [str(child.attrs["href"]) for child in inner if child.type == "link_open"]
    assert not [link for link in links if not link.startswith("https://docs.aws.amazon.com/")]
    assert not [child for child in inner if child.type == "image"]
    assert not [t for t in tokens if t.type == "inline" and t.content.strip() == "heading"]
    assert "@everyone" not in text.replace("&#64;", "")  # a mention is none once it is an entity
    rows = [line for line in text.split("\n") if line.startswith("| ")]
    assert {row.count("|") for row in rows} == {7}


def test_junit(report: dict[str, Any]) -> None:
    """It is well-formed, holds to the schema, and the text reads as text."""
    text = junit.dumps(report)
    text.encode()
    XUNIT2.validate(text)
    assert any("<script>" in str(failure.get("message")) for failure in ET.fromstring(text).iter("failure"))


def test_badge(report: dict[str, Any]) -> None:
    """Only our own words stand in it."""
    assert "pwned" not in badge.dumps(report)
    ET.fromstring(badge.dumps(report | {"verdict": hostile.EVIL}))


def test_html__can_be_written_and_is_escaped(report: dict[str, Any]) -> None:
    """No element of theirs is in the source, and it is UTF-8."""
    text = html.dumps(report)
    assert len(text.encode()) < 5_000_000
    assert "<img" not in text
    assert text.count("<script>") == 1
    known = ("#", "data:,", *(clause.link for clause in spec.load().clauses.values()))
    assert all(address.startswith(known) for address in _HREF.findall(text))
