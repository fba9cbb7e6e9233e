"""Runs of code: who ran what, what it printed, and how it ended."""

from dataclasses import dataclass
from enum import StrEnum


class RunStatus(StrEnum):
    """Where a run is; only `running` can still change."""

    RUNNING = "running"
    OK = "ok"
    ERROR = "error"
    STOPPED = "stopped"
    TIMEOUT = "timeout"


class Stream(StrEnum):
    """Where a piece of output was written to."""

    STDOUT = "stdout"
    STDERR = "stderr"
    INFO = "info"
    WARN = "warn"
    ERROR = "error"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Output:
    """A piece of output, in the order in which it was printed."""

    stream: Stream
    text: str


@dataclass(frozen=True, slots=True)
class Run:
    """One run's record. `name` is the participant's name when the run started."""

    session_id: str
    run_id: str
    participant_id: str
    name: str
    language: str
    path: str
    started_at: int
    status: RunStatus
    duration_ms: int | None
    truncated: bool
    output: tuple[Output, ...]
