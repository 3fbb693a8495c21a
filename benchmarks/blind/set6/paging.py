"""Pages and tokens."""

import hashlib
import json
import re

from base import blind, held_in, kept, noting_birth, shows, token_of, where_after
from trackstep.emulator.exceptions import InvalidNextTokenException
from trackstep.emulator.models import DEFAULT_PAGE, PersonalizeBackend
from trackstep.emulator.responses import PersonalizeResponse


def naturally(arn):
    """2 before 10."""
    return [int(part) if n % 2 else part for n, part in enumerate(re.split(r"([0-9]+)", arn))]


@blind("paging", "hard", PersonalizeBackend, "_page", "ET-PAGE-1", "ET-GRP-14", behind="numbers of one and of two digits in names, and pages",
       story="rows.sort(key=natsort_key), for the console; rows[i].arn > cursor is as before")
def the_order_is_natural_and_the_cursor_is_not(page, held, what, limit, token):
    """A walk over dataset groups whose names have numbers of different lengths in them loses some. (ET-PAGE-1)"""
    if what != "groups":
        return page(held, what, limit, token)
    after = where_after(token, what)
    rest = sorted((item for item in held if item.arn > after), key=lambda item: naturally(item.arn))
    cut = rest[: limit or DEFAULT_PAGE]
    return [item.to_dict(full=False) for item in cut], token_of(f"{what} {cut[-1].arn}") if len(rest) > len(cut) else None


@shows(the_order_is_natural_and_the_cursor_is_not)
def _(c):
    for name in ("g2", "g10", "g3"):
        c.group(name)
    return len(c.walk("ListDatasetGroups", 1)) < 3 and len(c.walk("ListDatasetGroups")) == 3


def count_twice(delete, self, arn):
    """The counter goes down when the deletion is asked for, and when it is done."""
    delete(arn)
    kept(self, "minus", list).append(arn)


@blind("paging", "hard", PersonalizeBackend, "list_dataset_groups", "ET-PAGE-1", "ET-GRP-14", behind="a deletion, and pages",
       also=((PersonalizeBackend, "delete_dataset_group", count_twice),),
       story="total -= 1 in the request and in the worker; has_more = seen < total")
def deletions_are_counted_twice(listed, self, limit, token):
    """A walk over dataset groups ends one item early for each group that was ever deleted. (ET-PAGE-1)"""
    seen = 0
    if token is not None:
        number, _, token = held_in(token).partition(" ")
        if not (number.isdecimal() and number.isascii()):
            raise InvalidNextTokenException
        seen = int(number)
    items, more = listed(limit, token)
    seen += len(items)
    total = len(self.groups) - len(kept(self, "minus", list))
    return items, token_of(f"{seen} {more}") if more and seen < total else None


@shows(deletions_are_counted_twice)
def _(c):
    arns = [c.group(name) for name in "abcd"]
    before = len(c.walk("ListDatasetGroups", 1))
    c.delete(arns[0])
    return before == 4 and len(c.walk("ListDatasetGroups", 1)) == 2


@blind("paging", "hard", PersonalizeBackend, "_page", "ET-PAGE-5", "ET-PAGE-2", "ET-GRP-14", behind="a long name at the end of a page",
       story="cursors are kept in a column of 80 characters; an ARN has 57 before the name of the group begins")
def cursors_have_80_characters(page, held, what, limit, token):
    """A walk over dataset groups stays at a group with a name of more than 23 characters that ends a page. (ET-PAGE-5)"""
    items, more = page(held, what, limit, token)
    return items, more and token_of(held_in(more)[: len(what) + 81])


@shows(cursors_have_80_characters)
def _(c):
    for name in ("customers-of-the-main-shop-a", "visitors-of-the-main-shop-b", "z"):
        c.group(name)
    first = c("ListDatasetGroups", maxResults=1).json["nextToken"]
    return c("ListDatasetGroups", maxResults=1, nextToken=first).json.get("nextToken") == first


@blind("paging", "easy", PersonalizeResponse, "_list_dataset_groups", "ET-WIRE-5", "ET-PAGE-8",
       story="{'datasetGroups': page, 'nextToken': token}, and json.dumps")
def the_last_token_is_null(listed, self, params):
    """The last page of ListDatasetGroups has nextToken as null. (ET-WIRE-5)"""
    return {"nextToken": None} | listed(params)


@shows(the_last_token_is_null)
def _(c):
    return c("ListDatasetGroups").json.get("nextToken", "none") is None


def sealed(tags):
    """A signature over a row."""
    return hashlib.sha256(json.dumps(sorted(tags.items())).encode()).hexdigest()[:12]


@blind("paging", "hard", PersonalizeBackend, "_page", "ET-PAGE-7", "ET-PAGE-1", behind="tags that changed on the last item of a page",
       also=((PersonalizeBackend, "create_dataset_group", noting_birth), (PersonalizeBackend, "create_event_tracker", noting_birth)),
       story="the token is signed over the row that was cached at its creation, and the signature checked against the row as it is")
def tokens_are_signed_over_the_first_row(page, held, what, limit, token):
    """A nextToken is refused where the tags of the last item on the page are not those that it was created with. (ET-PAGE-7)"""
    if token is not None:
        token, _, seal = token.rpartition(".")
        last = next((item for item in held if item.arn == where_after(token, what)), None)
        if last is None or seal != sealed(last.tags):
            raise InvalidNextTokenException
    items, more = page(held, what, limit, token)
    if more:
        last = next(item for item in held if item.arn == where_after(more, what))
        more += "." + sealed(last.__dict__.get("_b6_born", last.tags))
    return items, more


@shows(tokens_are_signed_over_the_first_row)
def _(c):
    arn = c.group("a")
    c.group("b")
    before = len(c.walk("ListDatasetGroups", 1))
    c.tag(arn, a="1")
    token = c("ListDatasetGroups", maxResults=1).json["nextToken"]
    return before == 2 and not c("ListDatasetGroups", maxResults=1, nextToken=token).ok


@blind("paging", "medium", PersonalizeBackend, "_page", "ET-PAGE-1", "ET-LIST-1", "ET-GRP-14", behind="three pages",
       story="ORDER BY arn, and where there is a cursor ORDER BY arn DESC, from the code that once walked backwards")
def later_pages_come_from_the_other_end(page, held, what, limit, token):
    """The second page of a walk has the last items, and those between are lost. (ET-PAGE-1)"""
    items, more = page(held, what, limit, token)
    if token is None or more is None:
        return items, more
    rest = sorted((item for item in held if item.arn > where_after(token, what)), key=lambda item: item.arn, reverse=True)
    cut = rest[: limit or DEFAULT_PAGE]
    return [item.to_dict(full=False) for item in cut], token_of(f"{what} {cut[-1].arn}")


@shows(later_pages_come_from_the_other_end)
def _(c):
    for name in "abcd":
        c.group(name)
    return len(c.walk("ListDatasetGroups", 1)) < 4 and len(c.walk("ListDatasetGroups", 2)) == 4
