"""Values as TLC prints them."""

from __future__ import annotations

from typing import Any

import pytest

from trackstep.formal import literal
from trackstep.formal.literal import Function


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"CREATE PENDING"', "CREATE PENDING"),
        (r'"a \"b\" \\ c"', r'a "b" \ c'),
        ("g1", "g1"),
        ("-12", -12),
        ("TRUE", True),
        ("<<>>", ()),
        ("{}", frozenset()),
        ('<<g1, <<"x">>>>', ("g1", ("x",))),
        ("{t1, t2}", frozenset({"t1", "t2"})),
        ('(g1 :> "GONE" @@ g2 :> "ACTIVE")', {"g1": "GONE", "g2": "ACTIVE"}),
        ('[ about |-> g1,\n  shown |-> {<<t1, "ACTIVE">>} ]', {"about": "g1", "shown": frozenset({("t1", "ACTIVE")})}),
        ("{[a |-> 1], [a |-> 2]}", frozenset({Function(a=1), Function(a=2)})),
    ],
)
def test_each_kind_of_value_is_read(text: str, value: Any) -> None:
    """What TLC prints is read as the value it stands for."""
    assert literal.read(text) == value


@pytest.mark.parametrize(
    "text", ["", "<<1", "{1 2}", "[a :> 1]", "(a |-> 1)", '"open', "1 2", "}", "(a :> 1 , b :> 2)"]
)
def test_what_is_no_value_is_refused(text: str) -> None:
    """A text that is no TLA+ value is a ValueError, not half a value."""
    with pytest.raises(ValueError, match=r"TLA\+ value|should"):
        literal.read(text)
