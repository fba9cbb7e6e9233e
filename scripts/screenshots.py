"""Take the documentation's pictures from the real app and the real room: docs/images/*.png.

The app runs on an X display of its own and hosts; a browser joins, types and runs. Run it with
`make screenshots`.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import httpx  # noqa: E402
from playwright.async_api import async_playwright, expect  # noqa: E402
from tests.support.browser import Person, chromium, new_person  # noqa: E402
from tests.support.display import Display, display  # noqa: E402
from tests.support.program import app_folder, environment, running, wait_until  # noqa: E402
from tests.support.room_page import RoomPage  # noqa: E402

if TYPE_CHECKING:
    from playwright.async_api import Page

IMAGES = ROOT / "docs" / "images"
PORT = 8898
DEBUGGING_PORT = 8897
WIDTH, HEIGHT = 1280, 800

CODE = '''\
from collections import Counter

def most_common_word(text: str) -> str:
    """The word that occurs most often, in lower case."""
    words = text.lower().split()
    return Counter(words).most_common(1)[0][0]


print(most_common_word("the quick fox jumps over the lazy dog"))
'''

# Grabs the whole screen; a process of its own, because this one has no window system.
GRAB = """
import sys
from PySide6.QtGui import QGuiApplication, QImage
app = QGuiApplication([])
image = app.primaryScreen().grabWindow(0).toImage()
image.convertToFormat(QImage.Format.Format_RGB888).save(sys.argv[1], "PNG", 0)
"""


def grab(screen: Display, name: str) -> None:
    """Save what the X display shows."""
    subprocess.run(
        [sys.executable, "-c", GRAB, str(IMAGES / f"{name}.png")],
        env=screen.environment(),
        check=True,
        timeout=60,
    )
    print(f"docs/images/{name}.png")


def grab_at_rest(screen: Display, name: str) -> None:
    """Save what the X display shows once it does not change any more."""
    path = IMAGES / f"{name}.png"
    shown = b""

    def rests() -> bool:
        nonlocal shown
        before = shown
        grab(screen, name)
        shown = path.read_bytes()
        return shown == before

    wait_until(rests, "still picture")


async def shoot(page: Page, name: str) -> None:
    """Save what a browser shows."""
    await page.screenshot(path=IMAGES / f"{name}.png", animations="disabled", caret="hide")
    print(f"docs/images/{name}.png")


def fill_screen(screen: Display) -> None:
    """Give the newest window the whole display and the keyboard."""
    window = screen.windows("CodeInterview|Backend")[-1]
    for words in (
        ("windowmove", window, "0", "0"),
        ("windowsize", window, f"{WIDTH}", f"{HEIGHT}"),
    ):
        subprocess.run(["xdotool", *words], env=screen.environment(), check=True, timeout=60)
    screen.focus(window)


def host(screen: Display) -> str:
    """Press Host; return the link that the app copies."""
    screen.press("ctrl+n")
    screen.type("Backend interview")
    screen.press("Return")
    wait_until(lambda: bool(screen.windows("Backend")), "session's window title")

    def copied() -> bool:
        screen.press("ctrl+l")
        return "/i/" in screen.clipboard()

    wait_until(copied, "copied link")
    return screen.clipboard()


def write(session_id: str, token: str) -> None:
    """Put the example into the editor; typed, Monaco would indent it."""
    response = httpx.put(
        f"http://127.0.0.1:{PORT}/api/v1/sessions/{session_id}/code",
        headers={"Authorization": f"Bearer {token}"},
        json={"code": CODE},
        trust_env=False,
        timeout=30,
    )
    response.raise_for_status()


async def tour(screen: Display) -> None:
    """Host in the app, join from browsers, take the pictures on the way."""
    fill_screen(screen)
    link = await asyncio.to_thread(host, screen)
    async with async_playwright() as playwright, chromium() as browser:
        cdp = await playwright.chromium.connect_over_cdp(
            f"http://127.0.0.1:{DEBUGGING_PORT}", no_defaults=True
        )
        context = cdp.contexts[0]
        ines = RoomPage(Person(context, context.pages[0]))
        await ines.in_room()
        size = {"width": WIDTH, "height": HEIGHT}
        cem = RoomPage(await new_person(browser, viewport=size, color_scheme="light"))
        await cem.page.goto(link)
        await expect(cem.page.get_by_label("Your name")).to_be_visible()
        await shoot(cem.page, "join")
        async with cem.page.expect_response("**/join") as joined:
            await cem.enter(link, "Cem")
        answer = await (await joined.value).json()
        write(answer["data"]["id"], answer["token"])
        await cem.wait_for_text(CODE)
        await cem.run()
        await expect(ines.output).to_contain_text("Done")
        await ines.focus_editor()
        await ines.page.keyboard.press("ArrowUp")
        await expect(cem.page.locator('[class*="yRemoteSelectionHead"]').first).to_be_attached()
        await shoot(cem.page, "room-light")
        dark = RoomPage(await new_person(browser, viewport=size, color_scheme="dark"))
        await dark.enter(link, "Dilan")
        await expect(dark.output).to_contain_text("Done")
        await expect(dark.page.get_by_text("Getting Python ready")).to_have_count(0, timeout=30_000)
        await shoot(dark.page, "room-dark")
        knocking = RoomPage(await new_person(browser, viewport=size))
        await knocking.join(link.partition("#")[0], "Kim")
        await expect(knocking.page.get_by_role("heading", name="Waiting for")).to_be_visible()
        mobile = RoomPage(
            await new_person(
                browser,
                viewport={"width": 390, "height": 844},
                device_scale_factor=2,
                color_scheme="light",
            )
        )
        await mobile.enter(link, "Mia")
        await shoot(mobile.page, "mobile")
        await mobile.person.context.close()
        await asyncio.to_thread(grab, screen, "session")
        await cdp.close()


def main() -> None:
    """Take all pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with display(WIDTH, HEIGHT) as screen, app_folder(PORT, name="Ines", theme="light") as folder:
        env = {
            **environment(folder, screen.environment()),
            "QTWEBENGINE_REMOTE_DEBUGGING": f"127.0.0.1:{DEBUGGING_PORT}",
        }
        with running(folder, PORT, env) as program:
            program.until_served()
            wait_until(lambda: bool(screen.windows("CodeInterview")), "window")
            fill_screen(screen)
            wait_until(lambda: "Server: ready" in program.log, "server's word")
            grab_at_rest(screen, "home")
            asyncio.run(tour(screen))


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
