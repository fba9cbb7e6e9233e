"""Where attempts are made: a room in which one person runs what a stranger wrote."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playwright.async_api import expect
from tests.support.browser import new_person
from tests.support.eventually import eventually
from tests.support.room_client import Room, RoomClient
from tests.support.room_page import RoomPage
from tests.support.server import ServerProcess
from tests.web.sandbox.control import served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, CDPSession, FrameLocator, Page
    from pycrdt import Text

# Loopback is an address like any other: to a peer connection, and to a page that is loosened.
FLAGS = (
    "--allow-loopback-in-peer-connection",
    "--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets",
)

RUN_BYTES = 256 * 1024
"""What one run may print, in all."""

# A participant starts so many runs within so long.
_STARTS = 9
_STARTS_WITHIN_S = 9.5

MAIN_FILES = {"javascript": "main.js", "python": "main.py", "html": "index.html"}
GREETING = "six times seven 42"
GREETINGS = {
    "javascript": "console.log('six times seven', 6 * 7);",
    "python": "print('six times seven', 6 * 7)",
    "html": "<script>console.log('six times seven', 6 * 7)</script>",
}
_COMMENTS = {"javascript": "// {}\n", "python": "# {}\n", "html": "<!-- {} -->\n"}

# What nobody but the room's own page may change or read.
_STATE = """() => ({
  address: location.href,
  title: document.title,
  local: JSON.stringify(localStorage),
  session: JSON.stringify(sessionStorage),
  cookie: document.cookie,
  names: Object.keys(window).filter((name) => !/^\\d+$/.test(name)).sort(),
  canary: window.toldByTheSandbox ?? null,
})"""

# Answers whoever asks on a channel of this name, and keeps what is posted to the page.
_LISTEN = """() => {
  window.toldByTheSandbox = null;
  const channel = new BroadcastChannel('room');
  channel.onmessage = (event) => {
    window.toldByTheSandbox = event.data;
    channel.postMessage('here I am');
  };
}"""


@dataclass(frozen=True)
class Place:
    """One origin of the server."""

    server: ServerProcess
    origin: str
    host: str
    """By which the canary is reached too."""
    secure: bool


@dataclass
class Run:
    """One run, as the others in the room hear of it."""

    author: RoomClient
    id: str

    def messages(self, event: str) -> list[dict[str, Any]]:
        """What was heard of it so far."""
        return [
            each
            for each in self.author.all("run")
            if each["run_id"] == self.id and each["event"] == event
        ]

    def text(self, *streams: str) -> str:
        """What it printed on these streams, by default on all."""
        return "".join(
            each["text"]
            for each in self.messages("output")
            if not streams or each["stream"] in streams
        )

    async def prints(self, text: str) -> None:
        """Wait until it has printed this."""
        await self.author.until(lambda: text in self.text(), f"{text!r}; printed {self.text()!r}")

    async def end(self) -> str:
        """Wait until it is over; its status."""
        await self.author.until(lambda: bool(self.messages("finished")), "the end of the run")
        status: str = self.messages("finished")[0]["status"]
        return status

    async def report(self) -> dict[str, str]:
        """What each attempt came to."""
        await self.author.until(lambda: self._report() is not None, f"a report; {self.text()!r}")
        report = self._report()
        assert report is not None
        return report

    def _report(self) -> dict[str, str] | None:
        for line in self.text("stdout").splitlines():
            if line.startswith("{") and line.endswith("}"):
                report: dict[str, str] = json.loads(line)
                return report
        return None


@dataclass
class Scene:
    """Cem runs what the author writes; Ines sits in the same room."""

    language: str
    origin: str
    """The server's own address."""
    author: RoomClient
    cem: RoomPage
    ines: RoomPage
    _count: int = 0
    _seen: set[str] = field(default_factory=set)
    _state: dict[str, Any] = field(default_factory=dict)
    surprises: list[str] = field(default_factory=list)
    """Dialogs, downloads and windows, of which there should be none."""
    _starts: deque[float] = field(default_factory=lambda: deque(maxlen=_STARTS))

    async def watch(self) -> None:
        """Remember what the page holds, which no attempt may change."""
        await self.cem.page.evaluate(_LISTEN)
        self._state = await self.cem.page.evaluate(_STATE)

    async def run(self, code: str) -> Run:
        """Put `code` into the main file and press Run on Cem's page."""
        mark = await self._write(code)
        await expect(self.cem.editor).to_contain_text(mark)
        await self.cem.run()
        return await self._started()

    async def run_by(self, steering: Steering, code: str) -> Run:
        """The same on a page of which a frame has crashed."""
        await steering.until_shown(await self._write(code))
        await steering.press_run()
        return await self._started()

    async def _write(self, code: str) -> str:
        await self._pace()
        self._count += 1
        mark = f"attempt-{self._count}-"
        text = _COMMENTS[self.language].format(mark) + code

        def replace(content: Text) -> None:
            content.clear()
            content.insert(0, text)

        await self.author.edit(replace, MAIN_FILES[self.language])
        return mark

    async def _pace(self) -> None:
        """Wait until Cem may start another run."""
        now = asyncio.get_running_loop().time

        async def may_start() -> bool:
            return len(self._starts) < _STARTS or now() - self._starts[0] > _STARTS_WITHIN_S

        await eventually(may_start, "another run is allowed")
        self._starts.append(now())

    async def _started(self) -> Run:
        message = await self.author.message(
            "run", lambda each: each["event"] == "started" and each["run_id"] not in self._seen
        )
        self._seen.add(message["run_id"])
        return Run(self.author, message["run_id"])

    def strangers(self) -> set[str]:
        """Runs that the room heard of and nobody started here, and who is not Cem."""
        heard = self.author.all("run")
        others = {each["name"] for each in heard} - {"Cem"}
        return ({each["run_id"] for each in heard} - self._seen) | others

    @property
    def preview(self) -> FrameLocator:
        """The page inside the preview."""
        return self.cem.page.frame_locator('[data-pane="preview"] iframe').frame_locator("iframe")

    async def close_page(self) -> None:
        """Close the previewed page."""
        await self.cem.page.get_by_role("button", name="Close the page").click()

    @asynccontextmanager
    async def served(self, pattern: str, body: str | None) -> AsyncIterator[None]:
        """Reload Cem's page with `body` in a file's place, or with that page's policy loosened."""
        page = self.cem.page
        await page.route(pattern, lambda route: served(route, self.origin, body))
        await self._reload()
        yield
        await page.unroute(pattern)
        await self._reload()

    async def _reload(self) -> None:
        await self.cem.page.reload()
        await self.cem.in_room()
        await self.watch()

    async def expect_untouched(self) -> None:
        """Nothing reached Cem's page, and both pages go on: typed there, seen here."""
        assert await self.cem.page.evaluate(_STATE) == self._state
        assert len(self.cem.person.context.pages) == 1
        assert self.surprises == []
        self._count += 1
        mark = f"typed{self._count}-"
        await self.cem.editor.click(position={"x": 4, "y": 4})
        await self.cem.page.keyboard.press("Control+Home")
        await self.cem.type(mark)
        await expect(self.ines.editor).to_contain_text(mark)
        for person in (self.cem, self.ines):
            await expect(person.status("connection")).to_have_text("Connected")

    async def expect_next_run_works(self) -> None:
        """A program of ours runs as ever."""
        run = await self.run(GREETINGS[self.language])
        await run.prints(GREETING)


