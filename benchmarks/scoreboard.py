"""The scoreboard: reports/README.md from reports/results/, and how each of these results is made.

    python -m benchmarks.scoreboard                  # write reports/README.md from the committed results
    python -m benchmarks.scoreboard run              # make every result again, then the same
    python -m benchmarks.scoreboard run ministack    # only this one

``run`` installs what it measures from PyPI, each into an environment of its own that is deleted again, starts it on a
free loopback port where it is a server, and holds it to the specification with ``trackstep check``. What is kept of
a report is what ``trackstep.results.result.slim`` keeps. Nothing of this is run by the tests but ``readme``.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trackstep.reporting import matrix_markdown
from trackstep.results.matrix import Matrix
from trackstep.results.result import read, slim

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "reports" / "results"
README = ROOT / "reports" / "README.md"
NOWHERE = "http://127.0.0.1:9"
"""Where what is mocked in process would send to, if it sent anything."""
DRIVER = "benchmarks/mockmesh_driver.py"
INTRODUCTION = """\
What `trackstep check` found on emulators of AWS that anybody can install. This page is made by `make scoreboard` from
[results/](results/README.md), which says how each result was made. [docs/comparing.md](../docs/comparing.md) says how
to read it, and how to make such a page of your own targets.
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One target: how it is installed, started and checked.

    ``installs`` is what pip gets (empty: the environment that runs this). In ``serves`` and ``checks``, {bin} is
    where the programs of that environment are, {port} a free port and {root} this repository.
    """

    name: str
    title: str
    package: str
    installs: str = ""
    serves: str = ""
    checks: str = "--endpoint-url http://127.0.0.1:{port}"
    environment: Mapping[str, str] | None = None


MEASURED = (
    Measured("emulator", "embedded emulator {version}, in process", "trackstep", checks="--target emulator"),
    Measured(
        "emulator-http", "embedded emulator {version}, over HTTP", "trackstep",
        checks="--target served --progression time --seconds 0.02",
    ),
    Measured(
        "mockmesh", "MockMesh {version}, in process", "mockmesh-aws", installs="mockmesh-aws==0.2.0",
        checks=f"--target stdio --command '{{bin}}/python {{root}}/{DRIVER}' --endpoint-url {NOWHERE} --max-time 90",
    ),
    Measured("moto", "moto {version}, in process", "moto", checks="--target moto"),
    Measured("moto-server", "moto {version}, moto_server", "moto", serves="{bin}/moto_server -p {port}"),
    Measured(
        "moto-ext", "moto-ext {version} (LocalStack's moto), moto_server", "moto-ext",
        installs="moto-ext[server]==5.1.54", serves="{bin}/moto_server -p {port}",
    ),
    Measured(
        "ministack", "MiniStack {version}", "ministack", installs="ministack==1.5.33", serves="{bin}/ministack",
        environment={"GATEWAY_PORT": "{port}"},
    ),
    Measured(
        "localrun", "LocalRun {version}", "aws-local-run", installs="aws-local-run==1.1.0 requests",
        serves="{bin}/aws-local-run start --port {port}",
    ),
    Measured(
        "roto", "roto {version}", "roto-aws", installs="roto-aws==0.10.1",
        serves="{bin}/roto-server --ephemeral --port {port}"
    ),
    Measured(
        "mockmesh-http", "MockMesh {version}, its server", "mockmesh-aws", installs="mockmesh-aws==0.2.0",
        serves="{bin}/mockmesh --port {port} start",
    ),
)  # fmt: skip


def results() -> dict[str, dict[str, Any]]:
    """The committed results by the name of their file, in the order of ``MEASURED``. Raises OSError, ValueError."""
    files = {path.stem: path for path in RESULTS.glob("*.json")}
    names = [each.name for each in MEASURED if each.name in files]
    names += sorted(set(files) - set(names))
    return {name: json.loads(files[name].read_text(encoding="utf-8")) for name in names}


def readme() -> str:
    """The text of reports/README.md."""
    title, table = matrix_markdown.markdown(Matrix([read(kept, name) for name, kept in results().items()])).split(
        "\n", 1
    )
    return f"{title}\n\n{INTRODUCTION}{table}"


def dumps(kept: Mapping[str, Any]) -> str:
    """A result as text, one row a line, so that a change of it can be read."""
    members = []
    for name, value in kept.items():
        if isinstance(value, list) and value:
            rows = ",\n".join(f"  {json.dumps(row)}" for row in value)
            members.append(f" {json.dumps(name)}: [\n{rows}\n ]")
        else:
            members.append(f" {json.dumps(name)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(members) + "\n}\n"


def measure(measured: Measured, folder: Path) -> dict[str, Any]:
    """What is kept of one target's report; ``folder`` is for what is installed and written meanwhile."""
    bin = Path(sys.prefix, "bin")
    if measured.installs:
        bin = folder / "bin"
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(bin / "pip"), "install", "--quiet", *measured.installs.split()], check=True)
    asked = f"from importlib.metadata import version; print(version({measured.package!r}))"
    version = subprocess.run([str(bin / "python"), "-c", asked], check=True, capture_output=True, text=True).stdout
    words = {"bin": str(bin), "port": str(_free()), "root": str(ROOT)}
    with _serving(measured, words, folder):
        checked = [
            sys.executable, "-m", "trackstep.cli", "check", "--quiet", "--report-dir", str(folder / "out"),
            *_split(measured.checks, words),
        ]  # fmt: skip
        subprocess.run(checked, check=False)
    report = json.loads((folder / "out" / "report.json").read_text(encoding="utf-8"))
    return slim(report, measured.title.format(version=version.strip()), [f"{report['target']} ", report["target"]])


@contextmanager
def _serving(measured: Measured, words: Mapping[str, str], folder: Path) -> Iterator[None]:
    """The target's server, if it has one, for as long as the block goes on."""
    if not measured.serves:
        yield
        return
    more = {name: value.format(**words) for name, value in (measured.environment or {}).items()}
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            _split(measured.serves, words), env=os.environ | more, stdout=log, stderr=log, cwd=folder
        )
        try:
            _wait(int(words["port"]))
            yield
        finally:
            server.terminate()
            server.wait(20)


def _wait(port: int) -> None:
    """Until something listens there, a minute at the most. Raises TimeoutError."""
    for _ in range(240):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.25)
    raise TimeoutError(f"nothing listens on port {port} after a minute")


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _split(text: str, words: Mapping[str, str]) -> list[str]:
    return [word.format(**words) for word in shlex.split(text)]


def main(arguments: Sequence[str]) -> None:
    """Make the results that are asked for, then the page."""
    known = [each.name for each in MEASURED]
    names = list(arguments[1:])
    if (arguments and arguments[0] != "run") or set(names) - set(known):
        sys.exit(f"usage: python -m benchmarks.scoreboard [run [{' | '.join(known)}]...]")
    for measured in MEASURED if arguments else ():
        if not names or measured.name in names:
            folder = Path(tempfile.mkdtemp(prefix=f"trackstep-{measured.name}-"))
            try:
                kept = measure(measured, folder)
            finally:
                shutil.rmtree(folder)
            RESULTS.joinpath(f"{measured.name}.json").write_text(dumps(kept), encoding="utf-8")
    README.write_text(readme(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
