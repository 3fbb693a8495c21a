"""botocore's service models of Amazon Personalize: the installed ones, or others given as files.

Owns the reading of ``service-2.json`` and the plain text of its documentation. Knows nothing of clauses.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from trackstep.errors import UsageError

SERVICES = {"Personalize": "personalize", "Personalize Events": "personalize-events"}
"""The ``serviceId`` in a file -> the name under which botocore keeps it."""
KEPT = ("min", "max", "pattern", "enum", "required")
"""What a shape says beside its type and its members."""
NO_ANSWER = {"shape": "None", "type": "structure", "members": {}}
"""The output of an operation that answers with nothing."""
_DEPTH = 12
"""Shapes one in another at most; deeper ones are taken to have no end."""


def plain(text: str) -> str:
    """Documentation without tags, white space folded, quotes and arrows as they are read."""
    text = (
        re.sub(r"<[^>]+>", " ", text).replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&").replace("’", "'")
    )
    return re.sub(r"\s+", " ", re.sub(r"\s+([.,])", r"\1", text)).strip()


class ServiceModel(NamedTuple):
    """The models of both services: ``personalize`` and ``personalize-events``."""

    services: Mapping[str, Mapping[str, Any]]

    def operation(self, name: str) -> Mapping[str, Any] | None:
        """What the models say of an operation, if they have it."""
        return next((s["operations"][name] for s in self.services.values() if name in s["operations"]), None)

    def texts(self, name: str) -> list[list[str]]:
        """For each service that has an operation or a shape of this name, its documentation.

        Of a shape also what its members say, and what is said of members that are of this shape.
        """
        return [list(_said(service, name)) for service in self.services.values() if _has(service, name)]

    def errors(self, operation: str) -> list[str]:
        """The errors that an operation lists and whose shapes there are."""
        for service in self.services.values():
            if operation in service["operations"]:
                listed = service["operations"][operation].get("errors", [])
                return [error["shape"] for error in listed if error["shape"] in service["shapes"]]
        return []

    def constraints(self, operation: str) -> dict[str, Any]:
        """The ``input`` and ``output`` shapes of an operation in the form of ``spec/constraints.json``."""
        service = next((s for s in self.services.values() if operation in s["operations"]), None)
        if service is None:
            return {}
        ends = service["operations"][operation]
        return {
            end: _copied(service["shapes"], ends[end]["shape"], _DEPTH) if end in ends else NO_ANSWER
            for end in ("input", "output")
        }


def _has(service: Mapping[str, Any], name: str) -> bool:
    return name in service["operations"] or name in service["shapes"]


def _said(service: Mapping[str, Any], name: str) -> Iterator[str]:
    shape = service["shapes"].get(name, {})
    yield plain(service["operations"].get(name, shape).get("documentation", ""))
    yield plain(shape.get("pattern", ""))
    for member in shape.get("members", {}).values():
        yield plain(member.get("documentation", ""))
    for other in service["shapes"].values():
        for member in other.get("members", {}).values():
            if member["shape"] == name:
                yield plain(member.get("documentation", ""))


def _copied(shapes: Mapping[str, Any], name: str, depth: int) -> dict[str, Any]:
    given = shapes.get(name)
    if given is None or not depth:
        wrong = "is a shape of itself" if given else "is named and not there"
        raise UsageError(f"the service model is broken: its shape {name} {wrong}")
    copied = {"shape": name, "type": given["type"], **{key: given[key] for key in KEPT if key in given}}
    if given["type"] == "structure":
        members = given.get("members", {})
        copied["members"] = {member: _copied(shapes, of["shape"], depth - 1) for member, of in members.items()}
    if given["type"] == "list":
        copied["member"] = _copied(shapes, given["member"]["shape"], depth - 1)
    return copied


def installed() -> ServiceModel:
    """The models of the installed botocore. Raises UsageError where it has none."""
    from botocore.exceptions import BotoCoreError
    from botocore.loaders import Loader

    try:
        loader = Loader()
        return ServiceModel({name: loader.load_service_model(name, "service-2") for name in SERVICES.values()})
    except (BotoCoreError, ValueError, OSError) as wrong:
        raise UsageError(
            f"the installed botocore has no model of Amazon Personalize ({wrong}); reinstall it"
        ) from wrong


def read(path: Path) -> ServiceModel:
    """The models in a file, or in the files of a folder; a service that is not there is the installed one's.

    Raises UsageError where there is none, or one that cannot be read.
    """
    files = sorted(path.rglob("service-2.json*")) if path.is_dir() else [path]
    found = {name: model for name, model in map(_one, files) if name}
    if not found:
        raise UsageError(f"{path}: no service-2.json of Amazon Personalize; name the file, or the folder that holds it")
    return ServiceModel({**installed().services, **found})


def _one(path: Path) -> tuple[str, dict[str, Any]]:
    """The service that a file describes, "" where it is another's, and what is in it."""
    try:
        packed = path.read_bytes()
        model = json.loads(gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed)
        _read_through(model)
    except OSError as wrong:
        raise UsageError(f"{path}: {wrong.strerror or wrong}") from wrong
    except (ValueError, EOFError, RecursionError) as wrong:
        raise UsageError(f"{path}: not JSON, or gzip of it: {wrong}") from wrong
    except (KeyError, TypeError, AttributeError) as wrong:
        raise UsageError(f"{path}: not a service model: {wrong}") from wrong
    return SERVICES.get(model["metadata"].get("serviceId"), ""), model


def _read_through(model: Any) -> None:
    """Touch what is read later, so that a part that is not there, or not of its type, is noticed at once."""
    hash(model["metadata"].get("serviceId"))
    for operation in model["operations"].values():
        plain(operation.get("documentation", ""))
        for end in (*(operation[end] for end in ("input", "output") if end in operation), *operation.get("errors", ())):
            hash(end["shape"])
    for shape in model["shapes"].values():
        plain(shape.get("documentation", "") + shape.get("pattern", ""))
        members = shape.get("members", {}).values()
        for member in (*members, *((shape["member"],) if shape["type"] == "list" else ())):
            plain(member.get("documentation", ""))
            hash(member["shape"])
