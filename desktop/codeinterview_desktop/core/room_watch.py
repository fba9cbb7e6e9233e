"""Follows one room over a control-only socket: people, lobby, session, saved state."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .events import Signal
from .values import LobbyEntry, ParticipantInfo, SavedState, SessionInfo


class WatchState(StrEnum):
    """Where the watch's connection stands; `OVER` is for good (`RoomState.over` says why)."""

    IDLE = "idle"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class RoomState:
    """What is known of a room; lists keep the last known people while reconnecting."""

    connection: WatchState
    session: SessionInfo | None = None
    me: ParticipantInfo | None = None
    participants: tuple[ParticipantInfo, ...] = ()
    lobby: tuple[LobbyEntry, ...] = ()
    saved: SavedState | None = None
    over: str | None = None


class RoomWatch:
    """Owns the socket of one room, from `start()` to `stop()`.

    Signals:
        changed: the state before and after anything changed.
        knocked: somebody new waits in the lobby.
        refused: the server's sentence when something asked for was not done.
    """

    def __init__(self, session_id: str, token: str) -> None:
        self.changed: Signal[RoomState, RoomState] = Signal()
        self.knocked: Signal[LobbyEntry] = Signal()
        self.refused: Signal[str] = Signal()
        raise NotImplementedError

    @property
    def state(self) -> RoomState:
        """What is known now."""
        raise NotImplementedError
