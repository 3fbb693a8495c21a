"""What must not come out of an answer into a report: credentials, session tokens and signatures.

Two nets. Where an answer enters, what can be nothing else is taken out of it: our own, however it is spelt, and what
has the form of an access key or of a signature. Where text is shown, what stands beside the name of a secret goes too;
a tag may say ``signature=x``, so that is no net for what is judged. Knows nothing of who sent it.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from trackstep.outcome import Outcome, Wire

MARK = "…"
LEAST = 16
"""Characters from which a value can be a secret: dummies are shorter, and so are accounts that are used as keys."""
TOKEN = 24
"""Characters by which a token is known, also where the rest is cut off."""

_FORMS = (
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    re.compile(r"\bAWS4-(?:HMAC|ECDSA-P256)-SHA256\b.{1,2000}?\bSignature\W{1,20}[0-9a-f]+", re.I | re.S),
)
"""An access key, and an Authorization header as a whole."""
_HINTS = ("AKIA", "ASIA", "aws4-", "AWS4-")
"""Without one of these no form is there, which is quicker to see."""
_NAMED = (
    (re.compile(r"(?<=://)[^/@\s\"']+(?=@)"), MARK),
    (
        re.compile(
            r"(?i)\b(credential|signature|x-amz-security-token|aws_?(?:secret_?access_?key|session_?token))"
            r"([\\\"']*\s*[=:]\s*[\\\"']*)[^\s\\\"'&,]+"
        ),
        rf"\1\2{MARK}",
    ),
)
"""User and password of a URL, and what stands after the name of a secret."""


def redacted(text: str) -> str:
    """Text that is shown, without what could be a secret."""
    for form in _FORMS:
        text = form.sub(MARK, text)
    for secret, instead in _NAMED:
        text = secret.sub(instead, text)
    return text


def _is_hinted(text: str) -> bool:
    return any(hint in text for hint in _HINTS)


def _formless(text: str) -> str:
    if _is_hinted(text):
        for form in _FORMS:
            text = form.sub(MARK, text)
    return text


@dataclass(frozen=True)
class Own:
    """The credentials that requests are signed with: ``values`` of which none may come back. Short ones are none."""

    values: tuple[str, ...] = ()
    signed: list[str] = field(default_factory=list)
    """What the last request was signed with, in its spellings."""

    def sign(self, authorization: str) -> None:
        """Remember what a request was signed with; it replaces what was signed before."""
        signature = authorization.rpartition("Signature=")[2]
        self.signed[:] = [s.lower() for s in (signature, *_encoded(signature))] if len(signature) >= LEAST else []

    @cached_property
    def _known(self) -> re.Pattern[str] | None:
        told = [_spellings(value) for value in self.values if len(value) >= LEAST]
        return re.compile("|".join(told), re.I) if told else None

    def taken_from(self, text: str) -> str:
        """The text without these, and without whatever has the form of a secret."""
        if self._known is not None:
            text = self._known.sub(MARK, text)
        lower = text.lower()
        for value in self.signed:
            if value in lower:
                text = re.sub(re.escape(value), MARK, text, flags=re.I)
                lower = text.lower()
        return _formless(text)

    def wire(self, wire: Wire) -> Wire:
        """An HTTP answer without these."""
        body = self.taken_from(wire.body.decode("latin-1"))
        kept = {self.taken_from(name): self.taken_from(value) for name, value in wire.headers.items()}
        raw = body.replace(MARK, "...").encode("latin-1")
        return replace(wire, headers=kept, body=raw)

    def answer(self, came: Wire | Outcome) -> Wire | Outcome:
        """What came over HTTP, or why nothing did, without these."""
        return self.wire(came) if isinstance(came, Wire) else self.outcome(came)

    def outcome(self, outcome: Outcome) -> Outcome:
        """An answer without these, whoever gave it."""
        return replace(
            outcome,
            result=None if outcome.result is None else self._value(outcome.result),
            code=self.taken_from(outcome.code),
            message=self.taken_from(outcome.message),
            wire=None if outcome.wire is None else self.wire(outcome.wire),
        )

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.taken_from(value)
        if isinstance(value, dict):
            return {self.taken_from(str(key)): self._value(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._value(inner) for inner in value]
        return value


def entering(outcome: Outcome) -> Outcome:
    """An answer of whatever target, without what has the form of a secret."""
    wire = outcome.wire
    if wire is not None and not _is_hinted("\0".join([wire.body.decode("latin-1"), *wire.headers.values()])):
        return outcome
    return _ANYBODY.outcome(outcome)


_ANYBODY = Own()


def _spellings(value: str) -> str:
    """A pattern for a secret as it is, escaped for JSON, URLs or HTML, in base64 and in hex; a token also cut off."""
    start, cut = (value[:TOKEN], r"[A-Za-z0-9+/=%\\_-]*") if len(value) > 2 * TOKEN else (value, "")
    plain = "".join(c if c.isalnum() else _escapes(c) for c in start) + cut
    return "|".join([plain, *map(re.escape, _encoded(value))])


def _encoded(value: str) -> list[str]:
    """What is left of a secret in base64, whatever stands before it there, and in hex."""
    raw, found = value.encode(), [value.encode().hex()]
    for before in range(3):
        spelt = base64.b64encode(bytes(before) + raw).decode().rstrip("=")
        middle = spelt[before and before + 1 : -1]  # the ends hold bits of what stands beside it
        found += [middle, middle.replace("+", "-").replace("/", "_")]
    return found


def _escapes(character: str) -> str:
    code = f"{ord(character):02x}"
    return rf"(?:\\{{0,8}}{re.escape(character)}|%(?:25)*{code}|\\+u00{code}|&#x{code};|&#{ord(character)};)"
