"""A link's invite is shown to the server that the link names, before anything is opened."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from tests.desktop.core.test_recent import away

from codeinterview_desktop.core.discovery import Discovery
from codeinterview_desktop.core.joining import Joining
from codeinterview_desktop.core.recent import Recent, RecentFile

if TYPE_CHECKING:
    from pathlib import Path

INVITE = "aB3-_" * 4 + "aB"
PREVIEW = {
    "id": "1a2b3c4d",
    "title": "Backend",
    "phase": "open",
    "language": "python",
    "approval_required": True,
    "join_policy": "invite",
}


async def test_the_invite_goes_along_in_a_header_and_nowhere_else(tmp_path: Path) -> None:
    heads: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        body = json.dumps({"success": True, "data": PREVIEW})
        writer.write(f"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        recent = Recent(RecentFile(tmp_path / "recent.json"), away)
        joining = Joining(Discovery(["127.0.0.1"]), recent, away)
        room = await joining.resolve(f"{origin}/i/1a2b3c4d#{INVITE}")
        assert room.url == f"{origin}/i/1a2b3c4d#{INVITE}"
        await joining.resolve(f"{origin}/i/1a2b3c4d")
    finally:
        server.close()
    with_link, with_code = heads
    first, *headers = with_link.split("\r\n")
    assert INVITE not in first
    assert [line for line in headers if INVITE in line] == [f"CodeInterview-Invite: {INVITE}"]
    assert "invite" not in with_code.lower()
    assert INVITE not in (tmp_path / "recent.json").read_text()
