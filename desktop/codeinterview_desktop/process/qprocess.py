"""A child process by Qt: its input stays open while the app lives, its stderr goes to a log."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment

from codeinterview_desktop.core.child import Command, ProcessExit
from codeinterview_desktop.core.events import Signal

if TYPE_CHECKING:
    from pathlib import Path

_LOG_LIMIT_BYTES = 2 * 1024 * 1024
_LOGS_KEPT = 3
_LINE_LIMIT_BYTES = 64 * 1024


class QtChildProcess:
    """Implements `core.child.ChildProcess`.

    The child's input is a pipe that only this process holds, so it ends with the app however the
    app ends.

    Signals:
        line: a line of its stdout.
        exited: how it ended; exactly once.
    """

    def __init__(
        self, command: Command, log_path: Path | None = None, parent: QObject | None = None
    ) -> None:
        self.line: Signal[str] = Signal()
        self.exited: Signal[ProcessExit] = Signal()
        self._ended = False
        self._rest = b""
        self._process = QProcess(parent)
        self._process.setProgram(command.program)
        self._process.setArguments(list(command.arguments))
        environment = QProcessEnvironment.systemEnvironment()
        for name, value in command.environment.items():
            environment.insert(name, value)
        self._process.setProcessEnvironment(environment)
        if log_path is None:
            self._process.setProcessChannelMode(QProcess.ProcessChannelMode.ForwardedErrorChannel)
        else:
            with contextlib.suppress(OSError):
                rotate_log(log_path)
            self._process.setStandardErrorFile(str(log_path), QProcess.OpenModeFlag.Append)
        if sys.platform != "win32":
            # A session of its own: Ctrl+C in a terminal reaches the app, which stops the server.
            parameters = QProcess.UnixProcessParameters()
            parameters.flags = QProcess.UnixProcessFlag.CreateNewSession
            self._process.setUnixProcessParameters(parameters)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._failed)

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return int(self._process.processId()) or None

    def start(self) -> None:
        """Start it; the outcome is announced."""
        self._process.start()

    def close_stdin(self) -> None:
        """End its input, which asks the server to stop."""
        self._process.closeWriteChannel()

    def terminate(self) -> None:
        """Ask it to end (SIGTERM)."""
        self._process.terminate()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def _read(self) -> None:
        data = self._rest + bytes(self._process.readAllStandardOutput().data())
        *lines, rest = data.split(b"\n")
        self._rest = rest[-_LINE_LIMIT_BYTES:]
        for line in lines:
            self.line.emit(line.decode("utf-8", "replace").rstrip("\r"))

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        if self._rest:
            self.line.emit(self._rest.decode("utf-8", "replace"))
            self._rest = b""
        self._announce(ProcessExit(code if status is QProcess.ExitStatus.NormalExit else None))

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._announce(ProcessExit(None, self._process.errorString()))

    def _announce(self, exit_: ProcessExit) -> None:
        if self._ended:
            return
        self._ended = True
        self._process.deleteLater()
        self.exited.emit(exit_)


def rotate_log(path: Path, limit_bytes: int = _LOG_LIMIT_BYTES, kept: int = _LOGS_KEPT) -> None:
    """Make room for a run's log: `server.log` becomes `server.log.1` and so on when it is large.

    Raises:
        OSError: the directory cannot be made or a file cannot be renamed.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists() or path.stat().st_size < limit_bytes:
        return
    for number in range(kept - 1, 0, -1):
        older = path.with_name(f"{path.name}.{number}")
        if older.exists():
            older.replace(path.with_name(f"{path.name}.{number + 1}"))
    path.replace(path.with_name(f"{path.name}.1"))
