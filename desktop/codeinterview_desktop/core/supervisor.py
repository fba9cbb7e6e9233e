"""Keeps the server child running: start, restart, give up, stop."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from .events import Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from .child import ChildProcess, Command
    from .reports import Reports


class ServerState(StrEnum):
    """Where the server child stands."""

    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"
    STOPPING = "stopping"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What there is to know of the server.

    Attributes:
        state: where it stands.
        url: how the app itself reaches it (loopback), while READY.
        port: where it listens, or will again.
        problem_code: a code of the server's `error` lines, or `EXITED`, while FAILED.
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


class ServerSupervisor:
    """Owns the server child.

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
    ) -> None:
        self.changed: Signal[ServerStatus, ServerStatus] = Signal()
        raise NotImplementedError

    @property
    def status(self) -> ServerStatus:
        """The status as it is now."""
        raise NotImplementedError

    def start(self) -> None:
        """Start the server unless it runs; also the way on from FAILED. Returns at once."""
        raise NotImplementedError

    async def stop(self) -> None:
        """Stop the server and wait until its process is gone. Safe to call twice."""
        raise NotImplementedError

    async def restart(self, options: ServerOptions) -> None:
        """Stop, then start with other options; returns when the start is under way."""
        raise NotImplementedError

    async def wait_ready(self, timeout_s: float = 60.0) -> str:
        """The server's URL as soon as it is READY.

        Raises:
            ServerAwayError: it failed, was stopped, or took longer than `timeout_s`.
        """
        raise NotImplementedError


class ServerAwayError(Exception):
    """The server does not run; the message says what to try next."""
