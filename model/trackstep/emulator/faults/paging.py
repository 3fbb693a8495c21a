"""Faults of pagination, in ListEventTrackers and ListDatasetGroups alike."""

from __future__ import annotations

import base64
from typing import Any

from ..exceptions import InvalidNextTokenException
from ..models import PersonalizeBackend
from ..responses import PersonalizeResponse
from .planting import Catalogue, count

FAULTS = Catalogue()


def _place(held: list[Any], token: str) -> int:
    """How many items come before the token's page."""
    try:
        arn = base64.urlsafe_b64decode(token.encode()).decode().partition(" ")[2]
    except ValueError:
        return 0
    return sum(item.arn <= arn for item in held)


@FAULTS(PersonalizeBackend, "_page", "ET-PAGE-1", "ET-GRP-14", behind="pages of two items or more")
def last_item_of_a_page_lost(page: Any, held: list[Any], what: str, limit: int | None, token: str | None) -> Any:
    """A page that is not the last drops its last item."""
    items, more = page(held, what, limit, token)
    return (items[:-1] if more and len(items) > 1 else items), more


@FAULTS(PersonalizeBackend, "_page", "ET-PAGE-1", "ET-GRP-14", behind="the third page")
def third_page_is_skipped(page: Any, held: list[Any], what: str, limit: int | None, token: str | None) -> Any:
    """A token that comes after two items or more leads one item too far."""
    if token is not None and _place(held, token) > 1:
        token = page(held, what, 1, token)[1] or token
    return page(held, what, limit, token)


@FAULTS(PersonalizeBackend, "_page", "ET-PAGE-2", "ET-PAGE-5", "ET-GRP-14", behind="the second page")
def last_item_comes_again(page: Any, held: list[Any], what: str, limit: int | None, token: str | None) -> Any:
    """A page begins with the last item of the page before."""
    items, more = page(held, what, limit, token)
    if token is not None and (place := _place(held, token)):
        again = sorted(held, key=lambda item: item.arn)[place - 1]
        items = [again.to_dict(full=False), *items][: limit or None]
    return items, more


@FAULTS(PersonalizeBackend, "_page", "ET-PAGE-3", behind="maxResults of two or more")
def one_more_than_asked(page: Any, held: list[Any], what: str, limit: int | None, token: str | None) -> Any:
    """A page holds one item more than maxResults, from two on."""
    return page(held, what, limit + 1 if limit and limit > 1 else limit, token)


@FAULTS(PersonalizeBackend, "_page", "ET-PAGE-3", behind="maxResults=1")
def one_is_taken_for_unset(page: Any, held: list[Any], what: str, limit: int | None, token: str | None) -> Any:
    """maxResults=1 is taken for no maxResults at all."""
    return page(held, what, None if limit == 1 else limit, token)


@FAULTS(PersonalizeBackend, "_page", "ET-PAGE-3", behind="maxResults on the second page")
def page_size_of_the_first_page_only(
    page: Any, held: list[Any], what: str, limit: int | None, token: str | None
) -> Any:
    """maxResults counts for the first page only."""
    return page(held, what, limit if token is None else None, token)


@FAULTS(PersonalizeBackend, "_page", "ET-PAGE-4", behind="more than 100 items")
def one_endless_page(page: Any, held: list[Any], what: str, limit: int | None, token: str | None) -> Any:
    """Without maxResults all items are on one page, however many."""
    return page(held, what, limit or 10**6, token)


@FAULTS(PersonalizeBackend, "_page", "ET-PAGE-2", "ET-PAGE-5", "ET-GRP-14", behind="the last page")
def last_page_leads_to_the_first(page: Any, held: list[Any], what: str, limit: int | None, token: str | None) -> Any:
    """The last page of several has the token of the first."""
    items, more = page(held, what, limit, token)
    return items, page(held, what, limit, None)[1] if token is not None and more is None else more


@FAULTS(PersonalizeBackend, "_page", "ET-PAGE-5", behind="the third page")
def token_is_not_moved(page: Any, held: list[Any], what: str, limit: int | None, token: str | None) -> Any:
    """From the second page on, the token that was sent comes back."""
    items, more = page(held, what, limit, token)
    return items, token if token is not None and more is not None else more


@FAULTS(PersonalizeBackend, "_page", "ET-PAGE-6")
def any_token_is_the_first_page(page: Any, held: list[Any], what: str, limit: int | None, token: str | None) -> Any:
    """A nextToken that was never handed out is answered with the first page."""
    try:
        return page(held, what, limit, token)
    except InvalidNextTokenException:
        return page(held, what, limit, None)


@FAULTS(PersonalizeBackend, "_page", "ET-PAGE-7", behind="the third page")
def token_of_the_third_page_refused(page: Any, held: list[Any], what: str, limit: int | None, token: str | None) -> Any:
    """A nextToken that the second page handed out is refused."""
    if token is not None and limit is not None and _place(held, token) > limit:
        raise InvalidNextTokenException
    return page(held, what, limit, token)


@FAULTS(PersonalizeBackend, "list_dataset_groups", "ET-PAGE-7", behind="a token used twice in a session")
def token_serves_once(lists: Any, self: PersonalizeBackend, limit: int | None, token: str | None) -> Any:
    """A nextToken of ListDatasetGroups is refused when an equal one was used before, in another walk."""
    if token is not None and count(self, f"token {token}") > 1:
        raise InvalidNextTokenException
    return lists(limit, token)


@FAULTS(PersonalizeBackend, "_page", "ET-PAGE-8", behind="the second page")
def token_of_fixed_length(page: Any, held: list[Any], what: str, limit: int | None, token: str | None) -> Any:
    """A nextToken is padded to 2048 characters."""
    items, more = page(held, what, limit, (token or "").rstrip(".") or token)
    return items, more and more.ljust(2048, ".")


@FAULTS(PersonalizeResponse, "_list_event_trackers", "ET-PAGE-8")
def empty_token_on_the_last_page(lists: Any, self: PersonalizeResponse, params: dict[str, Any]) -> Any:
    """The last page of ListEventTrackers has an empty nextToken."""
    return {"nextToken": ""} | lists(params)


@FAULTS(PersonalizeBackend, "list_dataset_groups", "ET-PAGE-1", "ET-GRP-14", behind="groups made out of order")
def first_page_in_another_order(lists: Any, self: PersonalizeBackend, limit: int | None, token: str | None) -> Any:
    """The first page of ListDatasetGroups is in the order of creation, the next in that of the names."""
    if token is not None or limit is None or limit >= len(self.groups):
        return lists(limit, token)
    self._purge()
    first = list(self.groups.values())[:limit]
    named = f"groups {first[-1].arn}"
    more = any(group.arn > first[-1].arn for group in self.groups.values())
    shown = [group.to_dict(full=False) for group in first]
    return shown, base64.urlsafe_b64encode(named.encode()).decode() if more else None
