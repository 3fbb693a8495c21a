"""Paging faults: tokens, sizes, orders, filters."""

from __future__ import annotations

import base64
from typing import Any

from trackstep.emulator.exceptions import InvalidNextTokenException
from trackstep.emulator.models import PersonalizeBackend as Backend
from trackstep.emulator.responses import PersonalizeResponse

from base import blind, shows

DEFAULT = 100


def token_of(what: str, after: str) -> str:
    """A token."""
    return base64.urlsafe_b64encode(f"{what} {after}".encode()).decode()


def after_of(what: str, token: str | None) -> str:
    """What the token stands for, "" for none. Raises InvalidNextTokenException."""
    if token is None:
        return ""
    try:
        kind, _, after = base64.urlsafe_b64decode(token.encode()).decode().partition(" ")
    except ValueError:
        raise InvalidNextTokenException from None
    if kind != what or not after:
        raise InvalidNextTokenException
    return after


def number_of(what: str, token: str | None) -> int:
    """The number in a token. Raises InvalidNextTokenException."""
    try:
        return int(after_of(what, token) or 0)
    except ValueError:
        raise InvalidNextTokenException from None


def shown(items: list[Any]) -> list[dict[str, Any]]:
    """The summaries."""
    return [item.to_dict(full=False) for item in items]


def in_order(held: list[Any]) -> list[Any]:
    """By ARN."""
    return sorted(held, key=lambda item: item.arn)


def arns(items: list[dict[str, Any]]) -> list[str]:
    """The ARNs of what a walk saw."""
    return [item.get("datasetGroupArn") or item["eventTrackerArn"] for item in items]


def three(c: Any) -> list[str]:
    """Three groups, in the order of their ARNs."""
    return [c.group(f"g{n}") for n in range(3)]


# easy


@blind("paging", "easy", Backend, "_page", "ET-PAGE-2", "ET-GRP-14")
def a_page_begins_with_the_last_item(page: Any, held: list[Any], what: str, limit: Any, token: Any) -> Any:
    """Each page of two and more begins with the last item of the one before."""
    after = after_of(what, token)
    size = limit or DEFAULT
    rest = [i for i in in_order(held) if i.arn > after or (i.arn == after and size > 1)]
    return shown(rest[:size]), token_of(what, rest[size - 1].arn) if len(rest) > size else None


@shows(a_page_begins_with_the_last_item)
def _(c: Any) -> bool:
    three(c)
    return len(c.walk("ListDatasetGroups", 2)) > 3


@blind("paging", "easy", Backend, "_page", "ET-PAGE-1", "ET-LIST-1", "ET-GRP-14", behind="two items of one second")
def the_second_is_the_cursor(page: Any, held: list[Any], what: str, limit: Any, token: Any) -> Any:
    """A token is the second of creation of the last item shown: others of that second are passed over."""
    after, size = number_of(what, token), limit or DEFAULT
    rest = sorted((i for i in held if int(i.created) > after), key=lambda i: (int(i.created), i.arn))
    return shown(rest[:size]), token_of(what, str(int(rest[size - 1].created))) if len(rest) > size else None


@shows(the_second_is_the_cursor)
def _(c: Any) -> bool:
    for n in range(12):
        c.group(f"g{n}")
    return len(c.walk("ListDatasetGroups", 1)) < 12


@blind("paging", "easy", Backend, "_page", "ET-PAGE-3")
def a_page_has_one_too_many(page: Any, held: list[Any], what: str, limit: Any, token: Any) -> Any:
    """A page that is not the last has one item more than asked for."""
    return page(held, what, min((limit or DEFAULT - 1) + 1, DEFAULT), token)


@shows(a_page_has_one_too_many)
def _(c: Any) -> bool:
    three(c)
    return len(c("ListDatasetGroups", maxResults=1).json["datasetGroups"]) == 2


# medium


