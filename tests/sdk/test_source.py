"""Where surfaces come from, and the one line for each that cannot be read."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.sdk.conftest import MODEL
from trackstep.cli import main
from trackstep.sdk import compare, dumps, source, surface_of


def sdk(*words: str) -> Result:
    """Run ``trackstep sdk``."""
    return CliRunner().invoke(main, ["sdk", *words])


def refused(result: Result, code: int, *told: str) -> None:
    """One clear line on stderr and nothing else."""
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("trackstep: ")
    for word in told:
        assert word in line


def test_a_wheel_is_read_without_being_installed(wheel: Path) -> None:
    """It offers what the installed botocore does, of which it was made."""
    found = surface_of(str(wheel))
    assert found.source == "botocore 9.9.9"
    assert compare(found, surface_of("installed")).differences == ()


def test_a_directory_is_read(wheel: Path, tmp_path: Path) -> None:
    """A botocore that is unpacked, or installed for another Python."""
    zipfile.ZipFile(wheel).extractall(tmp_path)
    assert compare(surface_of(str(tmp_path)), surface_of("installed")).differences == ()


def test_one_service_model_alone_is_compared_as_far_as_it_goes(tmp_path: Path) -> None:
    """What it says nothing of is told, and is no difference."""
    alone = tmp_path / "service-2.json"
    alone.write_bytes(gzip.decompress(MODEL.read_bytes()))
    done = sdk("diff", str(alone), "installed")
    assert done.exit_code == 0
    assert "personalize-events was not compared: service-2.json has no model of it" in done.stdout
    assert "the paginators of personalize were not compared" in done.stdout
    assert "no difference" in done.stdout


def test_one_service_model_is_read_with_the_paginators_beside_it() -> None:
    """As they stand in botocore's own directory."""
    done = sdk("diff", str(MODEL), "installed")
    assert "paginators" not in done.stdout
    assert "personalize-events was not compared" in done.stdout


def test_a_release_is_fetched_with_pip(wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real pip, and a directory in the place of the index; one that is not there is told in one line."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    done = sdk("diff", "botocore==9.9.9", "installed")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("botocore 9.9.9 → botocore ")
    refused(sdk("diff", "botocore==99.0.0", "installed"), 2, "botocore==99.0.0", "pip index versions botocore")


def test_an_index_that_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no mistake of the user's: exit code 3."""
    for name, value in {"INDEX_URL": "http://127.0.0.1:9/", "RETRIES": "1", "FIND_LINKS": ""}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    refused(sdk("diff", "botocore==9.9.9", "installed"), 3, "cannot reach the package index")


BAD: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "cut.json.gz": (MODEL.read_bytes()[:4000], ("no whole JSON file",)),
    "cut.json": (gzip.decompress(MODEL.read_bytes())[:4000], ("no whole JSON file",)),
    "empty.json": (b"", ("no whole JSON file",)),
    "deep.json": (b"[" * 200_000, ("no whole JSON file",)),
    "list.json": (b"[1]", ("neither a service model", "nor a saved surface")),
    "foreign.json": (b'{"metadata": {"endpointPrefix": "s3"}, "operations": {}}', ("the model of 's3'", "personalize")),
    "list-for-name.json": (b'{"metadata": {"endpointPrefix": []}, "operations": {}}', ("the model of []",)),
    "hollow.json": (
        b'{"metadata": {"endpointPrefix": "personalize", "protocol": "json"}, "operations": {"TagResource": {}}}',
        ("the model of personalize is damaged",),
    ),
    "newer.json": (b'{"format": 2, "operations": {}}', ("format 2", "upgrade trackstep")),
    "older.json": (b'{"format": null, "operations": {}}', ("format None",)),
    "torn.json": (b'{"format": 1, "operations": {}}', ("no whole surface",)),
    "cut.whl": (b"PK\x03\x04 and no more", ("cannot be read as a wheel",)),
    "surface.whl": (b"{}", ("cannot be read as a wheel",)),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_told_in_one_line(name: str, tmp_path: Path) -> None:
    """Truncated, foreign, of a newer format, no wheel: exit code 2, and the file is named."""
    content, told = BAD[name]
    (tmp_path / name).write_bytes(content)
    refused(sdk("diff", str(tmp_path / name), "installed"), 2, name, *told)
    refused(sdk("surface", str(tmp_path / name)), 2, name, *told)


def test_a_wheel_without_the_service(tmp_path: Path) -> None:
    """As botocore was before June 2019, and as any other wheel is."""
    path = tmp_path / "other-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("other/data/s3/2006-03-01/service-2.json", "{}")
    refused(sdk("diff", "spec", str(path)), 2, path.name, "no service model of personalize")


def test_a_file_that_is_endless_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bomb in a wheel, or gzipped, is refused at the limit."""
    monkeypatch.setattr(source, "SIZE", 2**20)
    (tmp_path / "bomb.json.gz").write_bytes(gzip.compress(b" " * 2**21))
    refused(sdk("diff", str(tmp_path / "bomb.json.gz"), "spec"), 2, "more than 1 MB")
    path = tmp_path / "bomb-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("botocore/data/personalize/2018-05-22/service-2.json", b" " * 2**21)
    refused(sdk("diff", str(path), "spec"), 2, "more than 1 MB")


def test_shapes_nested_without_end_are_refused(tmp_path: Path) -> None:
    """Thousands of shapes, each in the last, are no service model."""
    document = json.loads(dumps(surface_of("installed")))
    shapes = document["shapes"]["personalize"]
    for depth in range(3000):
        shapes[f"S{depth}"] = {"type": "structure", "members": {"x": {"shape": f"S{depth + 1}"}}}
    shapes["S3000"] = {"type": "string"}
    document["operations"]["TagResource"]["input"] = "S0"
    path = tmp_path / "deep.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    refused(sdk("diff", str(path), str(path)), 2, "nested too deeply")


def test_a_word_that_names_nothing() -> None:
    """What can be named is listed."""
    refused(sdk("diff", "nosuch", "spec"), 2, "'nosuch'", "installed", "spec", "botocore==")


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    """The same one line."""
    refused(sdk("surface", "--out", str(tmp_path / "no" / "file.json")), 2, "cannot be written")
