"""What the tests of the SDK surfaces share: service models to spoil, wheels to read."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import botocore
import pytest

from trackstep.sdk import Surface, model

DATA = Path(botocore.__file__).parent / "data"
MODEL = next((DATA / "personalize").glob("*/service-2.json.gz"))
Model = dict[str, Any]
Spoil = Callable[[Model], object]


def service(name: str) -> Model:
    """The installed service-2.json of a service."""
    (file,) = (DATA / name).glob("*/service-2.json.gz")
    loaded: Model = json.loads(gzip.decompress(file.read_bytes()))
    return loaded


def paginators(name: str) -> Model:
    """The installed paginators-1.json of a service."""
    (file,) = (DATA / name).glob("*/paginators-1.json")
    loaded: Model = json.loads(file.read_text(encoding="utf-8"))
    return loaded


def _cut(name: str) -> Model:
    """A model without what is not covered, so that copies of it are cheap."""
    whole = service(name)
    covered = model.surface(name, {name: model.ServiceFiles(whole)}).shapes[name]
    operations = {each: whole["operations"][each] for each in model.COVERS[name]}
    return whole | {"operations": operations, "shapes": {each: whole["shapes"][each] for each in covered}}


MODELS = {name: {"service": _cut(name), "pages": paginators(name), "waiters": {"waiters": {}}} for name in model.COVERS}


def surface(spoil: Spoil = lambda models: None) -> Surface:
    """The surface of the installed models once spoilt. ``spoil`` sees {service: {service, pages, waiters}}."""
    models = deepcopy(MODELS)
    spoil(models)
    return model.surface(
        "a model", {name: model.ServiceFiles(m["service"], m["pages"], m["waiters"]) for name, m in models.items()}
    )


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel as pip takes it, botocore 9.9.9, with the installed models of both services and nothing else."""
    path = tmp_path_factory.mktemp("wheels") / "botocore-9.9.9-py3-none-any.whl"
    about = {
        "METADATA": "Metadata-Version: 2.1\nName: botocore\nVersion: 9.9.9\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in model.COVERS:
            for file in sorted((DATA / name).glob("*/*.json*")):
                archive.write(file, Path("botocore", "data", file.relative_to(DATA)))
        for name, text in about.items():
            archive.writestr(f"botocore-9.9.9.dist-info/{name}", text)
    return path
