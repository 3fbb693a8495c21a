"""The pictures in ``spec/`` are made from the tables as they are now, whole and legible."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from tests.spec.committed import assert_current
from trackstep import spec
from trackstep.cli import main
from trackstep.errors import SpecError
from trackstep.oracle.lifecycle import mask, observer
from trackstep.pictures import picture, svg
from trackstep.pictures.drawing import Edge, Node, draw

LIFECYCLES = spec.load().lifecycles
TRACKER = LIFECYCLES["event_tracker"]
Rectangle = tuple[float, float, float, float]


def by_class(drawn: str, kind: str) -> list[ElementTree.Element]:
    """The elements of an SVG that are of a class."""
    return [element for element in ElementTree.fromstring(drawn).iter() if kind in element.get("class", "").split()]


def words(drawn: str) -> list[str]:
    """The lines of text of an SVG."""
    return [element.text or "" for element in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]


def rectangles(drawn: str, kind: str) -> list[Rectangle]:
    """Left, top, right and bottom of the rectangles of a class."""
    places = [[float(r.get(part, 0)) for part in ("x", "y", "width", "height")] for r in by_class(drawn, kind)]
    return [(x, y, x + width, y + height) for x, y, width, height in places]


def overlap(one: Rectangle, other: Rectangle) -> bool:
    """Whether two rectangles share a point."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize("name", list(picture.files()))
def test_picture__is_as_committed(name: str) -> None:
    """A change of lifecycle.toml shows in the committed pictures."""
    assert_current(name, picture.files()[name], "trackstep spec diagram --write")


@pytest.mark.parametrize("kind", list(LIFECYCLES))
def test_lifecycle__each_row_is_an_arrow(kind: str) -> None:
    """Solid where a request moves, dashed where the service does: no colour is needed."""
    rows = LIFECYCLES[kind].transitions
    asked = sum(row["mover"] == "request" for row in rows)
    drawn = picture.lifecycle_svg(LIFECYCLES[kind])
    heads = by_class(drawn, "head")
    assert len(heads) == len(rows)
    assert sum("solid" in head.get("class", "") for head in heads) == asked
    chart = picture.mermaid(picture.lifecycle_moves(LIFECYCLES[kind]))
    assert (chart.count("-->"), chart.count("-.->")) == (asked, len(rows) - asked)


@pytest.mark.parametrize("kind", list(LIFECYCLES))
def test_observer__each_move_is_an_arrow(kind: str) -> None:
    """Those that lead back to where they start are told in the box."""
    moves = picture.observer_moves(kind)
    drawn = svg.frame("observer", [picture.observer_picture(kind)])
    assert len(by_class(drawn, "head")) == sum(move.source != move.to for move in moves)
    chart = picture.mermaid(moves)
    assert chart.count("-->") + chart.count("-.->") == len(by_class(drawn, "head"))
    again = [f"↻ {word}" for move in moves if move.source == move.to for word in move.words]
    assert sorted(said for said in words(drawn) if said.startswith("↻")) == sorted(again)


@pytest.mark.parametrize("kind", list(LIFECYCLES))
def test_observer__what_can_be_seen_is_in_the_box(kind: str) -> None:
    """The statuses on the arrows out of a box are those that the compiled observer allows there."""
    moves, watching = picture.observer_moves(kind), observer(kind)
    for box in {move.source for move in moves}:
        told = {word for move in moves if move.source == box and not move.asked for word in move.words}
        assert told == {wire for known, wire in watching.seen if known == mask(box.split(" | "))}


