"""A driver as a process: started in a group of its own, asked one thing at a time, and gone when closed.

Owns the process and its pipes; one loop in the caller's thread writes, reads, drains standard error and watches the
clock, so nothing can block it. What a driver does wrong is one line that names it (TargetError), after which the
process is dead and every further question gets the same line. Knows nothing of endpoints or of the judge.
"""

from __future__ import annotations

import errno
import os
import re
import selectors
import shlex
import signal
import subprocess
import time
import weakref
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NoReturn

from trackstep.errors import TargetError
from trackstep.operation import Operation
from trackstep.targets import protocol
from trackstep.targets.protocol import Answer, ContractError, Hello

LINE_AT_MOST = 16 * 2**20
"""Bytes of a line; the longest true answer, a page of 100, has a hundredth of it."""
START = 30.0
"""Seconds until the first line: interpreters on cold disks take their time."""
GRACE = 2.0
"""Seconds that a driver has to end by itself once its standard input is closed."""
LOOK = 0.2
"""Seconds between two looks whether the process lives: a child of its own may keep its pipes open."""
CHUNK = 1 << 16
WRONG = re.compile(rb"Error|Exception|error:")
"""What the line of standard error looks like that is worth showing; without one, it is the last."""


class Child:
    """A running driver that has said hello. Raises TargetError where it cannot be started, or says something else."""

    hello: Hello

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], start_timeout: float = START) -> None:
        self.name = protocol.inert(shlex.join(command))
        self._asked, self._given_up = 0, set[int]()
        self._out, self._in, self._seen = b"", bytearray(), 0
        self._said: deque[bytes] = deque(maxlen=40)
        self._broken = ""
        try:
            self._process = subprocess.Popen(
                list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                env=dict(environment), start_new_session=True, bufsize=0,
            )  # fmt: skip
        except (OSError, ValueError) as wrong:
            why = wrong.strerror if isinstance(wrong, OSError) and wrong.strerror else str(wrong)
            raise TargetError(f"cannot start the driver {self.name}: {why.lower()}; see --command") from None
        self._end = weakref.finalize(self, _end, self._process)  # also where nobody closes it: at exit
        self._open()
        try:
            self.hello = protocol.hello(self._line(time.monotonic() + start_timeout, "its hello", start_timeout))
        except ContractError as wrong:
            self._fail(str(wrong))
        except BaseException:
            self.close(0.0)
            raise

    def _open(self) -> None:
        stdin, stdout, stderr = self._process.stdin, self._process.stdout, self._process.stderr
        assert stdin is not None
        assert stdout is not None
        assert stderr is not None
        self._stdin, self._stdout, self._stderr = stdin.fileno(), stdout.fileno(), stderr.fileno()
        self._ready = selectors.DefaultSelector()
        for pipe in (self._stdin, self._stdout, self._stderr):
            os.set_blocking(pipe, False)
        self._ready.register(self._stdout, selectors.EVENT_READ)
        self._ready.register(self._stderr, selectors.EVENT_READ)

    @property
    def group(self) -> int:
        """The number of its process group, which all that it starts is in."""
        return self._process.pid

    # -- asking --------------------------------------------------------------------------------

    def ask(self, operation: Operation, timeout: float, parsed: bool = False) -> Answer:
        """Have one call made. ``timeout`` in seconds is for the driver: the SDK's own should be shorter.

        With ``parsed`` the driver is asked to say how a caller sees the answer. Raises TargetError for a driver that
        does not keep the contract.
        """
        if self._broken:
            raise TargetError(self._broken)
        line = protocol.request(self._asked + 1, operation, parsed)
        self._asked += 1
        self._out += line
        self._ready_to_write(True)
        try:
            return self._answer(time.monotonic() + timeout, operation.name, timeout)
        except ContractError as wrong:
            self._fail(str(wrong))
        except BaseException:  # Ctrl-C, the end of the budget: the answer may still come
            self._given_up.add(self._asked)
            raise

    def _answer(self, deadline: float, what: str, timeout: float) -> Answer:
        while True:
            number, given = protocol.answer(self._line(deadline, what, timeout))
            if isinstance(number, int) and number in self._given_up:
                self._given_up.discard(number)
                continue
            if number != self._asked or not isinstance(number, int) or isinstance(number, bool):
                told = protocol.inert(str(number))
                raise ContractError(f"it answered id {told} where {self._asked} was asked: one answer each, in order")
            return given

    def _line(self, deadline: float, what: str, timeout: float) -> bytes:
        """The next line, without its end."""
        while (end := self._in.find(b"\n", self._seen)) < 0:
            self._seen = len(self._in)
            if self._seen > LINE_AT_MOST:
                self._fail(f"wrote a line of more than {LINE_AT_MOST >> 20} MiB")
            left = deadline - time.monotonic()
            if left <= 0:
                half = f", only half a line: {protocol.inert(bytes(self._in))}" if self._in else ""
                self._fail(f"did not send {_called(what)} within {timeout:g} seconds{half}")
            if not self._turn(min(left, LOOK)) and _has_ended(self._process) and not self._turn(0.0):
                self._ended(what)
        line = bytes(self._in[:end])
        del self._in[: end + 1]
        self._seen = 0
        return line

    def _turn(self, seconds: float) -> bool:
        """Wait for the pipes, and serve those that are ready; whether anything came."""
        came = False
        for key, _ in self._ready.select(seconds):
            if key.fd == self._stdin:
                self._write()
            elif key.fd == self._stdout:
                came = bool(self._read()) or came
            else:
                came = self._drain() or came
        return came

    def _write(self) -> None:
        try:
            self._out = self._out[os.write(self._stdin, self._out[:CHUNK]) :]
        except BlockingIOError:
            return
        except OSError as wrong:
            if wrong.errno != errno.EPIPE or not self._waited(0.5):
                self._fail("closed its standard input, and lives on")
            self._out = b""  # it ended; what it said before is still to be read
        self._ready_to_write(bool(self._out))

    def _ready_to_write(self, wanted: bool) -> None:
        known = self._stdin in self._ready.get_map()
        if wanted and not known:
            self._ready.register(self._stdin, selectors.EVENT_WRITE)
        elif known and not wanted:
            self._ready.unregister(self._stdin)

    def _read(self) -> bytes:
        chunk = os.read(self._stdout, CHUNK)
        if not chunk:
            self._ready.unregister(self._stdout)
            if not self._waited(0.5):
                self._fail("closed its standard output, and lives on")
        self._in += chunk
        return chunk

    def _drain(self) -> bool:
        chunk = os.read(self._stderr, CHUNK)
        if not chunk:
            self._ready.unregister(self._stderr)
        self._said.append(chunk)
        return bool(chunk)

    # -- ending --------------------------------------------------------------------------------

    def close(self, grace: float = GRACE) -> None:
        """Let it end by itself, for ``grace`` seconds; then kill it and all that it started. Safe to call twice."""
        self._broken = self._broken or f"the driver {self.name} was closed"
        if self._end.detach():
            _end(self._process, grace)
            self._ready.close()

    def ends(self, timeout: float = GRACE) -> int | None:
        """Close its standard input, as at the end of a run; its exit code, or None where it lives on."""
        if self._process.stdin:
            self._process.stdin.close()
        return self._code() if self._waited(timeout) else None

    def _waited(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while not (ended := _has_ended(self._process)) and time.monotonic() < until:
            time.sleep(0.005)
        return ended

    def _code(self) -> int:
        """The exit code of what has ended; from here on its number may be another process's."""
        self.close(0.0)
        return self._process.returncode

    def _ended(self, what: str) -> NoReturn:
        half = f", in the middle of a line: {protocol.inert(bytes(self._in))}" if self._in else ""
        code = self._code()
        how = f"was killed by signal {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        self._fail(f"{how} before {_called(what)} came{half}")

    def _fail(self, what: str) -> NoReturn:
        """Kill it, and say what it did. Raises TargetError."""
        said = [line for line in b"".join(self._said).splitlines() if line.strip()]
        telling = [line for line in said if WRONG.search(line)] or said
        words = f"; on standard error: {protocol.inert(telling[-1], 160)}" if telling else ""
        self._broken = f"the driver {self.name} {'broke the contract: ' if what[:3] == 'it ' else ''}{what}{words}"
        self.close(0.0)
        raise TargetError(self._broken)


def _called(what: str) -> str:
    return what if what.startswith("its ") else f"its answer to {what}"


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether the process has ended; it stays a zombie, so that the number of its group remains its own."""
    if process.returncode is not None:
        return True
    with suppress(ChildProcessError):
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    return True


def _end(process: subprocess.Popen[bytes], grace: float = 0.0) -> None:
    """Close its pipes, wait ``grace`` seconds, kill what is left of its group, and bury it."""
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe and (pipe is process.stdin or not grace):
            pipe.close()
    until = time.monotonic() + grace
    try:
        while time.monotonic() < until and not _has_ended(process):
            time.sleep(0.005)
    finally:  # Ctrl-C again must not leave it behind
        if process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()
