"""From botocore's service models to a surface.

Owns which parts of ``service-2.json``, ``paginators-1.json`` and ``waiters-2.json`` a caller can see, and what stands
for the ones that a model leaves out. Does not know where the files came from, nor what a difference between two means.

A trait that is not known here is kept as a *mark*, so that a new one is noticed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trackstep.errors import UsageError
from trackstep.operation import CONTROL_PLANE, EVENTS
from trackstep.sdk import sentence
from trackstep.sdk.surface import Surface, checked

COVERS = {"personalize": CONTROL_PLANE, "personalize-events": EVENTS}
"""Service -> the operations of it that the specification covers."""

_SHAPE = {"type", "members", "member", "key", "value", "required", "min", "max", "pattern", "enum"}
_ERROR = {"exception", "error", "fault"}
_OPERATION = {"name", "http", "input", "output", "errors"}
_PROSE = {"documentation", "documentationUrl", "synthetic"}
_AUTH = {"v4": "aws.auth#sigv4"}
"""What newer models spell out as ``auth``, older ones imply."""


@dataclass(frozen=True, slots=True)
class ServiceFiles:
    """The files of one service; None where a file was not to be had."""

    service: Mapping[str, Any]
    paginators: Mapping[str, Any] | None = None
    waiters: Mapping[str, Any] | None = None


def service_name(model: object) -> str:
    """Which covered service a model describes. Raises UsageError where it is no service model, or another's."""
    if not isinstance(model, dict) or not isinstance(model.get("metadata"), dict) or "operations" not in model:
        raise UsageError("it is neither a service model (service-2.json) nor a saved surface")
    prefix = model["metadata"].get("endpointPrefix")
    if not isinstance(prefix, str) or prefix not in COVERS:
        raise UsageError(f"it is the model of {prefix!r}, not of {' or '.join(COVERS)}")
    return prefix


def surface(source: str, files: Mapping[str, ServiceFiles]) -> Surface:
    """The surface that these services offer. Raises UsageError where a model contradicts itself or was damaged."""
    services: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    shapes: dict[str, dict[str, Any]] = {}
    prose: dict[str, str] = {}
    for name, given in sorted(files.items()):
        try:
            services[name] = _service(given)
            offered = {
                each: given.service["operations"][each] for each in COVERS[name] if each in given.service["operations"]
            }
            operations |= {each: _operation(each, name, row, given) for each, row in offered.items()}
            shapes[name] = _shapes(offered, given.service["shapes"])
            for told, text in _prose(offered, shapes[name], given.service["shapes"]):
                prose.setdefault(told, text)
        except (KeyError, TypeError, AttributeError, ValueError) as wrong:
            raise UsageError(f"the model of {name} is damaged: {type(wrong).__name__} {wrong}") from wrong
    return checked(Surface(source, services, operations, shapes, sentence.standing(prose)))


def _service(given: ServiceFiles) -> dict[str, Any]:
    metadata = given.service["metadata"]
    signature = metadata.get("signatureVersion", "")
    return {
        "apiVersion": metadata.get("apiVersion", ""),
        "auth": sorted(metadata.get("auth") or [_AUTH.get(signature, signature)]),
        "endpointPrefix": metadata["endpointPrefix"],
        "jsonVersion": metadata.get("jsonVersion", ""),
        "paginators": given.paginators is not None,
        "protocol": metadata["protocol"],
        "protocols": sorted(metadata.get("protocols") or [metadata["protocol"]]),
        "signingName": metadata.get("signingName") or metadata["endpointPrefix"],
        "targetPrefix": metadata.get("targetPrefix", ""),
        "waiters": given.waiters is not None,
    }


def _operation(name: str, service: str, row: Mapping[str, Any], given: ServiceFiles) -> dict[str, Any]:
    pages = (given.paginators or {}).get("pagination", {}).get(name)
    waiters = (given.waiters or {}).get("waiters", {})
    told = {
        "service": service,
        "method": row["http"]["method"],
        "uri": row["http"]["requestUri"],
        "input": row["input"]["shape"] if "input" in row else None,
        "output": row["output"]["shape"] if "output" in row else None,
        "errors": sorted(error["shape"] for error in row.get("errors", ())),
        "marks": _marks(row, _OPERATION),
        "paginator": pages,
        "waiters": {
            waiter: {part: told for part, told in sorted(how.items()) if part not in _PROSE}
            for waiter, how in sorted(waiters.items())
            if how["operation"] == name
        },
    }
    return _filled(told)


def _filled(row: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is empty: most operations and members have no mark."""
    return {part: told for part, told in row.items() if told is not None and told != [] and told != {}}


def _marks(row: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    return {trait: value for trait, value in sorted(row.items()) if trait not in known | _PROSE and value is not False}


def _references(shape: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The members of a structure; of a list ``[]``, of a map ``{key}`` and ``{value}``."""
    yield from shape.get("members", {}).items()
    for part, told in (("member", "[]"), ("key", "{key}"), ("value", "{value}")):
        if part in shape:
            yield told, shape[part]


def _shapes(offered: Mapping[str, Any], table: Mapping[str, Any]) -> dict[str, Any]:
    """Every shape that an offered operation leads to, each once, however often they refer to each other."""
    to_do = [row[part]["shape"] for row in offered.values() for part in ("input", "output") if part in row] + [
        error["shape"] for row in offered.values() for error in row.get("errors", ())
    ]
    found: dict[str, Any] = {}
    while to_do:
        name = to_do.pop()
        if name not in found:
            found[name] = _shape(name, table[name])
            to_do += [member["shape"] for member in found[name].get("members", {}).values()]
    return found


def _shape(name: str, shape: Mapping[str, Any]) -> dict[str, Any]:
    told = _filled({"type": shape["type"], "marks": _marks(shape, _SHAPE | _ERROR)})
    told |= {limit: shape[limit] for limit in ("min", "max", "pattern") if limit in shape}
    told |= {part: sorted(shape[part]) for part in ("enum", "required") if shape.get(part)}
    if members := dict(_references(shape)):
        told["members"] = {
            member: _filled({"shape": row["shape"], "marks": _marks(row, {"shape"})}) for member, row in members.items()
        }
    if shape.get("exception"):
        declared = shape.get("error", {})
        # https://smithy.io/2.0/spec/http-bindings.html#httperror-trait: 400 and 500 stand for what is not declared.
        status = declared.get("httpStatusCode", 500 if shape.get("fault") else 400)
        told["error"] = {"code": declared.get("code", name), "status": status}
    return told


def _prose(
    offered: Mapping[str, Any], shapes: Mapping[str, Any], table: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """The documentation of each operation; of each shape its own, its members' and that of members of this shape."""
    for name, row in offered.items():
        yield name, row.get("documentation", "")
    said: dict[str, list[str]] = {name: [table[name].get("documentation", "")] for name in shapes}
    for name in sorted(shapes):
        for _, member in _references(table[name]):
            said[name].append(member.get("documentation", ""))
            said[member["shape"]].append(member.get("documentation", ""))
    yield from ((name, " ".join(texts)) for name, texts in said.items())
