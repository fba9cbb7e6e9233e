"""Keeps the server child running: start, restart, give up, stop."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from .events import Signal
from .server_lines import ErrorLine, ReadyLine, parse_server_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .child import ChildProcess, Command, ProcessExit
    from .reports import Reports

_log = logging.getLogger(__name__)

EXITED = "EXITED"
PORT_BUSY = "PORT_BUSY"
ALREADY_RUNNING = "ALREADY_RUNNING"
TOO_SLOW = "TOO_SLOW"
NOT_STARTED = "NOT_STARTED"

# What another try cannot mend.
_FINAL_CODES = frozenset({"CONFIG", "DATA_DIR", "SCHEMA_NEWER", NOT_STARTED})
_TITLES = {
    PORT_BUSY: "The port is in use",
    "DATA_DIR": "The data folder cannot be used",
    "DATABASE": "The database cannot be reached",
    ALREADY_RUNNING: "Another program uses the data folder",
    "SCHEMA_NEWER": "The data belongs to a newer version",
    "CONFIG": "A setting is not valid",
}
_OTHER_TITLE = "The server does not run"


class ServerState(StrEnum):
    """Where the server child stands."""

    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"
    STOPPING = "stopping"
    FAILED = "failed"


_NEXT: dict[ServerState, frozenset[ServerState]] = {
    ServerState.STOPPED: frozenset({ServerState.STARTING}),
    ServerState.STARTING: frozenset(
        {ServerState.STARTING, ServerState.READY, ServerState.STOPPING, ServerState.FAILED}
    ),
    ServerState.READY: frozenset(
        {ServerState.RESTARTING, ServerState.STOPPING, ServerState.FAILED}
    ),
    ServerState.RESTARTING: frozenset(
        {ServerState.READY, ServerState.STOPPING, ServerState.FAILED}
    ),
    ServerState.STOPPING: frozenset({ServerState.STOPPED}),
    ServerState.FAILED: frozenset({ServerState.STARTING, ServerState.STOPPED}),
}


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What there is to know of the server.

    Attributes:
        state: where it stands.
        url: how the app itself reaches it (loopback), while READY.
        port: where it listens, or will again.
        problem_code: a code of the server's `error` lines, or `EXITED`, `TOO_SLOW` or
            `NOT_STARTED`, while FAILED.
        problem: what to try next, while FAILED.
    """

    state: ServerState
    url: str | None = None
    port: int | None = None
    problem_code: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """What the server is started with."""

    port: int
    allow_network: bool
    database_url: str | None


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient the supervisor is.

    Attributes:
        backoff_s: the waits before the tries after 1, 2, … failures in a row; one more failure
            than there are waits means giving up.
        settled_s: a server that was ready for this long begins a new row.
        start_limit_s: how long it may take to be ready (the first start makes a database).
        stop_limit_s: how long it may take to end after its input ended.
        terminate_limit_s: how long it may take to end after SIGTERM.
        port_tries: how many ports to try when the first one is taken.
        lock_limit_s: how long to wait for another server to leave the data directory; one whose
            app was killed is about to.
        lock_retry_s: how often to look.
    """

    backoff_s: tuple[float, ...] = (0.1, 0.5, 1.0, 2.0, 4.0)
    settled_s: float = 20.0
    start_limit_s: float = 90.0
    stop_limit_s: float = 15.0
    terminate_limit_s: float = 5.0
    port_tries: int = 20
    lock_limit_s: float = 10.0
    lock_retry_s: float = 0.5


class ServerAwayError(Exception):
    """The server does not run; the message says what to try next."""


class ServerSupervisor:
    """Owns the server child.

    Args:
        options: what to start it with.
        command: makes the command line for options and a port.
        spawn: makes the process.
        reports: what tells the user.
        explain: the app's words for what the server says of its own end; None leaves them.
        log_path: where the server's log is.
        pace: how patient to be.

    Signals:
        changed: the status before and after.
    """

    def __init__(
        self,
        *,
        options: ServerOptions,
        command: Callable[[ServerOptions, int], Command],
        spawn: Callable[[Command], ChildProcess],
        reports: Reports,
        explain: Callable[[ErrorLine, ServerOptions], str] | None = None,
        log_path: Path | None = None,
        pace: Pace | None = None,
    ) -> None:
        self.changed: Signal[ServerStatus, ServerStatus] = Signal()
        self._options = options
        self._command = command
        self._spawn = spawn
        self._reports = reports
        self._explain = explain
        self._log_path = log_path
        self._pace = pace or Pace()
        self._status = ServerStatus(ServerState.STOPPED, port=options.port)
        self._child: ChildProcess | None = None
        self._child_gone = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._error: ErrorLine | None = None
        self._failures = 0
        self._ready_at_s: float | None = None
        self._locked_since_s: float | None = None
        self._is_restarting = False

    @property
    def status(self) -> ServerStatus:
        """The status as it is now."""
        return self._status

    @property
    def options(self) -> ServerOptions:
        """What the server runs with, or would."""
        return self._options

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        return self._child.pid if self._child is not None else None

    def start(self) -> None:
        """Start the server unless it runs; also the way on from FAILED. Returns at once."""
        if self._status.state not in (ServerState.STOPPED, ServerState.FAILED):
            return
        self._failures = 0
        self._locked_since_s = None
        self._set(ServerStatus(ServerState.STARTING, port=self._options.port))
        self._launch()

    async def stop(self) -> None:
        """Stop the server and wait until its process is gone.

        Safe to call twice, and to cancel: the process is then still being stopped.
        """
        self._cancel_timer()
        if self._status.state is ServerState.STOPPED:
            return
        if self._status.state is ServerState.FAILED:
            self._set(ServerStatus(ServerState.STOPPED, port=self._options.port))
            return
        if self._status.state is not ServerState.STOPPING:
            self._set(ServerStatus(ServerState.STOPPING, port=self._status.port))
        child = self._child
        if child is None:
            self._set(ServerStatus(ServerState.STOPPED, port=self._options.port))
            return
        child.close_stdin()
        if await self._gone_within(self._pace.stop_limit_s):
            return
        _log.warning("The server did not stop in time and is asked again")
        child.terminate()
        if await self._gone_within(self._pace.terminate_limit_s):
            return
        _log.warning("The server did not stop and is killed")
        child.kill()
        await self._child_gone.wait()

    async def restart(self, options: ServerOptions) -> None:
        """Stop, then start with other options; returns when the start is under way."""
        self._is_restarting = True
        try:
            await self.stop()
        finally:
            self._is_restarting = False
        self._options = options
        self.start()

    async def wait_ready(self, timeout_s: float = 60.0) -> str:
        """The server's URL as soon as it is READY.

        Raises:
            ServerAwayError: it failed, was stopped, or took longer than `timeout_s`.
        """
        arrived: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def look(_before: ServerStatus, now: ServerStatus) -> None:
            if arrived.done():
                return
            if now.url is not None:
                arrived.set_result(now.url)
            elif now.state is ServerState.FAILED or (
                # Between two starts it is on its way.
                now.state is ServerState.STOPPED and not self._is_restarting
            ):
                arrived.set_exception(
                    ServerAwayError(now.problem or "The server is stopped: start it and try again.")
                )

        disconnect = self.changed.connect(look)
        look(self._status, self._status)
        try:
            async with asyncio.timeout(timeout_s):
                return await arrived
        except TimeoutError:
            raise ServerAwayError(
                "The server is not ready yet: wait a moment and try again."
            ) from None
        finally:
            disconnect()

    def _launch(self) -> None:
        port = self._status.port if self._status.port is not None else self._options.port
        child = self._spawn(self._command(self._options, port))
        self._child = child
        self._child_gone.clear()
        self._error = None
        self._ready_at_s = None
        child.line.connect(lambda line: self._hear(child, line))
        child.exited.connect(lambda exit_: self._end(child, exit_))
        self._after(self._pace.start_limit_s, self._give_up_waiting)
        child.start()

    def _hear(self, child: ChildProcess, text: str) -> None:
        if child is not self._child:
            return
        line = parse_server_line(text)
        if isinstance(line, ErrorLine):
            self._error = line
        elif isinstance(line, ReadyLine) and self._status.state in (
            ServerState.STARTING,
            ServerState.RESTARTING,
        ):
            self._become_ready(line.port)

    def _become_ready(self, port: int) -> None:
        self._cancel_timer()
        self._ready_at_s = asyncio.get_running_loop().time()
        self._locked_since_s = None
        was_away = self._status.state is ServerState.RESTARTING
        wanted = self._options.port
        self._set(ServerStatus(ServerState.READY, url=f"http://127.0.0.1:{port}", port=port))
        if was_away:
            self._reports.notice("The server is back. Everybody reconnects by themselves.")
        elif wanted not in (0, port):
            self._reports.notice(
                f"Port {wanted} is used by another program, so links use port {port} this time."
            )

    def _give_up_waiting(self) -> None:
        self._timer = None
        if self._child is not None:
            self._error = ErrorLine(
                TOO_SLOW,
                "The server did not become ready in time. Try again; if it stays like this,"
                " restart the computer or look into the server's log.",
            )
            self._child.kill()

    def _end(self, child: ChildProcess, exit_: ProcessExit) -> None:
        if child is not self._child:
            return
        self._cancel_timer()
        self._child = None
        self._child_gone.set()
        state = self._status.state
        if state is ServerState.STOPPING:
            self._set(ServerStatus(ServerState.STOPPED, port=self._options.port))
        else:
            _log.warning("The server ended: %s, %s", exit_, self._error)
            self._go_on(state, self._failure(exit_))

    def _failure(self, exit_: ProcessExit) -> ErrorLine:
        if self._error is not None:
            if self._explain is None:
                return self._error
            return ErrorLine(self._error.code, self._explain(self._error, self._options))
        if exit_.error is not None:
            return ErrorLine(
                NOT_STARTED,
                f"The server program could not be started ({exit_.error}). Install CodeInterview"
                " again if this stays.",
            )
        return ErrorLine(
            EXITED,
            "The server ended several times in a row. Try again; if it stays like this, look into"
            " the server's log.",
        )

    def _go_on(self, state: ServerState, failure: ErrorLine) -> None:
        """Decide what follows an end that nobody asked for."""
        now_s = asyncio.get_running_loop().time()
        if self._ready_at_s is not None and now_s - self._ready_at_s >= self._pace.settled_s:
            self._failures = 0
        if failure.code == ALREADY_RUNNING:
            self._wait_for_lock(now_s, failure)
        elif failure.code == PORT_BUSY and state is ServerState.STARTING:
            self._try_next_port(failure)
        elif failure.code in _FINAL_CODES or (
            state is ServerState.STARTING and failure.code != EXITED
        ):
            self._fail(failure)
        else:
            self._try_again(state, failure)

    def _try_again(self, state: ServerState, failure: ErrorLine) -> None:
        if self._failures >= len(self._pace.backoff_s):
            self._fail(failure)
            return
        delay_s = self._pace.backoff_s[self._failures]
        self._failures += 1
        if state is ServerState.READY:
            self._set(ServerStatus(ServerState.RESTARTING, port=self._status.port))
            self._reports.notice("The server stopped unexpectedly and is being started again.")
        self._after(delay_s, self._launch)

    def _wait_for_lock(self, now_s: float, failure: ErrorLine) -> None:
        if self._locked_since_s is None:
            self._locked_since_s = now_s
        if now_s - self._locked_since_s >= self._pace.lock_limit_s:
            self._fail(failure)
        else:
            self._after(self._pace.lock_retry_s, self._launch)

    def _try_next_port(self, failure: ErrorLine) -> None:
        port = self._status.port or 0
        following = port + 1
        if following > min(65535, self._options.port + self._pace.port_tries) or port == 0:
            sentence = (
                f"Port {self._options.port} and those after it are used by other programs."
                " Choose another port in Settings, or close what uses it."
            )
            self._fail(ErrorLine(failure.code, sentence))
            return
        self._set(ServerStatus(ServerState.STARTING, port=following))
        self._launch()

    def _fail(self, failure: ErrorLine) -> None:
        self._set(
            ServerStatus(
                ServerState.FAILED,
                port=self._options.port,
                problem_code=failure.code,
                problem=failure.sentence,
            )
        )
        title = _TITLES.get(failure.code, _OTHER_TITLE)
        self._reports.problem(title, failure.sentence, self._log_path)

    def _set(self, status: ServerStatus) -> None:
        before = self._status
        if status.state not in _NEXT[before.state]:
            raise RuntimeError(f"The server cannot go from {before.state} to {status.state}.")
        self._status = status
        _log.info("Server: %s, port %s", status.state, status.port)
        self.changed.emit(before, status)

    async def _gone_within(self, timeout_s: float) -> bool:
        try:
            async with asyncio.timeout(timeout_s):
                await self._child_gone.wait()
        except TimeoutError:
            return False
        return True

    def _after(self, delay_s: float, act: Callable[[], None]) -> None:
        self._cancel_timer()
        self._timer = asyncio.get_running_loop().call_later(delay_s, act)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
