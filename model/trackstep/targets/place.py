"""Where a URL leads: to this machine, or away from it.

Owns what counts as loopback, and the one line for a URL that leads elsewhere without ``--remote``: a check creates and
deletes, and must never do so by mistake in somebody's account. Sends nothing; a name is asked of the resolver.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from trackstep.errors import UsageError

if TYPE_CHECKING:
    from trackstep.targets import TargetOptions

AWS = re.compile(r"(?:.*\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws)\.?", re.I)
"""Hosts of the real service."""
_WRITTEN = re.compile(r"https?://[^\s\\@?#/]+/?[^\s\\@?#]*", re.I | re.A)
"""What a URL may look like: without user, backslash and query, no two readers take different hosts from it."""


def host_of(url: str | None) -> str:
    """The host of a URL that may be sent to; empty for anything else."""
    try:
        parts = urlsplit(url or "")
        good = _WRITTEN.fullmatch(url or "") and parts.port != 0
    except ValueError:  # a port that is none, or brackets that do not match
        good = None
    return (parts.hostname or "") if good else ""


def is_loopback(url: str | None) -> bool:
    """Whether a URL leads to this machine: 127.0.0.0/8, ::1, localhost, or a name that resolves to nothing else."""
    host = host_of(url)
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        pass
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None)} if host else set[str]()
        return bool(found) and all(ipaddress.ip_address(address.split("%")[0]).is_loopback for address in found)
    except (OSError, ValueError):  # no such name, or one that cannot be asked for
        return False


def permit(options: TargetOptions) -> None:
    """Raise UsageError for an endpoint that is not on this machine, unless ``remote`` says that it is meant."""
    urls = [url for url in (options.endpoint_url, options.events_endpoint_url) if url]
    away = next((url for url in urls if not is_loopback(url)), None)
    if away is not None and host_of(away) and not options.remote:
        raise UsageError(refusal(away))


def refusal(url: str) -> str:
    """The one line for a place that is not on this machine."""
    return f"{url} is not on this machine, and a check creates and deletes there; add --remote if that is meant"
