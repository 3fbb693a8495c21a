"""Signature Version 4 as the server sees it: what a signature is about, and whether it is right.

Owns the reading and the sum, from the documentation and not from an SDK:
docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html. Knows nothing of calls.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import NamedTuple

from trackstep.gate.endpoint import Exchange

_AUTHORIZATION = re.compile(
    r"(\S+) Credential=([^/,]*)/(\d*)/([^/,]*)/([^/,]*)/([^/,]*),\s*SignedHeaders=([^,]*),\s*Signature=(\S*)"
)


class Signed(NamedTuple):
    """An Authorization header taken apart; ``end`` should be ``aws4_request``. Unsigned is ``Signed()``."""

    algorithm: str = ""
    key: str = ""
    day: str = ""
    region: str = ""
    service: str = ""
    end: str = ""
    names: str = ""
    signature: str = ""

    @property
    def headers(self) -> list[str]:
        """The names of the signed headers, in order."""
        return [name for name in self.names.split(";") if name]


def read(exchange: Exchange) -> Signed:
    """What the signature of a request is about."""
    found = _AUTHORIZATION.fullmatch(exchange.headers.get("authorization", ""))
    return Signed(*found.groups()) if found else Signed()


def signature(exchange: Exchange, secret: str) -> str:
    """The signature that the request should have, given what it says it is about."""
    signed = read(exchange)
    path, _, query = exchange.path.partition("?")
    lines = [f"{name}:{' '.join(exchange.headers.get(name, '').split())}\n" for name in signed.headers]
    body = hashlib.sha256(exchange.body).hexdigest()
    canonical = "\n".join((exchange.method, path, query, "".join(lines), signed.names, body))
    scope = f"{signed.day}/{signed.region}/{signed.service}/{signed.end}"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join((signed.algorithm, exchange.headers.get("x-amz-date", ""), scope, digest))
    key = f"AWS4{secret}".encode()
    for part in (signed.day, signed.region, signed.service, signed.end):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()
