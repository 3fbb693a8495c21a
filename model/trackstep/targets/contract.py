"""Does a driver keep its contract (docs/targets.md)? It is asked every probe, against a service that plays along.

Owns the order of things, and what becomes of a driver that dies on the way. What is asked and expected: probe.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import NamedTuple

from trackstep.errors import TargetError
from trackstep.targets import protocol
from trackstep.targets.child import Child
from trackstep.targets.probe import PROBES
from trackstep.targets.scripted import service


class Verdict(NamedTuple):
    """Whether a rule holds; ``wrong`` says in one line why not."""

    sentence: str
    wrong: str = ""


def check(command: Sequence[str], call_timeout: float = 1.0, patience: float = 10.0) -> Iterator[Verdict]:
    """Hold a driver to every rule. Raises TargetError where it does not start, or not again after it died.

    ``call_timeout``: seconds that its SDK may wait for the service, since one call is never answered; ``patience``:
    seconds that the driver may take for any call.
    """
    with service() as scripted:
        urls = scripted.urls
        environment = protocol.environment(urls["personalize"], urls["personalize-events"], call_timeout)
        child = Child(command, environment)
        try:
            yield Verdict(f"says hello: {child.hello}")
            for probe in PROBES:
                scripted.reply = probe.reply
                scripted.seen.clear()
                try:
                    given = child.ask(probe.operation, patience, parsed=True)
                except TargetError as wrong:
                    yield from (Verdict(rule.sentence, str(wrong)) for rule in probe.rules)
                    child = Child(command, environment)
                    continue
                seen = list(scripted.seen)
                yield from (Verdict(rule.sentence, rule.judge(given, seen)) for rule in probe.rules)
        finally:
            child.close(0.0)
        yield Verdict("ends by itself, with exit code 0, when its standard input does", _ending(command, environment))


def _ending(command: Sequence[str], environment: dict[str, str]) -> str:
    with closing(Child(command, environment)) as child:
        code = child.ends()
    return "" if code == 0 else "it lives on" if code is None else f"its exit code is {code}"
