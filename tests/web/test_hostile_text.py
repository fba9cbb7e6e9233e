"""Whatever a candidate writes, the other's page goes on: one can type elsewhere and run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.server.realtime.updates import STRING, block, in_root, string, update
from tests.support.room_client import Room

from codeinterview_server.realtime.protocol import SyncKind, encode_sync

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.support.room_page import RoomPage
    from tests.support.server import ServerProcess

    People = Callable[..., Awaitable[RoomPage]]

pytestmark = pytest.mark.browser

FIRST = "console.log('six times seven', 6 * 7);\n"
PATH = "main.js"
MEGABYTE = 1_000_000

# Right-to-left overrides and isolates that are never closed, and a zero-width joiner.
BIDI = "\u202e\u202d\u2066\u2067\u2068\u200f\u200e\u061c\u200d" * 200

TEXTS = {
    "one line of a megabyte": "//" + "x" * MEGABYTE,
    "one line of a megabyte of brackets": "//" + "([{" * (MEGABYTE // 3),
    "a hundred thousand lines": "// line\n" * 100_000,
    "bidirectional controls": f"// {BIDI} evil {BIDI}\n" * 20,
    "a tower of accents": "// e" + "\u0301" * 20_000,
    "control characters": "// \x00\x01\x07\x08\x0b\x0c\x1b[2J\x7f\x85\ufeff\ufffe",
    "separators that are no line ends": "// a\u2028// b\u2029// c",
    "beyond the first plane": "// " + "😀👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿" * 5_000,
}

FRAMES = {
    "a carriage return": string("a\r\nb"),
    "half a character": b"\x03\xed\xa0\x80",
    "a byte that is no text": b"\x02\xc3\x28",
}


async def caret_goes_to_the_start(person: RoomPage) -> None:
    # Not by a click: while a long text is painted, Playwright may scroll to the editor's far end
    # in order to press at its beginning.
    await person.page.get_by_role("textbox", name="Code editor").focus()
    await person.page.keyboard.press("Control+Home")


async def types_and_runs(person: RoomPage, server: ServerProcess, session_id: str) -> None:
    """Write a line of one's own at the start, see it arrive, run."""
    await caret_goes_to_the_start(person)
    await person.type("// mine")
    await person.page.keyboard.press("Enter")
    await expect(person.status("saved")).to_have_text("Saved")
    code = server.api("GET", f"/sessions/{session_id}")["data"]["code"]
    assert code.startswith(f"// mine\n{FIRST}")
    await person.run()
    await expect(person.output).to_contain_text("six times seven 42")
    await expect(person.output).to_contain_text(re.compile(r"Finished|ran main\.js|Ran"))
    await expect(person.status("connection")).to_have_text("Connected")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
async def test_the_others_page_goes_on(
    server: ServerProcess, origin: str, people: People, text: str
) -> None:
    hosted = server.host_session(language="javascript", code=FIRST)
    room = Room(server.origin, server.host_key, hosted.id, hosted.token, hosted.invites)
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    await ines.wait_for_text(FIRST)
    async with room.enter(await room.join("Mallory")) as mallory:
        await mallory.sync()
        await mallory.insert(len(FIRST), text, PATH)
        await mallory.fence()
        await types_and_runs(ines, server, hosted.id)
        await mallory.until_text(f"// mine\n{FIRST}{text}", PATH)
    # And whoever comes later.
    await ines.page.reload()
    await ines.in_room()
    await caret_goes_to_the_start(ines)
    await ines.type("//")
    await expect(ines.editor).to_contain_text("//// mine")


@pytest.mark.parametrize("payload", FRAMES.values(), ids=FRAMES.keys())
async def test_what_is_no_text_reaches_nobody(
    server: ServerProcess, origin: str, people: People, payload: bytes
) -> None:
    hosted = server.host_session(language="javascript", code=FIRST)
    room = Room(server.origin, server.host_key, hosted.id, hosted.token, hosted.invites)
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    await ines.wait_for_text(FIRST)
    async with room.enter(await room.join("Mallory")) as mallory:
        await mallory.sync()
        data = update(block(5, 0, in_root(f"file:{PATH}", STRING, payload)))
        await mallory.send(encode_sync(SyncKind.UPDATE, data))
        assert await mallory.until_closed() == (4400, "malformed")
    await ines.wait_for_text(FIRST)
    await types_and_runs(ines, server, hosted.id)
