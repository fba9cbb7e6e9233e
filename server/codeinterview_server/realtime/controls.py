"""The control messages that clients send, read into values."""

from dataclasses import dataclass
from typing import Any, Final

from codeinterview_server.domain.ids import parse_participant_id, parse_run_id
from codeinterview_server.domain.languages import find_file
from codeinterview_server.domain.sessions import parse_language

STREAMS: Final = frozenset({"stdout", "stderr", "info", "warn", "error", "system"})
OUTCOMES: Final = frozenset({"ok", "error", "stopped", "timeout"})
_PING_CHARACTERS: Final = 64
_DURATION_MAX_MS: Final = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Ping:
    """Asks for a pong."""

    id: str
    ahead: bool = False
    """Whether the pong goes before whatever waits for the socket, so that it tells of the line."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Admits or declines somebody in the lobby."""

    participant_id: str
    admit: bool


@dataclass(frozen=True, slots=True)
class SwitchLanguage:
    """Switches the session to another language."""

    language: str


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run begins in the sender's browser."""

    run_id: str
    language: str
    path: str


@dataclass(frozen=True, slots=True)
class RunOutput:
    """A piece of a run's output."""

    run_id: str
    stream: str
    text: str


@dataclass(frozen=True, slots=True)
class RunFinished:
    """A run is over."""

    run_id: str
    status: str
    duration_ms: int
    truncated: bool


RunEvent = RunStarted | RunOutput | RunFinished
Control = Ping | Answer | SwitchLanguage | RunEvent

TYPES: Final = frozenset({"ping", "admit", "decline", "language", "run"})
"""The types that clients may send; others are ignored."""


def parse_control(message: dict[str, Any]) -> Control | None:
    """Read a client's control message; None for an unknown type.

    Raises:
        ValueError: A field is missing or not as it must be.
    """
    match message["type"]:
        case "ping":
            ping_id = _text(message, "id")
            if len(ping_id) > _PING_CHARACTERS:
                raise ValueError("A ping's id is too long.")
            ahead = message.get("ahead", False)
            if type(ahead) is not bool:
                raise ValueError("Whether a pong goes ahead is true or false.")
            return Ping(ping_id, ahead)
        case "admit" | "decline" as kind:
            return Answer(parse_participant_id(_text(message, "participant_id")), kind == "admit")
        case "language":
            return SwitchLanguage(parse_language(_text(message, "language")))
        case "run":
            return _parse_run(message)
        case _:
            return None


def _parse_run(message: dict[str, Any]) -> RunEvent | None:
    run_id = parse_run_id(_text(message, "run_id"))
    match message.get("event"):
        case "started":
            language = parse_language(_text(message, "language"))
            path = _text(message, "path")
            found = find_file(path)
            if found is None or found[0].id != language:
                raise ValueError("The language has no such file.")
            return RunStarted(run_id, language, path)
        case "output":
            stream = _text(message, "stream")
            if stream not in STREAMS:
                raise ValueError("There is no such output stream.")
            return RunOutput(run_id, stream, _text(message, "text"))
        case "finished":
            status = _text(message, "status")
            duration_ms = message.get("duration_ms")
            truncated = message.get("truncated", False)
            if status not in OUTCOMES:
                raise ValueError("There is no such outcome of a run.")
            if type(duration_ms) is not int or not 0 <= duration_ms <= _DURATION_MAX_MS:
                raise ValueError("A duration is a whole number of milliseconds.")
            if type(truncated) is not bool:
                raise ValueError("Whether output was cut is true or false.")
            return RunFinished(run_id, status, duration_ms, truncated)
        case _:
            return None


def _text(message: dict[str, Any], key: str) -> str:
    value = message.get(key)
    if not isinstance(value, str):
        raise ValueError(f"The field {key} is a text.")
    return value
