"""Uniform random: each step draws one of the twelve operations, then each of its values, all equally likely."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from trackstep.search.session import BudgetSpent, Session

from . import values


def _text(chance: random.Random, least: int) -> str:
    return "".join(chance.choices(values.LETTERS, k=chance.randint(least, values.TEXT_LENGTH)))


def _key(chance: random.Random) -> str:
    return chance.choice(values.KEYS) if chance.random() < 0.5 else _text(chance, 1)


def _draw(chance: random.Random, field: str) -> Any:
    if field == "tags":
        keys = dict.fromkeys(_key(chance) for _ in range(chance.randint(0, 3)))
        return [{"tagKey": key, "tagValue": _text(chance, 0)} for key in keys]
    if field == "keys":
        return [_key(chance) for _ in range(chance.randint(0, 2))]
    return chance.choice(values.POOLS[field])


def explore(start: Callable[[], Session], number: int) -> None:
    """Walk at random until the budget is spent or the hunt has enough; a new session every fifty steps."""
    chance = random.Random(number)
    operations = list(values.FIELDS)
    with suppress(BudgetSpent):
        while True:
            session = start()
            for command in values.FIRST:
                session.perform(command)
            for _ in range(values.STEPS):
                operation = chance.choice(operations)
                choice = {field: _draw(chance, field) for field in values.FIELDS[operation]}
                odd = chance.choice(values.ODD[operation]) if chance.randrange(values.ODD_ONE_IN) == 0 else None
                for command in values.commands(operation, choice, odd):
                    session.perform(command)
