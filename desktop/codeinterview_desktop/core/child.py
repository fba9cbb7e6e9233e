"""The seam between the supervisor and a real process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .events import Signal


@dataclass(frozen=True, slots=True)
class Command:
    """A program to run; `environment` is added to the app's own and may hold secrets."""

    program: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class ProcessExit:
    """How a process ended: `code` is None when a signal ended it or it never started."""

    code: int | None
    error: str | None = None


class ChildProcess(Protocol):
    """One run of one program, from `start` to `exited`.

    Signals:
        line: a line of its stdout, without the line end.
        exited: it ended or could not be started; announced exactly once.
    """

    line: Signal[str]
    exited: Signal[ProcessExit]

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""

    def start(self) -> None:
        """Start it; the outcome is announced."""

    def close_stdin(self) -> None:
        """End its input, which asks the server to stop."""

    def terminate(self) -> None:
        """Ask it to end (SIGTERM)."""

    def kill(self) -> None:
        """End it at once."""
