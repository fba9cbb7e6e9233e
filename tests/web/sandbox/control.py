"""The same attempts where nothing holds them back: each must then get through.

Without this an attempt that is merely written wrong would count as one that is held back.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.support.eventually import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from playwright.async_api import Browser, ConsoleMessage, Route
    from tests.support.canary import Canary

# A page that holds what the room's page holds, around the page with the attempts.
_ROOM = """<!doctype html><title>Room</title><body><script>
localStorage.setItem('token', 'secret');
document.cookie = 'name=value';
const channel = new BroadcastChannel('room');
channel.onmessage = () => channel.postMessage('here I am');
const frame = document.createElement('iframe');
frame.src = '/attempts';
document.body.append(frame);
</script>"""

# A worker that is nobody's; what it prints is printed by the page.
_WORKER = """<!doctype html><body><script>
const program = PROGRAM;
const console_ = "self.console = { log: (text) => postMessage({ printed: text }) };";
const source = `${console_}(async () => {${program}\\n})()`;
const worker = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
worker.onmessage = ({ data }) => { if (data.printed) console.log(data.printed); };
</script>"""

OPEN_POLICY = (
    "default-src * data: blob: 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval'; "
    "sandbox allow-scripts allow-forms"
)


_POLICIES = {"content-security-policy", "connection-allowlist", "permissions-policy"}


def worker_page(program: str) -> str:
    """A page that runs a JavaScript program in a worker with the page's own origin."""
    return _WORKER.replace("PROGRAM", json.dumps(program).replace("</", "<\\/"))


async def unprotected(browser: Browser, bird: Canary, place: str, page: str) -> dict[str, str]:
    """The report of a page with attempts that stands in a frame of its own origin."""
    bird.pages |= {"room": _ROOM, "attempts": page}
    context = await browser.new_context()
    tab = await context.new_page()
    printed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    tab.on(
        "console",
        lambda message: (
            printed.set_result(message.text)
            if message.text.startswith("{") and not printed.done()
            else None
        ),
    )
    await tab.goto(f"http://{place}/room", wait_until="commit")
    report: dict[str, str] = json.loads(await asyncio.wait_for(printed, 20))
    await context.close()
    return report


async def clicked(
    browser: Browser, bird: Canary, place: str, page: str, names: Iterable[str]
) -> None:
    """Return once each of a page's buttons has done what it is there for."""
    bird.pages["attempts"] = page
    for name in names:
        context = await browser.new_context()
        tab = await context.new_page()
        printed: list[str] = []
        tab.on("console", _keep_in(printed))
        await tab.goto(f"http://{place}/attempts")
        await tab.get_by_role("button", name=name, exact=True).click()

        async def is_through(name: str = name, printed: list[str] = printed) -> bool:
            return name in bird.heard or any(text.startswith(f"{name} got") for text in printed)

        await eventually(is_through, f"{name} gets through")
        await context.close()


def _keep_in(printed: list[str]) -> Callable[[ConsoleMessage], None]:
    return lambda message: printed.append(message.text)


async def left(browser: Browser, bird: Canary, place: str, page: str, name: str) -> None:
    """Return once the canary has heard this from a page that stands in a frame."""
    bird.pages |= {"room": _ROOM, "attempts": page}
    context = await browser.new_context()
    tab = await context.new_page()
    await tab.goto(f"http://{place}/room", wait_until="commit")

    async def is_heard() -> bool:
        return name in bird.heard

    await eventually(is_heard, f"the canary hears {name}")
    await context.close()


async def served(route: Route, server: str, body: str | None) -> None:
    """Serve a file of the sandbox as it is or with `body`, without what holds programs back."""
    response = await route.fetch(url=f"{server}{urlsplit(route.request.url).path}")
    original = await response.text()
    headers = {
        name: value
        for name, value in response.headers.items()
        if name not in {*_POLICIES, "content-encoding", "content-length"}
    }
    await route.fulfill(
        status=200,
        # A worker's file has the size that the sandbox was built with.
        body=original if body is None else body.ljust(len(original.encode())),
        headers={**headers, "content-security-policy": OPEN_POLICY},
    )
