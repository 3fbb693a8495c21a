"""What is generated: references at each place, tokens, long lives, woven histories; and a last look at all of it."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from trackstep import program, spec
from trackstep.oracle import constraint
from trackstep.oracle.case import case
from trackstep.program import SETTLE, TOKENS, WALK, Command
from trackstep.search import imagine, lasting, malformed, neighbour, plan, reference, systematic, vocabulary
from trackstep.search.budget import Budget
from trackstep.search.run import Run, Settings
from trackstep.search.session import Patience, Session
from trackstep.search.vocabulary import NAMED_BY
from trackstep.search.weave import STRENGTH, Weave, alphabet
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget
from trackstep.value import name_of

GENERATORS: dict[str, Callable[[], Iterator[Command]]] = {
    "values": lambda: systematic.each_value(range(4)),
    "texts": systematic.each_text_of_a_tag,
    "references": lambda: reference.each_reference(True),
    "tokens": lambda: reference.each_token(True),
    "near names": neighbour.each_near_name,
    "twins": neighbour.each_twin,
    "failed creations": lasting.each_failed,
    "at the limit": lasting.at_the_limit,
    "near misses": neighbour.each_near_miss,
    "near operations": neighbour.each_near_operation,
    "observers": lasting.each_observer,
    "bystanders": neighbour.each_bystander,
    "writes in between": lasting.each_write_in_between,
    "malformed": plan.each_malformed,
    "lives of a tracker": lasting.lives_of_a_tracker,
    "lives of a group": lasting.lives_of_a_group,
    "many times": lasting.many_times,
    "totals": lasting.each_total,
    "page sizes": lasting.each_size,
}
MUST = {clause.id for clause in spec.load().clauses.values() if clause.level == "MUST"}


@pytest.mark.parametrize("name", GENERATORS)
def test_generated_commands_are_programs(name: str) -> None:
    """Each is read back from its text as it was: it can be saved, replayed and made shorter."""
    for command in GENERATORS[name]():
        assert program.parse(str(command)) == [command]


@pytest.mark.parametrize("name", GENERATORS)
def test_the_model_contradicts_nothing_that_is_generated(name: str) -> None:
    """What the model answers is allowed; only Lists, which it does not answer, are left out."""
    session = Session(imagine.Imagined(), "imagined", Budget(10**5, 300.0), Patience(1.0))
    for command in GENERATORS[name]():
        if command.name != WALK and not command.name.startswith("List"):
            broken = {finding.clause for finding in session.perform(command)}
            assert not broken & MUST, command


def test_each_reference__stands_at_each_place() -> None:
    """Every operation is asked about every part of a slot, and both tokens, at each member that names something."""
    given = {
        (c.name, key, value)
        for c in reference.each_reference(True)
        for key, value in c.params.items()
        if key in NAMED_BY
    }
    for name in constraint.shapes():
        for place in reference.places(name):
            for part in (
                "$P.arn",
                "$P.tracker",
                "$P.id",
                "$R.arn",
                "$2.P.arn",
                *(f"${token}" for token in TOKENS.values()),
            ):
                if part[3:] in NAMED_BY[place] or part.startswith(("$P", "$all")):
                    living = name.startswith("Delete") and part.startswith("$P.")
                    assert living or (name, place, part) in given, (name, place, part)


def test_each_page_size_is_asked() -> None:
    """maxResults takes every value from 1 to 100."""
    asked = {c.params.get("maxResults") for c in lasting.each_size()}
    assert asked >= set(range(1, 101))


def woven(seed: int, length: int, met: Counter[tuple[str, ...]]) -> list[str]:
    """The commands of a weave on the model."""
    session = Session(imagine.Imagined(), "imagined", Budget(10**5, 300.0), Patience(1.0))
    made = []
    for command in Weave(session, met, random.Random(seed)).commands(length):
        made.append(str(command))
        if not command.name.startswith(("Walk", "List")):
            session.perform(command)
    return made


def test_weave__meets_each_write_and_many_tuples() -> None:
    """Sixty writes hold each of the alphabet, and hardly any three in a row twice; one seed, one weave."""
    met: Counter[tuple[str, ...]] = Counter()
    made = woven(1, 60, met)
    assert made == woven(1, 60, Counter())
    assert {one[0].partition(" ")[0] for one in met} >= {word.partition(" ")[0] for word in alphabet(0)}
    triples = [times for tuple_, times in met.items() if len(tuple_) == STRENGTH]
    assert sum(times == 1 for times in triples) > 0.9 * len(triples)


def test_a_run_looks_at_all_it_made_before_it_ends() -> None:
    """Each slot of each history is described, listed and has its tags listed at the end."""
    target = EmulatorTarget(TargetOptions())
    run = Run(target, Settings(max_calls=10**6))
    session = run.session(lambda: "test")
    for command in systematic.made("A"):
        session.perform(command)
    before = len(session.steps)
    for _ in run._look():
        pass
    target.close()
    names = {step.operation.name for step in session.steps[before:]}
    shown = {c.params.get("operation", c.name) for several in vocabulary.looks("A", False, 0).values() for c in several}
    assert names == shown


NEARLY_THE_SAME: dict[str, Callable[[str], str]] = {
    "case": str.lower,
    "signs": lambda name: name.replace("_", "-"),
    "signs in a row": lambda name: name.replace("--", "-"),
    "zeros": lambda name: name.replace("0", ""),
    "all but letters and digits": lambda name: "".join(filter(str.isalnum, name)),
    "the last letter": lambda name: name[:-1],
    "a last sign": lambda name: name.rstrip("-"),
}
"""What some store takes for one name."""


@pytest.mark.parametrize("step", NEARLY_THE_SAME)
def test_each_near_name__some_differ_by_this_step_only(step: str) -> None:
    """Two groups are there at once that a store which does not mind it takes for one."""
    names = [name_of(slot, "ts00001") for slot in neighbour.NEAR]
    assert len(set(names)) == len(names)
    assert Counter(map(NEARLY_THE_SAME[step], names)).most_common(1)[0][1] > 1


@pytest.mark.parametrize("good", [g for g in plan.GOOD if g.name.startswith(("Create", "Tag", "Untag"))], ids=str)
def test_each_malformed__is_asked_before_it_is_made_right(good: Command) -> None:
    """What is refused beyond doubt comes first, then what is doubtful, then the request as it should be."""
    asked, session = list(plan.each_malformed()), imagine.session()
    spoilt = [command for command in asked[: asked.index(good)] if command.name == good.name]
    broken = [case(session.judgement.world, session.operation(command)).violations for command in spoilt]
    firm = [any(sure for _, sure in several) for several in broken]
    assert firm.count(True) >= 5
    assert firm == sorted(firm, reverse=True)


@pytest.mark.parametrize("name", ["CreateDatasetGroup", "CreateEventTracker", "TagResource", "UntagResource"])
def test_each_near_miss__is_to_be_refused(name: str) -> None:
    """One letter is wrong, and the judge knows it; one request of each is as it should be."""
    session = imagine.session()
    asked = [command for command in neighbour.each_near_miss() if command.name == name]
    good = [c for c in asked if not case(session.judgement.world, session.operation(c)).violations]
    assert len(asked) > 10
    assert len(good) == 1


def test_each_observer__is_the_only_one() -> None:
    """From each Create to the events nothing is asked but one operation, and each that shows anything has its turn."""
    asked = list(lasting.each_observer())
    begun = [n for n, c in enumerate(asked) if c.name == "CreateEventTracker" and asked[n - 1].name == SETTLE]
    seen = [{c.params.get("operation", c.name) for c in asked[n + 1 : n + 1 + lasting.SEEN]} for n in begun[1:]]
    assert all(len(one) == 1 for one in seen)
    assert set.union(*seen) >= {
        "DescribeEventTracker",
        "ListEventTrackers",
        "ListTagsForResource",
        "PutEvents",
        "DescribeDatasetGroup",
    }


@pytest.mark.parametrize("member", ["sentAt", "eventValue", "itemId"])
def test_every__items_of_one_list_differ_in_both_directions(member: str) -> None:
    """The second has more than the first in one request, and less in another."""
    lists = [c.params["eventList"] for c in vocabulary.every("PutEvents", "V")]
    both = [
        (some[0][member], some[1][member]) for some in lists if len(some) == 2 and all(member in one for one in some)
    ]
    assert any(first < second for first, second in both)
    assert any(first > second for first, second in both)


def test_every__a_second_item_has_all_members_that_a_first_may_have() -> None:
    """Nested ones too."""
    lists = [c.params["eventList"] for c in vocabulary.every("PutEvents", "V")]
    assert {key for some in lists if len(some) == 2 for key in some[1]} == {key for some in lists for key in some[0]}


WRITES = (
    "CreateEventTracker",
    "DeleteEventTracker",
    "TagResource",
    "UntagResource",
    "CreateDatasetGroup",
    "DeleteDatasetGroup",
)


def test_each_bystander__one_way_to_look_after_each_write() -> None:
    """After each write to the one, each way to look at the other is once the first since that write."""
    asked, seen = list(neighbour.each_bystander()), set[tuple[str, str]]()
    for write, look in itertools.pairwise(asked):
        if vocabulary.slot_of(write) == "BW" and write.name in WRITES:
            seen.add((write.name, str(look)))
    looks = [str(look[0]) for look in vocabulary.looks("BY", False, 0).values()]
    assert seen >= set(itertools.product(WRITES, looks))


def test_each_write_in_between__nothing_comes_before_it() -> None:
    """Each write follows each Create and each Delete at once: a look would have moved the status."""
    seen = {(begun.name, write.name) for begun, write in itertools.pairwise(lasting.each_write_in_between())}
    for kind in ("EventTracker", "DatasetGroup"):
        for write in (
            "PutEvents",
            "TagResource",
            "UntagResource",
            "CreateEventTracker",
            f"Create{kind}",
            f"Delete{kind}",
        ):
            assert {(f"Create{kind}", write), (f"Delete{kind}", write)} <= seen


def test_twins__differ_in_all_that_may_be_given() -> None:
    """The two of one name have another domain and other tags, where they have any."""
    asked = [c for c in neighbour.each_twin() if c.name == "CreateDatasetGroup"]
    here, there = ([c.params for c in asked if c.second == second] for second in (False, True))
    for name in ("domain", "tags"):
        assert {str(params[name]) for params in here}.isdisjoint(str(params[name]) for params in there)


@pytest.mark.parametrize(
    ("label", "like"),
    [
        ("name missing", "{\"NAME\": "), ("datasetGroupArn missing", "dataset_group_arn"),
        ("eventList[].sentAt far away", "8589934592"),
        ("maxResults out of range", "9223372036854775808"), ("userId with a zero character", "\\u0000"),
        ("eventList[].sentAt of the wrong type", "2023-11-14"), ("domain of no enumeration", '"domain": ""'),
    ],
)  # fmt: skip
def test_malformed__as_others_write_it(label: str, like: str) -> None:
    """Members in another case, numbers beyond a width, moments in a text: each is among the ways to spoil a request."""
    spoilt = [each for good in plan.GOOD for each in malformed.spoilt(good) if each.label == label]
    assert any(like in str(each.command) for each in spoilt), [str(each.command) for each in spoilt]


def test_malformed__a_role_is_spoilt_beside_a_key() -> None:
    """Or the lack of the key would be what is refused."""
    spoilt = malformed.spoilt(vocabulary.dull("CreateDatasetGroup", "A"))
    roles = [each.command.params for each in spoilt if each.label == "roleArn unlike its pattern"]
    assert roles
    assert all(
        not constraint.violations("CreateDatasetGroup", {"name": "a", "kmsKeyArn": r["kmsKeyArn"]}) for r in roles
    )
