"""The pages of `compare` and `matrix` in a real Chromium: they open from disk, and anybody can use them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.reporting.browser import PHONE, WIDE, barriers, opened
from tests.reports import HOSTILE, deviation, report, unjudged
from trackstep.reporting import comparison_html, matrix_html
from trackstep.results.comparison import Comparison
from trackstep.results.matrix import Matrix
from trackstep.results.result import read

BEFORE = read(report("ours 1.0", missing=["gone"]), "A")
AFTER = read(
    report(
        HOSTILE,
        [
            deviation("ET-UNIQ-2", "CreateEventTracker", f"refusal {HOSTILE}", actual="x" * 1_000_000),
            deviation("ET-LIST-4", "ListEventTrackers"),
        ],
        idle=["ET-PUT-1"],
        seed=7,
    ),
    "B",
)
NEVER = read(unjudged("moto 5.2.5", "core operations unsupported: CreateEventTracker"), "C")
PAGES: dict[str, Callable[[], str]] = {
    "comparison": lambda: comparison_html.html(Comparison(BEFORE, AFTER)),
    "matrix": lambda: matrix_html.html(Matrix([BEFORE, AFTER, NEVER])),
}


@pytest.mark.parametrize(("size", "dark"), [(WIDE, False), (PHONE, True)], ids=["light", "phone in the dark"])
@pytest.mark.parametrize("name", PAGES)
def test_page__asks_for_nothing_and_has_no_barrier(
    chromium: Browser, tmp_path: Path, name: str, size: tuple[int, int], dark: bool
) -> None:
    """No request, no message, nothing serious in axe-core; and only tables are wider than the window."""
    file = tmp_path / "page.html"
    file.write_text(PAGES[name](), encoding="utf-8")
    with opened(chromium, file, size, dark) as page:
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert page.locator("script").count() == 0
        assert page.get_by_text("alert(1)").count()
