"""Where Java and the jar are looked for, and TLC that cannot run: one clear line, never a traceback."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.formal.conftest import changed
from trackstep.cli import main
from trackstep.formal import tool


def formal(*words: str) -> Result:
    """Run ``trackstep formal`` on the quickest configuration."""
    return CliRunner().invoke(main, ["formal", "--only", "Orphan", *words])


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Neither variable is set and no program is on the PATH."""
    for variable in ("JAVA", "TLA2TOOLS_JAR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PATH", "")
    return monkeypatch


@pytest.fixture
def without_extra(bare: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The same, and the extra is not installed."""
    bare.setattr(importlib.util, "find_spec", lambda name: None)
    return bare


@pytest.mark.usefixtures("bare")
def test_formal__without_a_system_java() -> None:
    """Java and the jar come by pip: nothing need be on the PATH."""
    assert shutil.which("java") is None
    done = formal()
    assert (done.exit_code, "breaks NoOrphans, as it must" in done.output) == (0, True)


@pytest.mark.usefixtures("without_extra")
def test_formal__without_any_java() -> None:
    """Without Java there is one line that says how to get it, and exit code 3."""
    done = formal()
    assert done.exit_code == 3
    assert (
        done.stderr == "trackstep: no Java was found: pip install 'trackstep[formal]', or set JAVA to a java program\n"
    )


def test_formal__without_the_jar(without_extra: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The same for the jar, and for the comparison of the graphs."""
    java = tmp_path / "java"
    java.write_text("")
    java.chmod(0o755)
    without_extra.setenv("JAVA", str(java))
    for done in (formal(), CliRunner().invoke(main, ["formal", "graph"])):
        assert done.exit_code == 3
        assert done.stderr.startswith("trackstep: no tla2tools.jar was found: pip install")


@pytest.mark.parametrize(
    ("variable", "line"),
    [
        ("JAVA", "trackstep: JAVA names '/nowhere', which is no program; unset it\n"),
        ("TLA2TOOLS_JAR", "trackstep: TLA2TOOLS_JAR names '/nowhere', which is no file; unset it\n"),
    ],
)
def test_formal__a_variable_that_names_nothing(variable: str, line: str, bare: pytest.MonkeyPatch) -> None:
    """A variable that names no file is a mistake of configuration: one line, exit code 2."""
    bare.setenv(variable, "/nowhere")
    done = formal()
    assert (done.exit_code, done.stderr) == (2, line)


def test_formal__a_broken_jar(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A jar that is none: one line with Java's own word for it, exit code 3."""
    jar = tmp_path / "broken.jar"
    jar.write_bytes(b"PK\x03\x04 and nothing more")
    monkeypatch.setenv("TLA2TOOLS_JAR", str(jar))
    done = formal()
    assert done.exit_code == 3
    assert done.stderr.startswith(
        "trackstep: TLC cannot judge Orphan: Error: Could not find or load main class tlc2.TLC"
    )
    assert len(done.stderr.splitlines()) == 1


def test_formal__a_java_that_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A program that the system cannot run: one line, exit code 3."""
    java = tmp_path / "java"
    java.write_bytes(b"\x7fELF and nothing more")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA", str(java))
    done = formal()
    assert done.exit_code == 3
    assert done.stderr.endswith("set JAVA to a java program\n")


def test_formal__time_is_up() -> None:
    """TLC that takes too long is stopped: one line, exit code 3."""
    done = formal("--timeout", "0.05")
    assert (done.exit_code, done.stderr) == (
        3,
        "trackstep: TLC did not finish Orphan within 0.05 s; give it longer with --timeout\n",
    )


def test_formal__a_module_that_is_no_tla(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A module that TLC cannot read: one line with the place and what is wrong there, exit code 3."""
    copy = changed(tmp_path, "tla/EventTracker.tla", "Holds(g, statuses) ==", "Held(g, statuses) ==")
    monkeypatch.setenv("TRACKSTEP_SPEC", str(copy))
    done = formal()
    assert done.exit_code == 3
    assert "of module EventTracker Unknown operator: `Holds'." in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_formal__a_configuration_that_there_is_not() -> None:
    """A name that is none: one line with those that there are, exit code 2."""
    done = formal("--only", "Nothing")
    assert done.exit_code == 2
    assert done.stderr.startswith("trackstep: no configuration 'Nothing'; choose of: Strict, Lenient,")


def test_formal__a_specification_that_there_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """TRACKSTEP_SPEC that names no specification: one line, exit code 2."""
    monkeypatch.setenv("TRACKSTEP_SPEC", "/nowhere")
    done = formal()
    assert (done.exit_code, done.stderr) == (
        2,
        "trackstep: TRACKSTEP_SPEC names no directory that holds operations.toml; unset it\n",
    )


def test_an_executable_on_the_path_will_do(without_extra: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the extra the system's Java is taken, and JAVA may be the name of a command."""
    for name in ("java", "java-21"):
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(0o755)
    without_extra.setenv("PATH", str(tmp_path))
    without_extra.setenv("TLA2TOOLS_JAR", str(tmp_path / "java"))
    assert tool.find().java == tmp_path / "java"
    without_extra.setenv("JAVA", "java-21")
    assert tool.find().java == tmp_path / "java-21"