@blind("paging", "medium", Backend, "_page", "ET-PAGE-1", "ET-PAGE-2", behind="pages of two sizes in one walk")
def tokens_are_page_numbers(page: Any, held: list[Any], what: str, limit: Any, token: Any) -> Any:
    """A token is the number of a page, and its size that of the request: with another size items are lost or twice."""
    number, size, items = number_of(what, token), limit or DEFAULT, in_order(held)
    more = len(items) > (number + 1) * size
    return shown(items[number * size : (number + 1) * size]), token_of(what, str(number + 1)) if more else None


@shows(tokens_are_page_numbers)
def _(c: Any) -> bool:
    three(c)
    return sorted(arns(c.walk("ListDatasetGroups", 1, 2))) != sorted(set(arns(c.walk("ListDatasetGroups"))))


@blind("paging", "medium", Backend, "list_event_trackers", "ET-LIST-1", "ET-PAGE-1",
       behind="a filter and a page size, and other trackers before")  # fmt: skip
def the_limit_comes_before_the_filter(
    listed: Any, self: Backend, group_arn: str | None, limit: int | None, token: str | None
) -> Any:
    """ListEventTrackers takes a page of all trackers, and filters that: the group's tracker may not be on it."""
    if group_arn is None or limit is None or token is not None:
        return listed(group_arn, limit, token)
    self._purge()
    first = in_order(list(self.trackers.values()))[:limit]
    return shown([t for t in first if t.group_arn == group_arn]), None


@shows(the_limit_comes_before_the_filter)
def _(c: Any) -> bool:
    groups = three(c)
    for g in groups:
        c.tracker(g)
    return sum(len(c.walk("ListEventTrackers", 1, datasetGroupArn=g)) for g in groups) < 3


@blind("paging", "medium", Backend, "_page", "ET-PAGE-6", behind="a token without a letter")
def no_letter_is_no_token(page: Any, held: list[Any], what: str, limit: Any, token: Any) -> Any:
    """An empty nextToken, which was never handed out, begins at the first page."""
    return page(held, what, limit, token or None)


@shows(no_letter_is_no_token)
def _(c: Any) -> bool:
    return bool(c("ListEventTrackers", nextToken="").ok)


@blind("paging", "medium", PersonalizeResponse, "_list_dataset_groups", "ET-PAGE-8", behind="a last page that is full")
def a_full_last_page_has_an_empty_token(listed: Any, self: PersonalizeResponse, params: dict[str, Any]) -> Any:
    """ListDatasetGroups shows an empty nextToken on a last page that is full."""
    answer = listed(params)
    full = len(answer["datasetGroups"]) == params.get("maxResults")
    return answer | ({"nextToken": ""} if full and "nextToken" not in answer else {})


@shows(a_full_last_page_has_an_empty_token)
def _(c: Any) -> bool:
    three(c)
    return c("ListDatasetGroups", maxResults=3).json.get("nextToken") == ""


# hard


@blind("paging", "hard", Backend, "_page", "ET-LIST-1", "ET-GRP-14", "ET-PAGE-4", behind="more than fifty items")
def fifty_and_no_more(page: Any, held: list[Any], what: str, limit: Any, token: Any) -> Any:
    """Without maxResults the first fifty items are shown, and there is no token for the others."""
    if limit is None and token is None:
        return page(in_order(held)[:50], what, None, None)
    return page(held, what, limit, token)


@shows(fifty_and_no_more)
def _(c: Any) -> bool:
    for n in range(52):
        c("CreateDatasetGroup", name=f"g{n}")
    return len(c.walk("ListDatasetGroups")) == 50


@blind("paging", "hard", Backend, "_page", "ET-PAGE-1", "ET-LIST-1", "ET-GRP-14", behind="a deletion in the midst of a walk")
def tokens_are_offsets(page: Any, held: list[Any], what: str, limit: Any, token: Any) -> Any:
    """A token is a number of items: when one of those is deleted, the next one is passed over."""
    number, size, items = number_of(what, token), limit or DEFAULT, in_order(held)
    more = len(items) > number + size
    return shown(items[number : number + size]), token_of(what, str(number + size)) if more else None


