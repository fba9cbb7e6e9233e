"""A stock y-websocket client in a Node process of its own."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

TIMEOUT_S = 60.0
_SCRIPT = Path(__file__).parent / "node" / "stock_client.mjs"
_WEB = Path(__file__).resolve().parents[2] / "web"


class StockClient:
    """What the client said, and how to tell it something."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._changed = asyncio.Event()
        self.events: list[dict[str, Any]] = []
        self.text = ""
        self.names: list[str | None] = []

    def all(self, event: str) -> list[dict[str, Any]]:
        """Every event of a kind so far."""
        return [each for each in self.events if each["event"] == event]

    async def tell(self, do: str, **fields: Any) -> None:
        """Send a command."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **fields}).encode() + b"\n")
        await self._process.stdin.drain()

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Return once the condition holds; it is looked at after each event."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                while not condition():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            shown = (self.all("status")[-3:], self.all("closed"), self.text[-200:])
            raise AssertionError(f"not within {TIMEOUT_S} s: {what}; {shown}") from None

    async def until_text(self, text: str) -> None:
        """Return once the client has exactly this text."""
        await self.until(lambda: self.text == text, f"the text {text[-80:]!r}")

    async def until_synced(self, times: int = 1) -> None:
        """Return once the client has finished so many handshakes."""
        await self.until(lambda: len(self.all("synced")) >= times, f"handshake {times}")

    async def read(self) -> None:
        """Take in events until the process ends."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            event = json.loads(line)
            if event["event"] == "text":
                self.text = event["text"]
            elif event["event"] == "people":
                self.names = event["names"]
            else:
                self.events.append(event)
            self._changed.set()


@asynccontextmanager
async def stock_client(origin: str, session_id: str, token: str) -> AsyncIterator[StockClient]:
    """A client that connects, and reconnects by itself; it ends with the block."""
    process = await asyncio.create_subprocess_exec(
        "node",
        str(_SCRIPT),
        str(_WEB),
        origin.replace("http", "ws", 1),
        session_id,
        token,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    client = StockClient(process)
    assert process.stderr is not None
    reading = asyncio.create_task(client.read())
    complaints = asyncio.create_task(process.stderr.read())
    try:
        yield client
    finally:
        if process.returncode is None:
            await client.tell("quit")
        await asyncio.wait_for(asyncio.gather(process.wait(), reading), TIMEOUT_S)
    assert (await complaints).decode() == ""
    assert process.returncode == 0
