"""Somebody who types whatever becomes of the connection, and comes back as the web client does."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pycrdt import Doc, Text, TextEvent
from tests.faults.keys import BYTES, Keys
from tests.faults.pace import pace
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from codeinterview_server.realtime.protocol import (
    FrameKind,
    SyncKind,
    encode_control,
    encode_sync,
    read_control,
    read_integer,
    read_payload,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

PATH = "main.py"
# As in the web client's connection.ts and backoff.ts.
_FIRST_S, _CAP_S = 0.3, 10.0
_STABLE_AFTER_S = 5.0
_QUIET_S, _PATIENCE_S = 5, 7
_OPEN_PATIENCE_S = 10
_FOR_GOOD = range(4400, 4429)
"""Close codes after which the web client does not come back."""


class Typist:
    """One person: a document that outlives every socket, fingers, and a screen."""

    def __init__(
        self,
        url: Callable[[], str],
        keys: Keys,
        rng: random.Random,
        *,
        first_wait_s: float = _FIRST_S,
        source: str | None = None,
    ) -> None:
        self._url = url
        self._source = None if source is None else (source, 0)
        self._keys = keys
        self._rng = rng
        self._first_wait_s = first_wait_s
        self._doc: Doc[Any] = Doc()
        self._text: Text = self._doc.get(f"file:{PATH}", type=Text)
        self._seen = self._text.observe(self._see)
        self._hearing: int | None = None
        self._own: list[str] = []
        self._socket: ClientConnection | None = None
        self._plugged_in = asyncio.Event()
        self._plugged_in.set()
        self._tasks: list[asyncio.Task[None]] = []
        self.is_synced = False
        self.syncs = 0
        """How often it came (back) into the room."""
        self.saved = ""
        """What the server last said of the text being saved."""
        self.reasons: list[str] = []
        """Why the server closed connections, each time that it said so."""

    def start(self) -> None:
        """Come into the room, and come back whenever the connection is lost."""
        self._tasks.append(asyncio.create_task(self._stay(), name="typist"))

    def begin(self, keystrokes_per_s: float) -> None:
        """Begin to type."""
        self._tasks.append(asyncio.create_task(self._type(keystrokes_per_s), name="fingers"))

    async def stop_typing(self) -> None:
        """Take the fingers off the keys."""
        for task in self._tasks[1:]:
            await _end(task)
        del self._tasks[1:]

    async def leave(self) -> None:
        """Stop for good; whatever went wrong on the way is raised here."""
        for task in reversed(self._tasks):
            await _end(task)
        self._tasks.clear()

    def unplug(self) -> None:
        """Lose the network; typing goes on."""
        self._plugged_in.clear()
        if self._socket is not None:
            self._socket.transport.abort()
        self._is_out()

    def plug_in(self) -> None:
        """Have the network back."""
        self._plugged_in.set()

    @property
    def text(self) -> str:
        """What is on the screen."""
        return str(self._text)

    @property
    def failed(self) -> bool:
        """Whether it gave up, for the reason that `leave` raises."""
        return any(task.done() for task in self._tasks)

    async def strike(self) -> None:
        """One keystroke: mostly one more character, now and then elsewhere, at times a deletion."""
        text = self.text
        dice = self._rng.random()
        before = self._doc.get_state()
        if dice < 0.1 and self._own:
            character = self._own.pop()
            at = text.find(character) * BYTES
            self._keys.take_back(character)
            if at >= 0:
                del self._text[at : at + BYTES]
        else:
            at = len(text)
            if dice < 0.2:
                at = self._rng.randrange(len(text) + 1)
            elif self._own:
                at = text.find(self._own[-1]) + 1
            character = self._keys.press(is_here=self.is_synced)
            self._own.append(character)
            self._text.insert(at * BYTES, character)
        if self._socket is not None:
            update = self._doc.get_update(before)
            await self._send(self._socket, encode_sync(SyncKind.UPDATE, update))

    async def _type(self, keystrokes_per_s: float) -> None:
        while True:
            await self.strike()
            await pace(self._rng.uniform(0.2, 1.8) / keystrokes_per_s)

    async def _stay(self) -> None:
        loop = asyncio.get_running_loop()
        attempt = 0
        while True:
            await self._plugged_in.wait()
            came_at = loop.time()
            code = await self._visit()
            if self._plugged_in.is_set() and code in _FOR_GOOD:
                raise AssertionError(f"the server closed for good: {code}")
            if loop.time() - came_at > _STABLE_AFTER_S:
                attempt = 0
            await pace(min(_CAP_S, self._first_wait_s * 2**attempt) * self._rng.uniform(0.5, 1))
            attempt += 1

    async def _visit(self) -> int | None:
        """Take part until the connection is lost; return its close code."""
        try:
            async with asyncio.timeout(_OPEN_PATIENCE_S):
                socket = await connect(
                    self._url(),
                    local_addr=self._source,
                    compression=None,
                    proxy=None,
                    max_size=2**25,
                    open_timeout=None,
                    close_timeout=0.2,
                    ping_interval=_QUIET_S,
                    ping_timeout=_PATIENCE_S,
                )
        except (OSError, TimeoutError, InvalidHandshake, InvalidMessage):
            return None
        try:
            if not self._plugged_in.is_set():
                return None
            self._socket = socket
            await self._send(socket, encode_sync(SyncKind.STATE, self._doc.get_state()))
            with suppress(ConnectionClosed):
                async for frame in socket:
                    assert isinstance(frame, bytes)
                    await self._hear(socket, frame)
        finally:
            self._is_out()
            socket.transport.abort()
        await socket.wait_closed()
        if socket.close_reason:
            self.reasons.append(socket.close_reason)
        return socket.close_code

    def _is_out(self) -> None:
        self._socket = None
        self.is_synced = False
        self.saved = ""

    async def _hear(self, socket: ClientConnection, frame: bytes) -> None:
        kind, at = read_integer(frame, 0)
        if kind == FrameKind.CONTROL:
            await self._be_told(read_control(read_payload(frame, at)))
        elif kind == FrameKind.SYNC:
            sync, at = read_integer(frame, at)
            payload = read_payload(frame, at)
            if sync == SyncKind.STATE:
                difference = self._doc.get_update(payload)
                await self._send(socket, encode_sync(SyncKind.DIFFERENCE, difference))
            else:
                self._hearing = sync
                self._doc.apply_update(payload)
                self._hearing = None
                if sync == SyncKind.DIFFERENCE and self._socket is socket:
                    self.is_synced = True
                    self.syncs += 1

    async def _be_told(self, message: dict[str, Any]) -> None:
        if message["type"] == "welcome":
            self.saved = message["saved"]
        elif message["type"] == "saved":
            self.saved = message["state"]

    def _see(self, event: TextEvent) -> None:
        if self._hearing is not None:
            delta: list[dict[str, Any]] = event.delta  # type: ignore[attr-defined]
            for change in delta:
                is_relayed = self._hearing == SyncKind.UPDATE
                self._keys.arrived(change.get("insert", ""), is_relayed=is_relayed)

    async def tell(self, type_: str, **message: Any) -> None:
        """Send a control message, if there is a connection."""
        if self._socket is not None:
            await self._send(self._socket, encode_control({"type": type_, **message}))

    @staticmethod
    async def _send(socket: ClientConnection, frame: bytes) -> None:
        # What is lost with the connection is still in the document.
        with suppress(ConnectionClosed):
            await socket.send(frame)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
