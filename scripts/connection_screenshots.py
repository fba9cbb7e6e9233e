"""Take the pictures of what pages tell of the connection: docs/images/connection-*.png.

A server in a folder of its own that believes it is reached through a tunnel, and an nginx in front
that lets no socket through. `make screenshots` runs it.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.async_api import expect  # noqa: E402
from tests.support.browser import chromium, insecure_origin, new_person  # noqa: E402
from tests.support.room_page import RoomPage  # noqa: E402
from tests.support.server import ServerProcess  # noqa: E402
from tests.support.ssh_server import free_port  # noqa: E402
from tests.support.web_proxy import WebProxy  # noqa: E402

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

IMAGES = ROOT / "docs" / "images"
SCHEMES = ("light", "dark")


async def shoot(page: Page, name: str, *, full_page: bool = False) -> None:
    """Save what a browser shows."""
    path = IMAGES / f"{name}.png"
    await page.screenshot(path=path, animations="disabled", caret="hide", full_page=full_page)
    print(path.relative_to(ROOT))


async def badge(browser: Browser, link: str, scheme: str) -> None:
    """The room's head with the badge open."""
    size = {"width": 1440, "height": 480}
    cem = RoomPage(await new_person(browser, viewport=size, color_scheme=scheme))
    await cem.enter(link, "Cem")
    await expect(cem.connection).to_have_accessible_name("Your connection: Tunnel, Good")
    await cem.connection.click()
    rows = cem.page.get_by_role("dialog").locator("dd")
    await expect(rows.nth(3)).to_have_text(re.compile("of [3-9]"))
    await shoot(cem.page, f"connection-badge-{scheme}")
    await cem.person.context.close()


async def check(browser: Browser, link: str, scheme: str) -> None:
    """The join page with what the check has found."""
    options = {"viewport": {"width": 640, "height": 860}, "ignore_https_errors": True}
    page = (await new_person(browser, color_scheme=scheme, **options)).page
    await page.goto(link)
    await page.get_by_label("Your name").fill("Cem")
    await page.get_by_role("radio", name="Teal").click()
    await page.get_by_role("button", name="Check my connection").click()
    await expect(page.get_by_text("The live connection is blocked")).to_be_visible()
    await shoot(page, f"connection-check-{scheme}", full_page=True)
    await page.context.close()


async def tour(folder: Path) -> None:
    """Take all pictures."""
    port = free_port()
    base = f"https://localhost:{port}"
    options = (f"--public-url={base}", "--trusted-proxies=127.0.0.1")
    server = ServerProcess(folder / "data", options=options).start()
    origin = insecure_origin(server.origin)
    link = {"url": origin, "kind": "tunnel", "forwarded": False}
    try:
        server.api("PUT", "/links", json={"links": [link]})
        hosted = server.host_session("Ines", title="Backend interview", language="python")
        async with chromium() as browser:
            for scheme in SCHEMES:
                await badge(browser, hosted.join_url("candidate", origin), scheme)
            with WebProxy(folder, server.port, port, upgrades=False).running():
                for scheme in SCHEMES:
                    await check(browser, hosted.join_url("candidate", base), scheme)
    finally:
        server.stop()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="codeinterview-pictures-") as made:
        asyncio.run(tour(Path(made)))
