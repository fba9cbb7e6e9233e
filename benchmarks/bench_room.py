"""How the room feels: two real Chromium pages on the insecure origin that a LAN gives.

Every time is taken inside the pages, whose clocks are one machine's, and after the frame that
shows the result. Run it with `make bench-full`, or `python benchmarks/bench_room.py [ROUNDS]`.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.browser import chromium, insecure_origin, new_person  # noqa: E402
from tests.support.room_client import Room  # noqa: E402
from tests.support.room_page import RoomPage  # noqa: E402
from tests.support.server import Hosted, ServerProcess  # noqa: E402

if TYPE_CHECKING:
    from playwright.async_api import Browser

ROUNDS = 5
KEYS = 200
KEY_PAUSE_MS = 60
LINES = 5_000
TYPING_S = 10
REMOTE_PAUSE_S = 0.1

# Runs before the page's own code: when the editor could first be typed in, when keys were pressed,
# and when the editor's text was painted as long as it was then.
WATCH = """
window.bench = { keys: [], painted: [], gaps: [], editable: null, form: null };
(() => {
  const { bench } = window;
  addEventListener('keydown', event => {
    bench.keys.push(performance.timeOrigin + event.timeStamp);
  }, true);
  const afterPaint = then => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = then;
    port2.postMessage(null);
  });
  let last = performance.now();
  const look = now => {
    bench.gaps.push(now - last);
    last = now;
    bench.form ??= document.querySelector('form input') ? performance.now() : null;
    if (bench.editable === null &&
        document.querySelector('[data-status="connection"]')?.textContent === 'Connected' &&
        document.querySelector('[data-pane="editor"] .view-line')) {
      bench.editable = performance.now();
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  let length = 0;
  bench.watchText = () => {
    const lines = document.querySelector('[data-pane="editor"] .view-lines');
    const measure = () => {
      const now = lines.textContent.length;
      if (now !== length) {
        length = now;
        afterPaint(() => bench.painted.push(
          [now, performance.timeOrigin + performance.now()]));
      }
    };
    measure();
    new MutationObserver(measure).observe(
      lines, { childList: true, subtree: true, characterData: true });
  };
})();
"""

# Everything within one call, so that nothing but the page is timed.
RUN = """async ({ again }) => {
  const frame = () => new Promise(resolve => requestAnimationFrame(resolve));
  const button = name => [...document.querySelectorAll('button')]
    .find(each => name.test(each.getAttribute('aria-label') ?? each.textContent) && !each.disabled);
  const shown = () => (document.querySelector('[role="log"]')?.textContent.match(/ready!/g) ?? [])
    .length;
  const before = shown();
  const began = performance.now();
  if (again) button(/^Stop$/).click();
  let run;
  while (!(run = button(/^Run/))) await frame();
  run.click();
  while (shown() <= before) await frame();
  return performance.now() - began;
}"""


@dataclass
class Figures:
    """All rounds' values by what they are; the name ends with the unit."""

    values: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, *values: float) -> None:
        """Note further values."""
        self.values.setdefault(name, []).extend(values)

    def show(self) -> None:
        """Print median, 95th percentile and maximum of each."""
        for name, values in self.values.items():
            ordered = sorted(values)
            p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
            print(
                f"{name:58} median {statistics.median(ordered):8.1f}"
                f"  p95 {p95:8.1f}  max {ordered[-1]:8.1f}  (of {len(ordered)})"
            )


async def _open(browser: Browser, session: Hosted, name: str, figures: Figures) -> RoomPage:
    """Come by the link with an empty cache, as a candidate does, and fill in the form at once."""
    page = RoomPage(await new_person(browser))
    await page.page.add_init_script(WATCH)
    devtools = await page.person.context.new_cdp_session(page.page)
    asked: list[tuple[float, float]] = []
    loaded: list[tuple[float, float]] = []
    devtools.on(
        "Network.requestWillBeSent",
        lambda event: asked.append((event["wallTime"], event["timestamp"])),
    )
    devtools.on(
        "Network.loadingFinished",
        lambda event: loaded.append((event["timestamp"], event["encodedDataLength"])),
    )
    await devtools.send("Network.enable")
    await page.join(session.join_url("candidate", insecure_origin(session.origin)), name)
    # Patiently, and without the page's help: looking would be what is measured.
    await page.in_room()
    bench = await page.page.evaluate("() => ({ ...bench, origin: performance.timeOrigin })")
    figures.add("link opened, to the form to join: ms", bench["form"])
    figures.add("link opened, form filled in, to an editor to type in: ms", bench["editable"])
    wall_s, devtools_s = asked[0]
    until_s = (bench["origin"] + bench["editable"]) / 1000 - wall_s + devtools_s
    size_bytes = sum(size for at_s, size in loaded if at_s <= until_s)
    figures.add("loaded until one can type: KB", size_bytes / 1024)
    await devtools.detach()
    return page