@shows(tokens_are_offsets)
def _(c: Any) -> bool:
    first, second, _ = three(c)
    token = c("ListDatasetGroups", maxResults=1).json["nextToken"]
    c.delete(first)
    answer = c("ListDatasetGroups", nextToken=token)
    return bool(answer.ok and second not in arns(answer.json["datasetGroups"]))


@blind("paging", "hard", Backend, "_page", "ET-PAGE-8", "ET-PAGE-7", behind="a walk of many pages")
def tokens_grow(page: Any, held: list[Any], what: str, limit: Any, token: Any) -> Any:
    """A token holds the ARN of each item that was shown: a long walk's tokens pass 1,500 characters."""
    seen, size = after_of(what, token).split(), limit or DEFAULT
    rest = [i for i in in_order(held) if i.arn not in seen]
    if len(rest) <= size:
        return shown(rest), None
    return shown(rest[:size]), token_of(what, " ".join(seen + [i.arn for i in rest[:size]]))


@shows(tokens_grow)
def _(c: Any) -> bool:
    for n in range(30):
        c.group(f"g{n}")
    try:
        c.walk("ListDatasetGroups", 1)
    except AssertionError:
        return True
    return False


@blind("paging", "hard", Backend, "_page", "ET-PAGE-4", behind="more than a hundred items")
def without_a_size_all_is_one_page(page: Any, held: list[Any], what: str, limit: Any, token: Any) -> Any:
    """Without maxResults a page holds everything, also more than 100 items."""
    if limit is None:
        after = after_of(what, token)
        return shown([i for i in in_order(held) if i.arn > after]), None
    return page(held, what, limit, token)


@shows(without_a_size_all_is_one_page)
def _(c: Any) -> bool:
    for n in range(102):
        c("CreateDatasetGroup", name=f"g{n}")
    return len(c("ListDatasetGroups").json["datasetGroups"]) > 100


@blind("paging", "hard", Backend, "_page", "ET-PAGE-1", "ET-GRP-14", behind="names in both cases, over pages")
def order_and_cursor_disagree(page: Any, held: list[Any], what: str, limit: Any, token: Any) -> Any:
    """Items are put in order whatever their case, and compared with the token in their case: some are passed over."""
    after, size = after_of(what, token), limit or DEFAULT
    rest = [i for i in sorted(held, key=lambda i: (i.arn.lower(), i.arn)) if i.arn > after]
    return shown(rest[:size]), token_of(what, rest[size - 1].arn) if len(rest) > size else None


@shows(order_and_cursor_disagree)
def _(c: Any) -> bool:
    for name in ("a", "B", "c"):
        c.group(name)
    return len(c.walk("ListDatasetGroups", 1)) < 3


@blind("paging", "hard", Backend, "_page", "ET-PAGE-2", behind="a deletion of the last item shown")
def a_walk_whose_item_is_gone_starts_over(page: Any, held: list[Any], what: str, limit: Any, token: Any) -> Any:
    """A token names the last item shown; when that is deleted, the walk begins again."""
    after, size, items = after_of(what, token), limit or DEFAULT, in_order(held)
    start = next((n + 1 for n, item in enumerate(items) if item.arn == after), 0)
    rest = items[start:]
    return shown(rest[:size]), token_of(what, rest[size - 1].arn) if len(rest) > size else None


@shows(a_walk_whose_item_is_gone_starts_over)
def _(c: Any) -> bool:
    first, second, _ = three(c)
    token = c("ListDatasetGroups", maxResults=2).json["nextToken"]
    c.delete(second)
    answer = c("ListDatasetGroups", nextToken=token)
    return bool(answer.ok and first in arns(answer.json["datasetGroups"]))