@pytest.mark.parametrize("kind", list(LIFECYCLES))
def test_pictures__nothing_stands_on_anything_else(kind: str) -> None:
    """Boxes and the words on arrows keep apart, inside of the picture."""
    illegal = {("DELETE PENDING", "ACTIVE"): 3, ("ACTIVE", "CREATE FAILED"): 1, ("CREATE FAILED", "CREATE PENDING"): 12}
    counts = {(row["from"], row["to"]): 1000 for row in LIFECYCLES[kind].transitions}
    for made in (picture.lifecycle_picture(LIFECYCLES[kind], counts, illegal), picture.observer_picture(kind)):
        drawn = svg.frame("one", [made])
        boxes, (whole, *labels) = rectangles(drawn, "box"), rectangles(drawn, "paper")
        assert not any(overlap(one, other) for one, other in itertools.combinations(boxes + labels, 2))
        assert all(min(x, y) >= 0 and right <= whole[2] and foot <= whole[3] for x, y, right, foot in boxes + labels)


def test_lifecycle__counts() -> None:
    """How often a transition was taken stands on it; one that never was is faint and says so."""
    drawn = picture.lifecycle_svg(TRACKER, {("GONE", "CREATE PENDING"): 37})
    assert words(drawn).count("37×") == 1
    assert sum("never" in said for said in words(drawn)) == len(TRACKER.transitions) - 1
    assert len(by_class(drawn, "faint")) == 2 * (len(TRACKER.transitions) - 1)
    assert not by_class(picture.lifecycle_svg(TRACKER), "faint")


def test_lifecycle__illegal_moves() -> None:
    """Moves that are in no row are dotted and crossed; a status of no lifecycle has no place."""
    illegal = {("DELETE PENDING", "ACTIVE"): 3, ("ACTIVE", "<script>"): 1, ("ACTIVE", "ACTIVE"): 1}
    drawn = picture.lifecycle_svg(TRACKER, illegal=illegal)
    assert [said for said in words(drawn) if said.startswith("✗")] == ["✗ 3×"]
    assert "<script>" not in drawn
    assert "seen, and not allowed" in words(drawn)
    assert "seen, and not allowed" not in words(picture.lifecycle_svg(TRACKER))


def test_lifecycle__a_row_that_goes_is_noticed() -> None:
    """The picture of another table is another picture; a status that nothing leads to cannot be drawn."""
    rows = tuple(row for row in TRACKER.transitions if row["trigger"] != "fail")
    with pytest.raises(SpecError, match="no transition leads to CREATE FAILED"):
        picture.lifecycle_svg(replace(TRACKER, transitions=rows))
    rows = tuple(row for row in rows if row["from"] != "CREATE FAILED")
    drawn = picture.lifecycle_svg(replace(TRACKER, transitions=rows))
    assert drawn != picture.lifecycle_svg(TRACKER)
    assert "FAILED" not in words(drawn)


def test_draw__text_is_inert() -> None:
    """Whatever a name is, it comes out as text."""
    nodes = [Node("a", ("<script>alert(1)</script>",), 0), Node("b", ('"&',), 1)]
    made = draw("<b>", nodes, [Edge("a", "b", ("</text>",), "solid")], {"solid": "<i>"})
    drawn = svg.frame('"><x', [made])
    assert {"<script>alert(1)</script>", '"&', "</text>", "<b>", "<i>"} == set(words(drawn))
    assert "<script" not in drawn


def test_spec_diagram__prints_the_page() -> None:
    """The command without --write prints the page and changes nothing."""
    done = CliRunner().invoke(main, ["spec", "diagram"])
    assert (done.exit_code, done.output) == (0, picture.files()["lifecycle.md"])


def test_spec_diagram__writes_the_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With --write all of them are there, and a second time nothing changes."""
    (tmp_path / "spec").mkdir()
    monkeypatch.setattr(spec, "root", lambda: tmp_path / "spec")
    for last in ("lines changed", "as it was"):
        done = CliRunner().invoke(main, ["spec", "diagram", "--write"])
        assert done.exit_code == 0
        assert done.output.count(last) == len(picture.files())
    for name, text in picture.files().items():
        assert (tmp_path / "spec" / name).read_text(encoding="utf-8") == text