async def _python(page: RoomPage, figures: Figures) -> None:
    """Run Python for the first time since the page opened, again, and after an endless loop."""
    editable = await page.page.evaluate("() => performance.now() - window.bench.editable")
    first = await page.page.evaluate(RUN, {"again": False})
    figures.add("Python's first output after Run, cold: ms", first)
    figures.add("  of that, the page had been open before Run: ms", editable)
    await page.page.wait_for_timeout(500)
    figures.add(
        "Python's output after Run, warm: ms", await page.page.evaluate(RUN, {"again": False})
    )


async def _stop(page: RoomPage, figures: Figures) -> None:
    await page.page.evaluate(RUN, {"again": False})
    figures.add(
        "Stop on an endless loop, to the next run's output: ms",
        await page.page.evaluate(RUN, {"again": True}),
    )
    await page.stop()


async def _keys(typist: RoomPage, reader: RoomPage, figures: Figures) -> None:
    """Type on one page, and see when the other has painted it."""
    await typist.focus_editor()
    await typist.page.evaluate("() => { window.bench.keys = []; }")
    await reader.page.evaluate("() => window.bench.watchText()")
    await reader.page.wait_for_timeout(500)
    start = await reader.page.evaluate("() => window.bench.painted.at(-1)[0]")
    for _ in range(KEYS // 40):
        for key in "abcdefghijklmnopqrstuvwxyz0123456789ABCD":
            await typist.page.keyboard.press(key)
            await typist.page.wait_for_timeout(KEY_PAUSE_MS)
    await reader.page.wait_for_timeout(1000)
    pressed = await typist.page.evaluate("() => window.bench.keys")
    painted = await reader.page.evaluate("() => window.bench.painted")
    for number, at in enumerate(pressed, start=1):
        seen = [when for length, when in painted if length >= start + number]
        if not seen:
            raise RuntimeError(f"key {number} of {len(pressed)} was never painted")
        figures.add("key pressed on one page, to painted on the other: ms", min(seen) - at)


async def _large(browser: Browser, origin: str, key: str, figures: Figures) -> None:
    """Type in a long file while three others type elsewhere in it, and watch the frames."""
    code = "".join(f"value_{number} = compute(item, {number})\n" for number in range(LINES))
    room = await Room.create(origin, key, language="python", code=code)
    page = RoomPage(await new_person(browser))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(page.person.context.close)
        await page.page.add_init_script(WATCH)
        await page.enter(
            f"{insecure_origin(origin)}/i/{room.id}#{room.invites['candidate']}", "Ada"
        )
        others = [
            await stack.enter_async_context(room.enter(await room.join(name)))
            for name in ("Ben", "Cem", "Dora")
        ]
        for other in others:
            await other.sync()

        async def type_along(number: int) -> None:
            for _ in range(int(TYPING_S / REMOTE_PAUSE_S)):
                await others[number].insert(len(code) * (number + 1) // 4, "x")
                await asyncio.sleep(REMOTE_PAUSE_S)

        await page.editor.click()
        await page.page.wait_for_timeout(2000)
        await page.page.evaluate("() => { window.bench.gaps = []; }")
        typing = [asyncio.create_task(type_along(number)) for number in range(len(others))]
        while not all(task.done() for task in typing):
            await page.page.keyboard.press("y")
            await page.page.wait_for_timeout(KEY_PAUSE_MS)
        await asyncio.gather(*typing)
        gaps = await page.page.evaluate("() => window.bench.gaps")
    figures.add(f"frame while four type in {LINES:,} lines: ms", *gaps)
    figures.add("  of these, longer than 50 ms: frames", sum(gap > 50 for gap in gaps))


async def measure(server: ServerProcess, figures: Figures) -> None:
    """Measure everything once, in a browser of its own."""
    session = server.host_session(language="python", code='print("ready!")\n')
    endless = 'print("ready!", flush=True)\nwhile True:\n    pass\n'
    loop = server.host_session(language="python", code=endless)
    async with chromium() as browser:
        one = await _open(browser, session, "Ada", figures)
        await _python(one, figures)
        two = await _open(browser, session, "Ben", figures)
        await _keys(one, two, figures)
        three = await _open(browser, loop, "Cem", figures)
        await _stop(three, figures)
        for page in (one, two, three):
            await page.person.context.close()
        await _large(browser, server.origin, server.host_key, figures)


def main() -> None:
    """Print one line for each thing that a person waits for."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="codeinterview-bench-") as folder:
        # Started as root, the database runs as a user of its own, who must be let in.
        Path(folder).chmod(0o755)
        server = ServerProcess(Path(folder) / "data").start()
        try:
            for _ in range(rounds):
                asyncio.run(measure(server, figures))
        finally:
            server.stop()
    figures.show()


if __name__ == "__main__":
    main()
