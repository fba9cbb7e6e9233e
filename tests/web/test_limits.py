"""What is beyond the limits is refused in the editor itself, and nothing is lost by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.support.browser import insecure_origin
from tests.support.eventually import eventually
from tests.support.proxy import cable_to

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.support.room_page import RoomPage
    from tests.support.server import Hosted, ServerProcess

    People = Callable[..., Awaitable[RoomPage]]

pytestmark = pytest.mark.browser

# What Chromium itself says of a connection that was cut.
CUT = r"net::ERR_|WebSocket connection to|Failed to load resource"

# Almost as much as one message carries.
FITS = "y = 2\n" * 315_000


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


def fill_other_files(server: ServerProcess, hosted: Hosted) -> None:
    """Leave room for two large pastes in the document, and not for three."""
    text = "z" * 1024 * 1024
    for language, path in (
        ("javascript", "main.js"),
        ("html", "index.html"),
        ("html", "style.css"),
        ("html", "script.js"),
    ):
        body = {"code": text, "path": path, "language": language}
        server.api("PUT", f"/sessions/{hosted.id}/code", json=body)
    server.api("PATCH", f"/sessions/{hosted.id}", json={"language": "python"})


async def wait_for_length(server: ServerProcess, hosted: Hosted, length: int) -> None:
    """Wait until the session's main file is so long on the server."""

    async def is_so_long() -> bool:
        return len(server.api("GET", f"/sessions/{hosted.id}")["data"]["code"]) == length

    await eventually(is_so_long, f"a text of {length} characters on the server")


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


async def test_a_paste_beyond_the_document_is_refused_until_there_is_room(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(language="python", code="")
    fill_other_files(server, hosted)
    cem = await (await people()).enter(hosted.join_url("candidate", origin), "Cem")
    await expect(cem.status("saved")).to_have_text("Saved")
    await cem.focus_editor()
    for count in (1, 2):
        await paste(cem, FITS)
        await wait_for_length(server, hosted, count * len(FITS))
    await paste(cem, FITS)
    await expect(cem.page.get_by_text("8 MB together")).to_be_visible()
    await expect(cem.status("connection")).to_have_text("Connected")
    await cem.page.get_by_role("button", name="Dismiss").click()

    await cem.replace_all("room again\n")
    await paste(cem, FITS)
    await wait_for_length(server, hosted, len(FITS) + len("room again\n"))
    await expect(cem.page.get_by_text("Nothing was changed")).to_have_count(0)


async def test_edits_made_apart_that_do_not_fit_together_end_in_a_copy_not_in_a_loop(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(language="python", code="")
    fill_other_files(server, hosted)
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    async with cable_to(server.port) as cable:
        far = insecure_origin(f"http://127.0.0.1:{cable.port}")
        cem = await (await people()).enter(hosted.join_url("candidate", far), "Cem")
        cem.expect_complaint(CUT)
        await cem.focus_editor()
        cable.cut()
        await expect(cem.page.get_by_text("Connection lost.")).to_be_visible()
        await paste(cem, FITS)
        await expect(cem.status("saved")).to_have_text("Not sent yet")
        # No message could carry both.
        await paste(cem, FITS)
        await expect(cem.page.get_by_text("try again when they are sent")).to_be_visible()
        await cem.page.get_by_role("button", name="Dismiss").click()
        await ines.focus_editor()
        for count in (1, 2):
            await paste(ines, FITS)
            await wait_for_length(server, hosted, count * len(FITS))
        cable.mend()
        await expect(cem.status("connection")).to_have_text("Stopped")
        await expect(cem.status("saved")).to_have_text("Not sent")
        ended = cem.page.get_by_role("alert").filter(has_text="more than the interview can hold")
        await ended.get_by_role("button", name="Copy my text").click()
        await expect(ended.get_by_role("button", name="Copied")).to_be_visible()

        await ended.get_by_role("button", name="Reload").click()
        await cem.in_room()
        await expect(cem.status("saved")).to_have_text("Saved")
        await ines.replace_all("made room")
        await cem.wait_for_text("made room")
        await wait_for_length(server, hosted, len("made room"))
