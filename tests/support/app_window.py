"""What an interviewer does in the app's window, and the room as its web view shows it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from playwright.async_api import async_playwright
from tests.support.browser import Person
from tests.support.program import wait_until
from tests.support.room_page import RoomPage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.support.display import Display


def host(screen: Display) -> str:
    """Press Host and return the link that the app copies."""
    wait_until(lambda: bool(screen.windows("CodeInterview")), "window")
    screen.focus(screen.windows("CodeInterview")[-1])
    screen.press("ctrl+n")
    screen.type("Pairing")
    screen.press("Return")
    wait_until(lambda: bool(screen.windows("Pairing")), "session's window title")

    def copied() -> bool:
        screen.press("ctrl+l")
        return "/i/" in screen.clipboard()

    wait_until(copied, "copied link")
    return screen.clipboard()


@asynccontextmanager
async def web_view(debugging_port: int) -> AsyncIterator[RoomPage]:
    """The room as the app's own web view shows it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.connect_over_cdp(
            f"http://127.0.0.1:{debugging_port}", no_defaults=True
        )
        context = browser.contexts[0]
        context.set_default_timeout(20_000)
        yield RoomPage(Person(context, context.pages[0]))
        await browser.close()
