"""A participant without a browser: joins over REST, speaks the socket's protocol with pycrdt."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from pycrdt import Doc, Text
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from codeinterview_server.realtime.protocol import (
    FrameKind,
    SyncKind,
    encode_awareness,
    encode_control,
    encode_sync,
    read_control,
    read_integer,
    read_payload,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

TIMEOUT_S = 20.0


@dataclass
class Room:
    """A session made over REST, and the way in for others."""

    origin: str
    host_key: str
    id: str
    token: str
    """The creator's participant token."""
    invites: dict[str, str]

    @classmethod
    async def create(cls, origin: str, host_key: str, **body: Any) -> Room:
        """Create a session as the host does."""
        creator = {"id": "host", "name": "Ines Interviewer", "color": "0"}
        answer = await call(
            origin, "POST", "/sessions", token=host_key, json={"creator": creator, **body}
        )
        return cls(origin, host_key, answer["data"]["id"], answer["token"], answer["invites"])

    async def call(
        self, method: str, path: str = "", *, token: str | None = None, **kw: Any
    ) -> Any:
        """Call REST beneath this session, by default as its creator; raises for an error status."""
        whole = f"/sessions/{self.id}{path}"
        return await call(self.origin, method, whole, token=token or self.token, **kw)

    async def join(self, name: str, role: str | None = "candidate") -> str:
        """Join with the invite of `role`, or knock with the code alone; the token."""
        body: dict[str, Any] = {"user": {"id": name, "name": name, "color": ""}}
        if role is not None:
            body["invite"] = self.invites[role]
        path = f"/sessions/{self.id}/join"
        answer = await call(self.origin, "POST", path, token=None, json=body)
        token: str = answer["token"]
        return token

    @asynccontextmanager
    async def enter(
        self, token: str | None = None, *, doc: Doc[Any] | None = None, query: str = ""
    ) -> AsyncIterator[RoomClient]:
        """Open a socket, by default the creator's; it is closed at the end of the block."""
        url = self.origin.replace("http", "ws", 1)
        url = f"{url}/ws/sessions/{self.id}?token={token or self.token}{query}"
        async with connect(
            url, compression=None, proxy=None, max_size=2**25, close_timeout=2
        ) as socket:
            client = RoomClient(socket, Doc() if doc is None else doc)
            reading = asyncio.create_task(client.read())
            try:
                yield client
            finally:
                await socket.close()
                await reading


async def call(origin: str, method: str, path: str, *, token: str | None, **kw: Any) -> Any:
    """Call REST; raises for an error status."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(trust_env=False, timeout=TIMEOUT_S) as http:
        response = await http.request(method, f"{origin}/api/v1{path}", headers=headers, **kw)
    response.raise_for_status()
    return response.json() if response.content else None


@dataclass
class RoomClient:
    """One socket with its own document. What it hears is kept in `heard`, in order."""

    socket: ClientConnection
    doc: Doc[Any]
    heard: list[dict[str, Any]] = field(default_factory=list)
    """Control messages."""
    awareness: list[bytes] = field(default_factory=list)
    """Payloads of awareness frames."""
    frames: int = 0
    synced: bool = False
    close_code: int | None = None
    close_reason: str = ""
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    # What it does.

    def text(self, path: str = "main.py") -> str:
        """A file's text as this client has it."""
        return str(self.doc.get(f"file:{path}", type=Text))

    async def sync(self) -> None:
        """Ask for the server's state, and return once it is here."""
        self.synced = False
        await self.send(encode_sync(SyncKind.STATE, self.doc.get_state()))
        await self.until(lambda: self.synced, "the server's state")

    async def insert(self, at: int, text: str, path: str = "main.py") -> None:
        """Type text at an offset (in UTF-8 bytes)."""
        await self.edit(lambda content: content.insert(at, text), path)

    async def edit(self, change: Callable[[Text], object], path: str = "main.py") -> None:
        """Change a file's text and send the update."""
        before = self.doc.get_state()
        change(self.doc.get(f"file:{path}", type=Text))
        await self.send(encode_sync(SyncKind.UPDATE, self.doc.get_update(before)))

    async def tell(self, type_: str, **message: Any) -> None:
        """Send a control message."""
        await self.send(encode_control({"type": type_, **message}))

    async def show(self, payload: bytes) -> None:
        """Send an awareness update."""
        await self.send(encode_awareness(payload))

    async def send(self, frame: bytes) -> None:
        """Send a frame as it is."""
        await self.socket.send(frame)

    async def fence(self, ping_id: str = "fence") -> None:
        """Return once the server has handled everything that was sent before."""
        count = len(self.all("pong"))
        await self.tell("ping", id=ping_id)
        await self.until(lambda: len(self.all("pong")) > count, "a pong")

    # What it waits for.

    def all(self, type_: str) -> list[dict[str, Any]]:
        """Every control message of a type so far."""
        return [message for message in self.heard if message["type"] == type_]

    def last(self, type_: str) -> dict[str, Any] | None:
        """The newest control message of a type."""
        return next((each for each in reversed(self.heard) if each["type"] == type_), None)

    async def message(
        self, type_: str, where: Callable[[dict[str, Any]], bool] = lambda message: True
    ) -> dict[str, Any]:
        """Return the first control message of a type that fits, past ones included."""
        found: list[dict[str, Any]] = []

        def is_here() -> bool:
            found.extend(message for message in self.all(type_) if where(message))
            return bool(found)

        await self.until(is_here, f"a message {type_}; heard {self.heard}")
        return found[0]

    async def until_text(self, text: str, path: str = "main.py") -> None:
        """Return once this client has a file with exactly this text."""
        await self.until(lambda: self.text(path) == text, f"{text!r} in {path}")

    async def until_closed(self) -> tuple[int | None, str]:
        """Return the close code and reason once the server has closed."""
        await self.until(lambda: self.close_code is not None, "the end of the socket")
        return self.close_code, self.close_reason

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Return once the condition holds; it is looked at after each frame."""
        try:
            async with asyncio.timeout(TIMEOUT_S), self._changed:
                await self._changed.wait_for(condition)
        except TimeoutError:
            raise AssertionError(f"not within {TIMEOUT_S} s: {what}") from None

    # What it hears.

    async def read(self) -> None:
        """Take in frames until the socket is closed."""
        try:
            async for frame in self.socket:
                assert isinstance(frame, bytes)
                await self._hear(frame)
        except ConnectionClosed:
            pass
        self.close_code = self.socket.close_code
        self.close_reason = self.socket.close_reason or ""
        async with self._changed:
            self._changed.notify_all()

    async def _hear(self, frame: bytes) -> None:
        self.frames += 1
        kind, at = read_integer(frame, 0)
        if kind == FrameKind.CONTROL:
            self.heard.append(read_control(read_payload(frame, at)))
        elif kind == FrameKind.AWARENESS:
            self.awareness.append(read_payload(frame, at))
        else:
            sync, at = read_integer(frame, at)
            payload = read_payload(frame, at)
            if sync == SyncKind.STATE:
                answer = self.doc.get_update(payload)
                await self.send(encode_sync(SyncKind.DIFFERENCE, answer))
            else:
                self.doc.apply_update(payload)
                self.synced = self.synced or sync == SyncKind.DIFFERENCE
        async with self._changed:
            self._changed.notify_all()
