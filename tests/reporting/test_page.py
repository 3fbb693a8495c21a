"""report.html in a real browser: from disk, alone, by keyboard, on a phone, in the dark, and read aloud."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.reporting import hostile, sample
from tests.reporting.browser import PHONE, WIDE, barriers, opened
from trackstep.reporting import document, html, reading, reproducer_short
from trackstep.results import report as reports

UNFOLD = "for (const part of document.querySelectorAll('details')) part.open = true"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with deviations of every kind, two of them grouped."""
    report = sample.report(sample.deviations())
    report["deviations"][1]["cause"] = " ".join(report["deviations"][0][n] for n in ("clause", "operation", "answer"))
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(html.dumps(reading.loads(document.dumps(report).encode())), encoding="utf-8")
    return path


def test_page__stands_alone_and_every_anchor_resolves(chromium: Browser, file: Path) -> None:
    """No request, nothing on the console, every link inside leads somewhere, every id is there once."""
    with opened(chromium, file) as page:
        page.evaluate(UNFOLD)
        broken = page.evaluate(
            "[...document.querySelectorAll('a[href^=\"#\"]')].map((a) => a.getAttribute('href').slice(1))"
            ".filter((id) => document.querySelectorAll('[id=\"' + id + '\"]').length != 1)"
        )
        assert broken == []
        outside = page.evaluate("[...document.querySelectorAll('a:not([href^=\"#\"])')].map((a) => a.protocol)")
        assert set(outside) == {"https:"}
        text = page.text_content("main") or ""  # of the three forms of a program one is unfolded at a time
        for said in ("here it broke", "POST /", "HTTP 200", "import boto3", "curl -sSi", "trackstep replay -"):
            assert said in text
        assert page.locator("svg[role=img]").count() == 2


def test_page__filters(chromium: Browser, file: Path) -> None:
    """By area, level, verdict and words; a link to what is filtered away shows it again."""
    with opened(chromium, file) as page:
        rows = page.locator("tr[data-clause]")
        shown = page.locator("tr[data-clause]:visible")
        page.select_option("select[name=verdict]", "deviates")
        assert 0 < shown.count() < rows.count()
        assert {row.get_attribute("data-verdict") for row in shown.all()} == {"deviates"}
        page.select_option("select[name=verdict]", "")
        page.select_option("select[name=area]", "UNIQ")
        page.select_option("select[name=level]", "MUST")
        assert {row.get_attribute("data-area-id") for row in shown.all()} == {"UNIQ"}
        assert page.locator("[data-area]:visible").count() == 1
        page.fill("input[name=words]", "idempotent")
        assert [row.get_attribute("id") for row in shown.all()] == ["ET-UNIQ-2"]
        assert page.inner_text("form.filters output") == f"1 of {rows.count()} clauses"
        page.evaluate("location.hash = 'ET-LIFE-1'")
        page.wait_for_function("!document.getElementById('ET-LIFE-1').hidden")
        assert shown.count() == rows.count()


def test_page__unfolds_by_keyboard(chromium: Browser, file: Path) -> None:
    """The first Tab skips to the content; Enter unfolds a deviation, and one inside it."""
    with opened(chromium, file) as page:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        for _ in range(60):
            page.keyboard.press("Tab")
            on = "document.activeElement.matches('details.deviation:not([open]) > summary')"
            if page.evaluate(on):
                break
        name = page.evaluate("document.activeElement.parentElement.id")
        page.keyboard.press("Enter")
        assert page.locator(f"#{name}[open] >> text=What happened").first.is_visible()
        page.keyboard.press("Enter")
        assert page.locator(f"#{name}:not([open])").count() == 1
        page.get_by_role("button", name="Fold all", exact=True).click()
        assert page.locator("details.deviation[open]").count() == 0


def test_page__without_javascript(chromium: Browser, file: Path) -> None:
    """Everything is there and unfolds; what only works with it is not shown."""
    with opened(chromium, file, script=False) as page:
        assert page.locator("form.filters").is_hidden()
        assert page.locator("button").count() == page.locator("button:not(:visible)").count()
        last = page.locator("main > section > details.deviation").last
        last.locator("> summary").click()
        assert last.locator("text=Why it was expected").first.is_visible()


@pytest.mark.parametrize(
    ("size", "dark"), [(WIDE, False), (WIDE, True), (PHONE, False)], ids=["light", "dark", "phone"]
)
def test_page__has_no_barriers(size: tuple[int, int], dark: bool, chromium: Browser, file: Path) -> None:
    """axe-core finds nothing serious with everything unfolded, and the page never scrolls sideways."""
    with opened(chromium, file, size, dark) as page:
        page.evaluate(UNFOLD)
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_page__of_a_hostile_target(chromium: Browser, tmp_path: Path) -> None:
    """Nothing of it runs, is fetched, or takes the place of ours; it is read as text."""
    (tmp_path / "hostile.html").write_text(html.dumps(hostile.report()), encoding="utf-8")
    with opened(chromium, tmp_path / "hostile.html", PHONE) as page:
        page.evaluate(UNFOLD)
        assert "pwned'</script>" in page.title()
        assert page.title() != "pwned"
        assert "<script>document.title='pwned'</script>" in page.inner_text("h1")
        assert page.locator("img").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_page__of_500_deviations_and_20000_calls(chromium: Browser, tmp_path: Path) -> None:
    """It stays light, says that the history was cut, is made in three seconds of CPU, and opens."""
    many = sample.many(500, 40)
    assert sum(len(deviation.steps) for deviation in many) == 20_000
    report = sample.report(sample.deviations())
    texts = {d.clause: reproducer_short.texts(d, sample.ENDPOINT) for d in sample.deviations()}
    report |= {"calls": 20_000, "deviations": [reports.as_json(d, len(many) - 1) for d in many]}
    for deviation in report["deviations"]:
        deviation["programs"] = texts[deviation["clause"]]
    raw = document.dumps(report).encode()
    # The issue promises this figure; CPU time, and the best of three, since the machine may be busy with other tests.
    took: list[float] = []
    while len(took) < 3 and min(took, default=3.0) >= 3:
        started = time.process_time()
        text = html.dumps(reading.loads(raw))
        took.append(time.process_time() - started)
    assert min(took) < 3, took
    assert len(text.encode()) < 5_000_000
    assert len(raw) < 10_000_000
    (tmp_path / "big.html").write_text(text, encoding="utf-8")
    with opened(chromium, tmp_path / "big.html") as page:
        assert "17000 earlier steps of long programs not shown" in page.inner_text("header")
        assert page.locator("details.deviation").count() == 500
