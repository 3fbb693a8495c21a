"""The ledger: what each clause stands on, who judges it, which fault breaks it, which recording witnesses it.

Owns the text of ``spec/ledger.txt`` and what is missing from it. All of it is derived; nothing is judged here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from trackstep import spec
from trackstep.emulator.faults import FAULTS
from trackstep.evidence import proved, quote, whereabouts, witness
from trackstep.evidence.proved import Proved
from trackstep.evidence.service_model import plain

FILE = "ledger.txt"
_CHANGES = "changes.txt"
_INTRODUCTION = """\
# What each clause of event-tracker.md stands on. Made by `trackstep spec ledger --write`, never by hand; a test
# compares.
#
#   source    eight digits of the SHA-256 of the words, where they stand, the words (`trackstep spec verify`)
#   inferred  what it is concluded from, where the sources do not say it in so many words
#   recorded  observations of the real service (evidence/recorded.jsonl), as event-tracker.md cites them
#   witness   those in which the judge itself sees the clause kept
#   table     the rows that name it
#   tla       the TLA+ definitions whose comment names it
#   proved    what is named there, which is what statuses decide of the clause, and no more (docs/proved.md): by z3, a
#             promise for any number of groups and trackers; by TLC, module, model and tables as one graph of a few;
#             by exhaustion, that the judge allows what its rows about a status allow; or not: values, pages
#   judged    the functions and tables of the model that can name it in a finding
#   fault     the seeded faults that it is named for (`trackstep faults`, `trackstep selftest`)
#   needs     what a target has to have for it to be seen
"""


class Entry(NamedTuple):
    """All that is known of one clause. ``sources``: digest, source and words of each documented one."""

    clause: spec.Clause
    sources: tuple[tuple[str, str, str], ...]
    inferred: tuple[str, ...]
    recorded: tuple[str, ...]
    witness: tuple[str, ...]
    table: tuple[str, ...]
    tla: tuple[str, ...]
    proved: Proved
    judged: tuple[str, ...]
    faults: tuple[str, ...]


def entries() -> list[Entry]:
    """One for each clause, in the order of event-tracker.md."""
    tables, tla, judge = whereabouts.in_tables(), whereabouts.in_tla(spec.root() / "tla"), whereabouts.in_judge()
    witnesses, proofs = witness.of_clauses(), proved.of_clauses(tla)
    return [
        Entry(
            clause,
            tuple(_sources(clause)),
            tuple(text for kind, text in clause.evidence if kind == "inferred"),
            tuple(number for kind, text in clause.evidence if kind == "recorded" for number in text.split(", ")),
            tuple(witnesses.get(clause.id, ())),
            tuple(tables.get(clause.id, ())),
            tuple(tla.get(clause.id, ())),
            proofs[clause.id],
            tuple(judge.get(clause.id, ())),
            tuple(sorted(name for name, fault in FAULTS.items() if clause.id in fault.clauses)),
        )
        for clause in spec.load().clauses.values()
    ]


def _sources(clause: spec.Clause) -> Iterator[tuple[str, str, str]]:
    """What is documented: each quoted sentence, or all that is said of a source without one."""
    for kind, text in clause.evidence:
        if kind == "documented":
            source, _, words = text.partition(" — ")
            quoted = list(quote.of_bullet(clause.id, text))
            yield from ((one.digest, source, f'"{one.words}"') for one in quoted)
            if not quoted:
                yield quote.digest(words or source), source, words


def gaps(of: list[Entry]) -> list[str]:
    """What a MUST clause lacks, and evidence that is not where it should be, one line each."""
    known = {recording["id"] for recording in spec.recordings()}
    preface, _, _ = (spec.root() / "event-tracker.md").read_text(encoding="utf-8").partition("\n## ")
    excepted = set(re.findall(r"ET-[A-Z]+-\d+", preface))  # "Levels" names the MUST clauses that are only inferred
    facts = plain((spec.root() / "evidence" / "facts.md").read_text(encoding="utf-8"))
    found: list[str] = []
    for entry in of:
        id_, astray = entry.clause.id, [number for number in entry.recorded if number not in known]
        found += [f"{id_} names {number}, which is not in evidence/recorded.jsonl" for number in astray]
        lost = [one.words for one in quote.quotes(entry.clause) if not one.names and plain(one.words) not in facts]
        found += [f'{id_} quotes a page that evidence/facts.md does not: "{words}"' for words in lost]
        if entry.clause.level == "MUST":
            lacking = {
                "source": entry.sources or entry.recorded or (entry.inferred and id_ in excepted),
                "judge": entry.judged,
                "fault": entry.faults,
            }
            found += [f"{id_} has no {what}" for what, there in lacking.items() if not there]
    return found


def text(of: list[Entry]) -> str:
    """What stands in ``spec/ledger.txt``."""
    return "\n".join([_INTRODUCTION, *map(_block, of), _totals(of)])


def _block(entry: Entry) -> str:
    lines = [f"{entry.clause.id}  {entry.clause.level}", f"  {entry.clause.sentence}"]
    rows: list[tuple[str, str]] = [
        *(("source", f"{digest} {source}{f' — {words}' if words else ''}") for digest, source, words in entry.sources),
        *(("inferred", reason) for reason in entry.inferred),
        *([("recorded", " ".join(entry.recorded))] if entry.recorded else []),
        *([("witness", " ".join(entry.witness))] if entry.witness else []),
        *(("table", row) for row in entry.table),
        *([("tla", " ".join(entry.tla))] if entry.tla else []),
        *(("proved", said) for said in entry.proved.lines()),
        *([("judged", " ".join(entry.judged))] if entry.judged else []),
        *([("fault", " ".join(entry.faults))] if entry.faults else []),
        *([("needs", entry.clause.needs)] if entry.clause.needs else []),
    ]
    return "\n".join([*lines, *(f"    {word:9} {said}" for word, said in rows), ""])


def _totals(of: list[Entry]) -> str:
    columns: dict[str, Callable[[Entry], bool]] = {
        "documented": lambda entry: bool(entry.sources),
        "recorded": lambda entry: bool(entry.recorded),
        "witnessed": lambda entry: bool(entry.witness),
        "inferred only": _is_inferred,
        "in TLA+": lambda entry: bool(entry.tla),
        "any number": lambda entry: bool(entry.proved.any_number),
        "small numbers": lambda entry: bool(entry.proved.small_numbers),
        "exhausted": lambda entry: bool(entry.proved.exhausted),
        "judged": lambda entry: bool(entry.judged),
        "fault": lambda entry: bool(entry.faults),
    }
    lines = ["TOTALS     clauses" + "".join(f"{word:>15}" for word in columns)]
    for level in ("MUST", "SHOULD", "tentative"):
        these = [entry for entry in of if entry.clause.level == level]
        counts = [sum(map(counted, these)) for counted in columns.values()]
        shares = "".join(f"{count:>8} {100 * count / len(these):>4.0f} %" for count in counts)
        lines.append(f"{level:10} {len(these):7}{shares}")
    inferred = [entry.clause.id for entry in of if _is_inferred(entry) and entry.clause.level == "MUST"]
    only = f"MUST, inferred only: {' '.join(inferred) or 'none'}"
    return "\n".join([*lines, "", only, "", f"{_CHANGES}: {_score()}"]) + "\n"


def _score() -> str:
    """What came of every change of a row: the last line of the file, which a proof of each makes."""
    return (spec.root() / _CHANGES).read_text(encoding="utf-8").splitlines()[-1]


def _is_inferred(entry: Entry) -> bool:
    return not entry.sources and not entry.recorded
