"""The network goes and comes back; nothing typed meanwhile is lost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.support.browser import insecure_origin
from tests.support.proxy import cable_to
from tests.support.server import ServerProcess

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tests.support.room_page import RoomPage

    People = Callable[..., Awaitable[RoomPage]]

pytestmark = pytest.mark.browser

# What Chromium itself says of a connection that was cut.
CUT = r"net::ERR_|WebSocket connection to|Failed to load resource"

NEXT_FRAME = "() => new Promise((resolve) => requestAnimationFrame(() => resolve()))"
KEPT = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open('codeinterview');
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const count = opening.result.transaction('unsent').objectStore('unsent').count();
    count.onerror = () => reject(count.error);
    count.onsuccess = () => { opening.result.close(); resolve(count.result); };
  };
})"""


async def test_both_type_while_the_cable_is_cut(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(language="python", code="-")
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    async with cable_to(server.port) as cable:
        far = insecure_origin(f"http://127.0.0.1:{cable.port}")
        cem = await (await people()).enter(hosted.join_url("candidate", far), "Cem")
        cem.expect_complaint(CUT)
        await cem.wait_for_text("-")
        await cem.focus_editor()
        cable.cut()
        await expect(cem.page.get_by_text("Connection lost.")).to_be_visible()
        await cem.type("offline")
        await ines.focus_editor()
        await ines.type("ONLINE")
        await expect(cem.status("saved")).to_have_text("Not sent yet")
        cable.mend()
        await cem.in_room()
        await expect(cem.status("saved")).to_have_text("Saved")
        code = server.api("GET", f"/sessions/{hosted.id}")["data"]["code"]
        assert sorted(code) == sorted("-offlineONLINE")
        await ines.wait_for_text(code)
        await cem.wait_for_text(code)


async def test_a_reload_while_the_cable_is_cut_keeps_what_was_typed(
    server: ServerProcess, people: People
) -> None:
    hosted = server.host_session(language="python", code="")
    async with cable_to(server.port) as cable:
        far = insecure_origin(f"http://127.0.0.1:{cable.port}")
        cem = await (await people()).enter(hosted.join_url("candidate", far), "Cem")
        cem.expect_complaint(CUT)
        await cem.focus_editor()
        cable.cut()
        await expect(cem.page.get_by_text("Connection lost.")).to_be_visible()
        await cem.type("kept")
        await expect(cem.status("saved")).to_have_text("Not sent yet")
        cable.mend()
        await cem.page.reload()
        await cem.in_room()
        await cem.wait_for_text("kept")
        await expect(cem.status("saved")).to_have_text("Saved")
        assert server.api("GET", f"/sessions/{hosted.id}")["data"]["code"] == "kept"
        await nothing_kept(cem)


async def nothing_kept(person: RoomPage) -> None:
    """Wait until the browser holds no edits any more that it takes for unsent."""
    async with asyncio.timeout(10):
        while await person.page.evaluate(KEPT):
            await person.page.evaluate(NEXT_FRAME)


async def test_what_was_typed_into_a_locked_editor_while_away_can_be_copied(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(language="python", code="x = 1")
    async with cable_to(server.port) as cable:
        far = insecure_origin(f"http://127.0.0.1:{cable.port}")
        cem = await (await people()).enter(hosted.join_url("candidate", far), "Cem")
        cem.expect_complaint(CUT)
        await cem.wait_for_text("x = 1")
        await cem.focus_editor()
        cable.cut()
        await expect(cem.page.get_by_text("Connection lost.")).to_be_visible()
        await cem.type("00")
        server.api("PATCH", f"/sessions/{hosted.id}", token=hosted.token, json={"locked": True})
        cable.mend()
        await expect(cem.page.get_by_text("The editor shows the interview")).to_be_visible()
        await cem.wait_for_text("x = 1")
        assert server.api("GET", f"/sessions/{hosted.id}")["data"]["code"] == "x = 1"
        await cem.page.get_by_role("button", name="Copy my text").click()
        await expect(cem.page.get_by_role("button", name="Copied")).to_be_visible()
        await cem.page.get_by_role("button", name="Dismiss").click()
        server.api("PATCH", f"/sessions/{hosted.id}", token=hosted.token, json={"locked": False})
        await expect(cem.page.get_by_text("Read only")).to_be_hidden()
        await cem.focus_editor()
        await cem.page.keyboard.press("Control+v")
        await cem.wait_for_text("x = 1x = 100")
        await nothing_kept(cem)


async def test_the_server_is_killed_and_comes_back(people: People, tmp_path: Path) -> None:
    server = ServerProcess(tmp_path / "data").start()
    try:
        origin = insecure_origin(server.origin)
        hosted = server.host_session(language="python", code="")
        ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
        cem = await (await people()).enter(hosted.join_url("candidate", origin), "Cem")
        for person in (ines, cem):
            person.expect_complaint(CUT)
            await person.focus_editor()
        await ines.type("before ")
        await cem.wait_for_text("before ")
        server.kill()
        await ines.type("while ")
        server.start()
        for person in (ines, cem):
            await person.in_room()
        await cem.wait_for_text("before while ")
        await cem.page.keyboard.press("Control+End")
        await cem.type("after")
        await ines.wait_for_text("before while after")
    finally:
        assert server.stop() == 0