class Steering:
    """A hand on a page that Playwright calls crashed, though only a frame of it did."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session

    @classmethod
    async def of(cls, page: Page) -> Steering:
        """Take hold of a page before anything crashes."""
        return cls(await page.context.new_cdp_session(page))

    async def until_shown(self, mark: str) -> None:
        """Wait until the editor shows this."""

        async def is_shown() -> bool:
            text = "document.querySelector('.view-lines').textContent"
            return bool(await self._value(f"{text}.includes({mark!r})"))

        await eventually(is_shown, f"the editor shows {mark}")

    async def press_run(self) -> None:
        """Press Run."""
        buttons = "[...document.querySelectorAll('button')]"
        run = f"{buttons}.find((button) => /^Run/.test(button.textContent))"
        assert await self._value(f"({run}.click(), true)")

    async def _value(self, expression: str) -> Any:
        answer = await self._session.send("Runtime.evaluate", {"expression": expression})
        return answer["result"].get("value")


@asynccontextmanager
async def open_scene(chrome: Browser, place: Place, language: str) -> AsyncIterator[Scene]:
    """A room of its own."""
    hosted = place.server.host_session(language=language, code="")
    room = Room(hosted.origin, place.server.host_key, hosted.id, hosted.token, hosted.invites)
    cem, ines = RoomPage(await new_person(chrome)), RoomPage(await new_person(chrome))
    await cem.enter(hosted.join_url("candidate", place.origin), "Cem")
    await ines.enter(hosted.join_url("interviewer", place.origin), "Ines")
    assert await cem.page.evaluate("isSecureContext") is place.secure
    async with room.enter() as author:
        await author.sync()
        scene = Scene(language, hosted.origin, author, cem, ines)
        for event in ("dialog", "download", "popup"):
            cem.page.on(event, lambda *_, event=event: scene.surprises.append(event))
        await scene.watch()
        yield scene
    for person in (cem, ines):
        await person.person.context.close()
