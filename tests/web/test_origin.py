"""A whole session on a plain-http origin asks nothing of anybody but the server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.support.room_page import RoomPage
    from tests.support.server import ServerProcess

    People = Callable[..., Awaitable[RoomPage]]

pytestmark = pytest.mark.browser


async def test_no_request_leaves_the_origin(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(language="python", code="print(40 + 2)")
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    assert await ines.page.evaluate("window.isSecureContext") is False
    await ines.run()
    await expect(ines.output).to_contain_text("42")
    for language, shown in (("JavaScript", "Fibonacci"), ("HTML/CSS", None)):
        await ines.page.get_by_role("button", name=re.compile("^Language:")).click()
        await ines.page.get_by_role("menuitemradio", name=language).click()
        await expect(ines.page.get_by_role("button", name=f"Language: {language}")).to_be_visible()
        if shown is not None:
            await expect(ines.editor).to_contain_text(re.compile(shown, re.IGNORECASE))
        await ines.run()
        await expect(ines.output).to_contain_text("Done")
    await ines.page.goto(f"{origin}/docs")
    await expect(ines.page.get_by_text("/api/v1/sessions").first).to_be_visible()

    assert ines.person.foreign_requests(origin) == []
    assert any("/ws/sessions/" in url for url in ines.person.requests)


async def test_copying_works_without_the_clipboard_interface(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(language="python", code="")
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    assert await ines.page.evaluate("typeof navigator.clipboard") == "undefined"
    await ines.page.get_by_role("button", name=f"Copy the session code {hosted.id}").click()
    await expect(ines.page.get_by_role("button", name=f"{hosted.id} copied")).to_be_visible()
    await ines.focus_editor()
    await ines.page.keyboard.press("Control+v")
    await ines.wait_for_text(hosted.id)


async def test_a_link_is_copied_out_of_the_invite_panel(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(language="python", code="")
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    await ines.page.get_by_role("button", name="Invite").click()
    await ines.page.get_by_role("button", name="Copy candidate link").click()
    await expect(ines.page.get_by_role("button", name="Candidate link copied")).to_be_visible()
    await ines.page.keyboard.press("Escape")
    await ines.focus_editor()
    await ines.page.keyboard.press("Control+v")
    await ines.wait_for_text(hosted.join_url("candidate", origin))
