"""Where surfaces come from: a word of the command line becomes a surface.

    installed            the botocore that this Python imports
    spec                 the specification's own surface, spec/surface.json
    botocore==1.24.36    a release, fetched with pip as a wheel and never installed
    FILE.whl             a wheel that is already here
    FILE.json, .json.gz  a saved surface, or one raw service-2.json (paginators are read where they stand beside it)
    DIRECTORY            a botocore that is unpacked or installed elsewhere

Owns fetching and reading. Whatever is wrong with a source is a UsageError of one line (exit 2); a package index that
cannot be reached is a TargetError (exit 3). What is read is data: nothing of it is run, and it is read up to a limit.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from trackstep import spec
from trackstep.errors import TargetError, UsageError
from trackstep.sdk import model
from trackstep.sdk.surface import Surface, is_saved, loads

SIZE = 64 * 2**20
"""Bytes of one file, unpacked. A service model has a few hundred thousand."""
PIP_SECONDS = 300
_RELEASE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?==[A-Za-z0-9][A-Za-z0-9.!+_-]*")
_MODEL = re.compile(
    r"(?:^|/)(?P<service>personalize|personalize-events)/(?P<version>\d{4}-\d\d-\d\d)/"
    r"(?P<kind>service-2|paginators-1|waiters-2)\.json(?:\.gz)?$"
)
Read = Callable[[str], bytes]


def surface_of(word: str) -> Surface:
    """The surface that a word of the command line names. Raises UsageError or TargetError, each of one line."""
    if word == "installed":
        return installed()
    if word == "spec":
        return _file(spec.root() / "surface.json")
    if _RELEASE.fullmatch(word):
        return _release(word)
    path = Path(word)
    if path.is_dir():
        return _directory(path)
    if not path.is_file():
        raise UsageError(
            f"{word!r} is no file and no directory; name one, or `installed`, `spec`, or a release: botocore==1.24.36"
        )
    return _wheel(path) if path.suffix == ".whl" or zipfile.is_zipfile(path) else _file(path)


def installed() -> Surface:
    """The surface of the botocore that this Python imports."""
    import botocore

    found = _directory(Path(botocore.__file__).parent / "data")
    return Surface(f"botocore {botocore.__version__}", found.services, found.operations, found.shapes, found.quotes)


def _release(requirement: str) -> Surface:
    with tempfile.TemporaryDirectory() as directory:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
        command += ["--no-deps", "--only-binary", ":all:", "--dest", directory, requirement]
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=PIP_SECONDS
            )
        except subprocess.TimeoutExpired:
            raise TargetError(f"pip did not fetch {requirement} within {PIP_SECONDS} s; try again") from None
        wheels = sorted(Path(directory).glob("*.whl"))
        if done.returncode == 0 and wheels:
            return _wheel(wheels[0])
        raise _refused(requirement, done.stderr)


def _refused(requirement: str, told: str) -> UsageError | TargetError:
    if "No module named pip" in told:
        return TargetError("this Python has no pip to fetch a release with; fetch the wheel yourself and name the file")
    if re.search(r"Retrying \(|Could not fetch URL|NewConnectionError|Name or service not known", told):
        return TargetError(f"pip cannot reach the package index for {requirement}; fetch the wheel and name the file")
    if "No matching distribution" in told:
        name = requirement.partition("==")[0]
        return UsageError(f"pip finds no wheel of {requirement}; `pip index versions {name}` lists what there is")
    last = next((line for line in reversed(told.splitlines()) if line.strip()), "it said nothing")
    return TargetError(f"pip could not fetch {requirement}: {last.removeprefix('ERROR: ')}")


def _wheel(path: Path) -> Surface:
    try:
        with zipfile.ZipFile(path) as archive:

            def read(name: str) -> bytes:
                with archive.open(name) as file:
                    return _limited(file.read(SIZE + 1), name)

            name, version = [*path.name.split("-"), "?"][:2]
            return _gathered(f"{name} {version}", path.name, archive.namelist(), read)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as wrong:
        raise UsageError(f"{path.name} cannot be read as a wheel: {wrong}") from wrong


def _directory(path: Path) -> Surface:
    names = [str(file.relative_to(path)) for file in path.glob("**/personalize*/*/*.json*")]
    return _gathered(path.name, str(path), names, lambda name: _limited((path / name).read_bytes(), name))


def _gathered(source: str, place: str, names: Iterable[str], read: Read) -> Surface:
    """The newest API version of each covered service among these files, as one surface."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for name in sorted(names):
        if part := _MODEL.search(name.replace("\\", "/")):
            found.setdefault(part["service"], {}).setdefault(part["version"], {})[part["kind"]] = name
    files: dict[str, model.ServiceFiles] = {}
    for service, versions in found.items():
        kinds = versions[max(versions)]
        if "service-2" in kinds:
            parsed = {kind: _parsed(read(name), f"{name} of {place}") for kind, name in kinds.items()}
            files[service] = _files(parsed)
    if not files:
        raise UsageError(f"{place} has no service model of {' or '.join(model.COVERS)}; name a botocore that has one")
    return _made(source, place, files)


def _files(parsed: dict[str, Any]) -> model.ServiceFiles:
    # Where a whole botocore is at hand, a file that is not there says that there are none.
    return model.ServiceFiles(parsed["service-2"], parsed.get("paginators-1", {}), parsed.get("waiters-2", {}))


def _file(path: Path) -> Surface:
    try:
        raw = path.read_bytes()
    except OSError as wrong:
        raise UsageError(f"{path} cannot be read: {wrong.strerror}") from wrong
    document = _parsed(_limited(raw, path.name), str(path))
    if is_saved(document):
        return loads(document, str(path))
    try:
        service = model.service_name(document)
    except UsageError as wrong:
        raise UsageError(f"{path} cannot be compared: {wrong}") from wrong
    beside = {
        file.name.partition(".")[0]: _parsed(_limited(file.read_bytes(), file.name), str(file))
        for kind in ("paginators-1", "waiters-2")
        for file in sorted(path.parent.glob(f"{kind}.json*"))
    }
    if "paginators-1" not in beside:  # it stands alone: nothing is known of paginators
        return _made(path.name, str(path), {service: model.ServiceFiles(document)})
    return _made(path.name, str(path), {service: _files({"service-2": document, **beside})})


def _made(source: str, place: str, files: dict[str, model.ServiceFiles]) -> Surface:
    try:
        return model.surface(source, files)
    except UsageError as wrong:
        raise UsageError(f"{place}: {wrong}") from wrong


def _limited(raw: bytes, name: str) -> bytes:
    if len(raw) > SIZE:
        raise UsageError(f"{name} has more than {SIZE >> 20} MB; that is no service model")
    return raw


def _parsed(raw: bytes, name: str) -> Any:
    """A JSON document, gunzipped where it must be."""
    try:
        if raw[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=io.BytesIO(raw)) as file:
                raw = _limited(file.read(SIZE + 1), name)
        return json.loads(raw)
    except (ValueError, RecursionError, EOFError, zlib.error, OSError) as wrong:
        raise UsageError(f"{name} is no whole JSON file: {type(wrong).__name__} {wrong}".splitlines()[0]) from wrong
