"""What is beyond the limits is refused in the editor itself, and nothing is lost by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.support.room_page import RoomPage
    from tests.support.server import ServerProcess

    People = Callable[..., Awaitable[RoomPage]]

pytestmark = pytest.mark.browser


async def paste(person: RoomPage, text: str) -> None:
    """Paste where the caret is; a page on plain http has no clipboard to be asked for."""
    await person.page.evaluate(
        """(text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData('text/plain', text);
          const options = { clipboardData, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent('paste', options));
        }""",
        text,
    )


async def test_a_paste_beyond_the_limits_is_refused_and_typing_goes_on(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(language="python", code="x = 1")
    cem = await (await people()).enter(hosted.join_url("candidate", origin), "Cem")
    await cem.wait_for_text("x = 1")
    await cem.focus_editor()
    await paste(cem, "y = 2\n" * 400_000)
    await expect(cem.page.get_by_text("This text is too large")).to_be_visible()
    await cem.wait_for_text("x = 1")
    await cem.page.get_by_role("button", name="Dismiss").click()
    await cem.focus_editor()
    await paste(cem, "0")
    await cem.type("3")
    await cem.wait_for_text("x = 103")
    await expect(cem.status("saved")).to_have_text("Saved")
    await expect(cem.status("connection")).to_have_text("Connected")
    assert server.api("GET", f"/sessions/{hosted.id}")["data"]["code"] == "x = 103"
