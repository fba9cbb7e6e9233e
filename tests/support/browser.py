"""Debian's Chromium under Playwright, on the insecure origin that a LAN gives.

`interview.test` resolves to loopback inside the browser only. Plain http there is no secure
context, as on a LAN; `localhost` would be one and would hide what is missing.
"""

from __future__ import annotations

import os
import shutil
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Page, async_playwright, expect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

INSECURE_HOST = "interview.test"

# As patient as everything else here; a busy machine takes more than Playwright's five seconds.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)

# Root may not use Chromium's own sandbox; the others keep it from calling home.
FLAGS = (
    *(("--no-sandbox",) if os.geteuid() == 0 else ()),
    f"--host-resolver-rules=MAP {INSECURE_HOST} 127.0.0.1",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
)


def insecure_origin(origin: str) -> str:
    """The same server under the name that is no secure context."""
    return f"http://{INSECURE_HOST}:{urlsplit(origin).port}"


@asynccontextmanager
async def chromium(
    executable: str | None = None, flags: tuple[str, ...] = ()
) -> AsyncIterator[Browser]:
    """A headless Chromium; `executable` replaces Debian's."""
    path = executable or shutil.which("chromium")
    assert path, "Debian's package chromium is missing"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Person:
    """A browser context of its own, as one person has, with everything that it complained of."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def foreign_requests(self, origin: str) -> list[str]:
        """What this person's pages asked of anybody but `origin`."""
        home = urlsplit(origin).netloc
        return [
            url
            for url in self.requests
            if urlsplit(url).scheme in {"http", "https", "ws", "wss"}
            and urlsplit(url).netloc != home
        ]


async def new_person(browser: Browser, **options: object) -> Person:
    """Open an empty page whose console errors, exceptions and requests are kept."""
    context = await browser.new_context(**options)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    person = Person(context, page)

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: person.complaints.append(f"exception: {error}"))
        page.on(
            "console",
            lambda message: (
                person.complaints.append(f"{message.type}: {message.text}")
                if message.type in {"error", "warning"}
                else None
            ),
        )
        page.on("websocket", lambda socket: person.requests.append(socket.url))

    watch(page)
    context.on("page", watch)
    context.on("request", lambda request: person.requests.append(request.url))
    return person
