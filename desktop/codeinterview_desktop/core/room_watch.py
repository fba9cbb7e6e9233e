"""Follows one room over a control-only socket: people, lobby, session, saved state."""

from __future__ import annotations

import asyncio
import logging
import random
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from . import wire
from .certificates import client_context
from .events import Signal
from .frames import decode_control
from .supervisor import ServerAwayError
from .values import LobbyEntry, ParticipantInfo, SavedState, SessionInfo

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .tasks import BackgroundTasks

_log = logging.getLogger(__name__)

_OPEN_TIMEOUT_S = 10.0
_FRAME_LIMIT_BYTES = 4 * 1024 * 1024
_TOO_FAST = 4429
_TOO_FAST_WAIT_S = 10.0

_OVER = {
    4400: "The server did not understand this app. Check that both are of the same version.",
    4401: "Your place in this session is not known any more. Open the session again.",
    4403: "You may not be in this session any more.",
    4404: "This session does not exist any more.",
    4409: "The interview has ended.",
    4410: "This session has expired.",
    4413: "The session has become too large for this connection.",
}


class WatchState(StrEnum):
    """Where the watch's connection stands; `OVER` is for good (`RoomState.over` says why)."""

    IDLE = "idle"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    OVER = "over"


_NEXT: dict[WatchState, frozenset[WatchState]] = {
    WatchState.IDLE: frozenset({WatchState.CONNECTING}),
    WatchState.CONNECTING: frozenset({WatchState.CONNECTED, WatchState.OVER, WatchState.IDLE}),
    WatchState.CONNECTED: frozenset({WatchState.RECONNECTING, WatchState.OVER, WatchState.IDLE}),
    WatchState.RECONNECTING: frozenset({WatchState.CONNECTED, WatchState.OVER, WatchState.IDLE}),
    WatchState.OVER: frozenset({WatchState.IDLE}),
}


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


@dataclass(frozen=True, slots=True)
class Backoff:
    """The waits between tries: doubling from `first_s` to `most_s`, with jitter."""

    first_s: float = 0.25
    most_s: float = 5.0

    def delay_s(self, failures: int) -> float:
        """The wait after so many failures in a row, at least one."""
        longest_s: float = min(self.most_s, self.first_s * 2.0 ** min(failures - 1, 16))
        return longest_s * random.uniform(0.5, 1.0)  # noqa: S311 - spreads reconnections


class RoomWatch:
    """Owns the socket of one room, from `start()` to `stop()`.

    Signals:
        changed: the state before and after anything changed.
        knocked: somebody new waits in the lobby.
        refused: the server's sentence when something asked for was not done.
        invites_changed: an invite was renewed or revoked, or may have been while the connection
            was lost.
    """

    def __init__(
        self,
        session_id: str,
        token: str,
        *,
        origin: Callable[[], Awaitable[str]],
        tasks: BackgroundTasks,
        backoff: Backoff | None = None,
    ) -> None:
        """Prepare a watch.

        Args:
            session_id: the room.
            token: the participant token of whoever watches.
            origin: answers where the server is as soon as it runs; may raise ServerAwayError.
            tasks: what runs the socket.
            backoff: the waits between tries.
        """
        self.changed: Signal[RoomState, RoomState] = Signal()
        self.knocked: Signal[LobbyEntry] = Signal()
        self.refused: Signal[str] = Signal()
        self.invites_changed: Signal[[]] = Signal()
        self._session_id = session_id
        self._token = token
        self._origin = origin
        self._tasks = tasks
        self._backoff = backoff or Backoff()
        self._state = RoomState(WatchState.IDLE)
        self._task: asyncio.Task[None] | None = None

    @property
    def state(self) -> RoomState:
        """What is known now."""
        return self._state

    def start(self) -> None:
        """Connect, and stay connected. Returns at once."""
        if self._task is None:
            self._change(connection=WatchState.CONNECTING)
            self._task = self._tasks.start(self._run(), f"watch room {self._session_id}")

    async def stop(self) -> None:
        """Close the socket. Safe to call twice."""
        task, self._task = self._task, None
        if task is None:
            return
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        self._change(connection=WatchState.IDLE)

    async def _run(self) -> None:
        failures = 0
        while True:
            try:
                code = await self._converse()
            except (OSError, TimeoutError, InvalidHandshake, InvalidMessage) as error:
                _log.info("Room %s: no connection: %s", self._session_id, type(error).__name__)
                code = None
            except ServerAwayError:
                code = None
            failures = 1 if self._state.connection is WatchState.CONNECTED else failures + 1
            if code in _OVER:
                self._change(connection=WatchState.OVER, over=_OVER[code])
                return
            if self._state.connection is WatchState.CONNECTED:
                self._change(connection=WatchState.RECONNECTING)
            delay_s = self._backoff.delay_s(failures)
            await asyncio.sleep(max(delay_s, _TOO_FAST_WAIT_S) if code == _TOO_FAST else delay_s)

    async def _converse(self) -> int | None:
        """Hold one connection to its end; its close code."""
        origin = await self._origin()
        url = f"{origin.replace('http', 'ws', 1)}/ws/sessions/{self._session_id}?only=control"
        async with connect(
            url,
            additional_headers={"Authorization": f"Bearer {self._token}"},
            compression=None,
            open_timeout=_OPEN_TIMEOUT_S,
            close_timeout=1.0,
            max_size=_FRAME_LIMIT_BYTES,
            ssl=client_context() if url.startswith("wss:") else None,
            proxy=None,
        ) as socket:
            return await self._listen(socket)

    async def _listen(self, socket: ClientConnection) -> int | None:
        try:
            async for frame in socket:
                self._hear(frame)
        except ConnectionClosed:
            pass
        return socket.close_code

    def _hear(self, frame: str | bytes) -> None:
        try:
            message = decode_control(frame) if isinstance(frame, bytes) else None
            if message is not None:
                self._take(message)
        except ValueError as error:
            _log.warning("Room %s: a message was not understood: %s", self._session_id, error)

    def _take(self, message: dict[str, object]) -> None:
        match message["type"]:
            case "welcome":
                waiting = message.get("waiting")
                is_back = self._state.connection is WatchState.RECONNECTING
                self._change(
                    connection=WatchState.CONNECTED,
                    session=wire.session(message.get("session")),
                    me=wire.participant(message.get("participant")),
                    participants=wire.participants(message.get("participants")),
                    lobby=wire.lobby(waiting) if waiting is not None else (),
                    saved=wire.saved(message.get("saved")),
                )
                if is_back:
                    self.invites_changed.emit()
            case "invites":
                self.invites_changed.emit()
            case "participants":
                self._change(participants=wire.participants(message.get("participants")))
            case "lobby":
                self._change(lobby=wire.lobby(message.get("waiting")))
            case "session":
                self._change(session=wire.session(message.get("session")))
            case "role":
                self._change(me=wire.participant(message.get("participant")))
            case "saved":
                self._change(saved=wire.saved(message.get("state")))
            case "refused":
                error = message.get("error")
                if isinstance(error, str):
                    self.refused.emit(wire.one_line(error))
            case _:
                pass

    def _change(self, **changes: object) -> None:
        before = self._state
        after = replace(before, **changes)  # type: ignore[arg-type]
        if after == before:
            return
        if (
            after.connection is not before.connection
            and after.connection not in _NEXT[before.connection]
        ):
            raise RuntimeError(f"A watch cannot go from {before.connection} to {after.connection}.")
        self._state = after
        self.changed.emit(before, after)
        known = {each.id for each in before.lobby}
        for entry in after.lobby:
            if entry.id not in known:
                self.knocked.emit(entry)
