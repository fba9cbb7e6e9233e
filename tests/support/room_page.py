"""What a person does with the web client's pages, in the words that the pages show."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from playwright.async_api import Locator, expect
from tests.support.browser import Person

if TYPE_CHECKING:
    from playwright.async_api import Page

# Monaco draws spaces as no-break spaces.
_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"

_PATIENCE_S = 20
_NEXT_FRAME = "() => new Promise((resolve) => requestAnimationFrame(() => resolve()))"

_READ_LINES = """() => {
  const lines = [...document.querySelectorAll('[data-pane="editor"] .view-lines .view-line')];
  lines.sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top));
  return lines.map((line) => line.textContent);
}"""


@dataclass
class RoomPage:
    """One person's page: the join form, the lobby, the room."""

    person: Person
    expected_complaints: list[re.Pattern[str]] = field(default_factory=list)

    @property
    def page(self) -> Page:
        """Playwright's page."""
        return self.person.page

    def complaints(self) -> list[str]:
        """Console errors and warnings that the test did not announce."""
        return [
            text
            for text in self.person.complaints
            if not any(pattern.search(text) for pattern in self.expected_complaints)
        ]

    def expect_complaint(self, pattern: str) -> None:
        """Announce a complaint, such as the browser's own about a network that was cut."""
        self.expected_complaints.append(re.compile(pattern))

    async def join(self, url: str, name: str) -> None:
        """Fill in the join form; ends on the button press."""
        await self.page.goto(url)
        await self.page.get_by_label("Your name").fill(name)
        await self.page.get_by_role("button", name=re.compile(r"^(Join|Ask to join)$")).click()

    async def enter(self, url: str, name: str) -> RoomPage:
        """Join and wait until the room can be typed in."""
        await self.join(url, name)
        await self.in_room()
        return self

    async def in_room(self) -> None:
        """Return once the editor is there and the connection stands."""
        await expect(self.editor).to_be_visible()
        await expect(self.status("connection")).to_have_text("Connected")

    @property
    def editor(self) -> Locator:
        """Monaco's text area."""
        return self.page.locator('[data-pane="editor"] .monaco-editor .view-lines').first

    def status(self, name: str) -> Locator:
        """One state of the status bar: role, connection or saved."""
        return self.page.locator(f'[data-status="{name}"]')

    @property
    def connection(self) -> Locator:
        """The badge that tells the way to the server and the speed of the line."""
        return self.page.get_by_role("button", name=re.compile("^Your connection:"))

    @property
    def output(self) -> Locator:
        """The log of what programs printed."""
        return self.page.get_by_role("log", name="Program output")

    async def text(self) -> str:
        """The editor's text as painted; whole only while every line fits the window."""
        lines: list[str] = await self.page.evaluate(_READ_LINES)
        return "\n".join(lines).replace(_NO_BREAK_SPACE, " ")

    async def wait_for_text(self, text: str) -> None:
        """Wait until the editor shows exactly this."""
        # `wait_for_function` evaluates a string in the page, which the page's policy forbids.
        shown = ""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while (shown := await self.text()) != text:
                    await self.page.evaluate(_NEXT_FRAME)
        except TimeoutError:
            raise AssertionError(f"the editor shows {shown!r}, not {text!r}") from None

    async def focus_editor(self) -> None:
        """Put the caret at the text's end."""
        await self.editor.click()
        await self.page.keyboard.press("Control+End")

    async def wake_editor(self, word: str) -> None:
        """Return once the editor's worker is here, which is fetched late: it offers a word.

        Args:
            word: One of the text; the text stays as it is, with the caret at its end.
        """
        await self.focus_editor()
        await self.type(word[0])
        await expect(self.page.get_by_role("option", name=word)).to_be_visible()
        await self.page.keyboard.press("Escape")
        await self.page.keyboard.press("Backspace")

    async def type(self, text: str) -> None:
        """Type where the caret is, key by key."""
        await self.page.keyboard.type(text)

    async def replace_all(self, text: str) -> None:
        """Select everything and type `text` in its place, as one insertion."""
        await self.editor.click()
        await self.page.keyboard.press("Control+a")
        await self.page.keyboard.press("Delete")
        await self.page.keyboard.insert_text(text)

    async def run(self) -> None:
        """Press Run."""
        await self.page.get_by_role("button", name=re.compile(r"^Run\b")).click()

    async def stop(self) -> None:
        """Press Stop."""
        await self.page.get_by_role("button", name="Stop", exact=True).click()
