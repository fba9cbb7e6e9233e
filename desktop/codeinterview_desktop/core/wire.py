"""From the server's JSON to values: everything from outside is parsed here, strictly.

Every function raises `ValueError` when a field is missing or of the wrong kind. The shapes are
those of `docs/protocol.md`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from codeinterview_server.domain.ids import is_session_id
from codeinterview_server.domain.web_address import parse_web_address

from .values import (
    Account,
    Admission,
    ConnectionInfo,
    ConnectionPath,
    CreatedSession,
    Identity,
    Invites,
    JoinPolicy,
    LobbyEntry,
    ParticipantInfo,
    Phase,
    Preview,
    Role,
    SavedState,
    Seat,
    SessionInfo,
    SessionPage,
    SessionSummary,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

_PRESENCES = 8
_SHORT_CHARS = 64
# Invisible, but some scripts and many emoji are spelled with them.
_JOINERS = "\u200c\u200d"


def as_object(value: object) -> Mapping[str, object]:
    """A JSON object."""
    if isinstance(value, dict):
        return value
    raise ValueError("not an object")


def as_list(value: object, parse: Callable[[object], T]) -> tuple[T, ...]:
    """A JSON array whose entries `parse` understands."""
    if isinstance(value, list):
        return tuple(parse(entry) for entry in value)
    raise ValueError("not a list")


def session(value: object) -> SessionInfo:
    """A session; its text and people are ignored."""
    item = as_object(value)
    session_id = _text(item, "id")
    if not is_session_id(session_id):
        raise ValueError("not a session id")
    return SessionInfo(
        id=session_id,
        title=one_line(_text(item, "title")),
        language=_text(item, "language"),
        phase=_choice(Phase, item, "phase"),
        locked=_flag(item, "locked"),
        creator_id=_text(item, "creator_id"),
        created_at_ms=_whole(item, "created_at"),
        updated_at_ms=_whole(item, "updated_at"),
        expires_at_ms=_whole(item, "expires_at"),
        join_policy=_choice(JoinPolicy, item, "join_policy"),
        observers_listed=_flag(item, "observers_listed"),
    )


def session_page(value: object) -> SessionPage:
    """One page of the host's sessions."""
    item = as_object(value)
    return SessionPage(as_list(item.get("data"), _summary), _whole(item, "total"))


def participant(value: object) -> ParticipantInfo:
    """A person in a session."""
    item = as_object(value)
    return ParticipantInfo(
        id=_text(item, "id"),
        name=one_line(_text(item, "name")),
        role=_choice(Role, item, "role"),
        presence=_presence(item),
        color=_text(item, "color"),
        admission=_choice(Admission, item, "status"),
        joined_at_ms=_whole(item, "joined_at"),
        is_online=_flag(item, "is_online"),
    )


def participants(value: object) -> tuple[ParticipantInfo, ...]:
    """A list of people."""
    return as_list(value, participant)


def lobby(value: object) -> tuple[LobbyEntry, ...]:
    """The people who wait."""
    return as_list(value, _lobby_entry)


def invites(value: object) -> Invites:
    """A session's invites."""
    item = as_object(value)
    return Invites(
        candidate=_invite(item, Role.CANDIDATE),
        interviewer=_invite(item, Role.INTERVIEWER),
        observer=_invite(item, Role.OBSERVER),
    )


def created(value: object) -> CreatedSession:
    """What creating a session answers."""
    item = as_object(value)
    data = as_object(item.get("data"))
    return CreatedSession(
        session=session(data),
        participants=participants(data.get("participants")),
        seat=seat(item),
        invites=invites(item.get("invites")),
    )


def seat(value: object) -> Seat:
    """What joining answers."""
    item = as_object(value)
    return Seat(participant(item.get("participant")), _text(item, "token"))


def preview(value: object) -> Preview:
    """What anybody may know of a session."""
    item = as_object(value)
    session_id = _text(item, "id")
    if not is_session_id(session_id):
        raise ValueError("not a session id")
    return Preview(
        id=session_id,
        title=one_line(_text(item, "title")),
        phase=_choice(Phase, item, "phase"),
        language=_text(item, "language"),
        approval_required=_flag(item, "approval_required"),
        join_policy=_choice(JoinPolicy, item, "join_policy"),
    )


def identity(value: object) -> Identity:
    """What a credential is good for."""
    item = as_object(value)
    person = item.get("participant")
    session_id = item.get("session_id")
    return Identity(
        is_host=_flag(item, "host"),
        session_id=session_id if isinstance(session_id, str) else None,
        participant=participant(person) if person is not None else None,
    )


def connection(value: object) -> ConnectionInfo:
    """How a request came to the server."""
    item = as_object(value)
    return ConnectionInfo(
        path=_choice(ConnectionPath, item, "path"),
        secure=_flag(item, "secure"),
        address=_short(_text(item, "address")),
    )


def account(value: object) -> Account:
    """Whose host key it is."""
    item = as_object(value)
    name = item.get("name")
    return Account(
        name=_short(name) if isinstance(name, str) else None,
        administrator=_flag(item, "administrator"),
        version=_short(_text(item, "version")),
        public_url=_web_address(item.get("public_url")),
    )


def _web_address(value: object) -> str | None:
    """Where others reach a server; an earlier version does not tell."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("public_url is no text")
    return str(parse_web_address(value))


def saved(value: object) -> SavedState:
    """The journal's state."""
    return SavedState(value) if isinstance(value, str) else SavedState("")


def error(value: object) -> tuple[str, str]:
    """The code and the sentence of an error answer."""
    item = as_object(as_object(value).get("detail"))
    return _text(item, "code"), one_line(_text(item, "error"))


def one_line(text: str) -> str:
    """The text without control characters and line breaks, for a label."""
    kept = (each if each.isprintable() or each in _JOINERS else " " for each in text[:2000])
    return " ".join("".join(kept).split())


def _summary(value: object) -> SessionSummary:
    item = as_object(value)
    owner = item.get("owner")
    return SessionSummary(
        session(item),
        _whole(item, "participant_count"),
        _whole(item, "online_count"),
        owner=_short(owner) if isinstance(owner, str) else None,
        shared=item.get("shared") is True,
    )


def _lobby_entry(value: object) -> LobbyEntry:
    item = as_object(value)
    return LobbyEntry(
        id=_text(item, "id"),
        name=one_line(_text(item, "name")),
        presence=_presence(item),
        knocked_at_ms=_whole(item, "knocked_at"),
        role=_choice(Role, item, "role"),
    )


def _short(text: str) -> str:
    """A name that stands within a sentence."""
    return one_line(text)[:_SHORT_CHARS]


def _invite(item: Mapping[str, object], role: Role) -> str | None:
    if role.value in item and item[role.value] is None:
        return None
    return _text(item, role.value)


def _text(item: Mapping[str, object], key: str) -> str:
    value = item.get(key)
    if isinstance(value, str):
        return value
    raise ValueError(f"{key} is not a text")


def _whole(item: Mapping[str, object], key: str) -> int:
    value = item.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError(f"{key} is not a whole number")


def _presence(item: Mapping[str, object]) -> int:
    return _whole(item, "presence") % _PRESENCES


def _flag(item: Mapping[str, object], key: str) -> bool:
    value = item.get(key)
    if isinstance(value, bool):
        return value
    raise ValueError(f"{key} is neither true nor false")


def _choice(kind: type[E], item: Mapping[str, object], key: str) -> E:
    return kind(_text(item, key))
