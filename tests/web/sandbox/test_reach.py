"""Ways out of the sandbox, each tried in a real browser on a secure and an insecure origin.

What counts is the effect: a canary on loopback hears nothing, the room's page is as it was, both
people go on. The control makes the same attempts unprotected and sees them get through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.support.eventually import eventually
from tests.web.sandbox.attempts import Proof, clicked_page, page, python, script
from tests.web.sandbox.control import clicked, left, unprotected, worker_page
from tests.web.sandbox.javascript import JAVASCRIPT
from tests.web.sandbox.page import (
    CLICKS_PROVEN,
    LEAVING,
    PAGE,
    WITH_A_CLICK,
    nested_peer_connection,
)
from tests.web.sandbox.python import PYTHON
from tests.web.sandbox.scene import open_scene

if TYPE_CHECKING:
    from playwright.async_api import Browser
    from tests.support.canary import Canary
    from tests.web.sandbox.attempts import Attempt, Table
    from tests.web.sandbox.scene import Place, Scene

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def expect_all_refused(table: Table, report: dict[str, str]) -> None:
    assert report.keys() == {each.name for each in table.attempts()}
    assert {name: said for name, said in report.items() if said != "refused"} == {}


async def expect_all_through(attempts: list[Attempt], report: dict[str, str], bird: Canary) -> None:
    heard = {each.name for each in attempts if each.proof is Proof.HEARD}

    async def all_are_heard() -> bool:
        return heard <= set(bird.heard)

    # Some are sent as late as when the page is closed.
    await eventually(all_are_heard, f"the canary hears {heard - set(bird.heard)}")
    got = {each.name for each in attempts if each.proof is Proof.GOT}
    assert sorted(name for name in got if not report[name].startswith("got")) == []


async def test_javascript_gets_nowhere(javascript: Scene, place: Place, bird: Canary) -> None:
    run = await javascript.run(script(JAVASCRIPT.attempts(), f"{place.host}:{bird.port}"))
    expect_all_refused(JAVASCRIPT, await run.report())
    await run.end()
    await javascript.expect_untouched()
    assert (bird.heard, bird.connections) == ([], 0)


async def test_the_same_javascript_unprotected(chrome: Browser, place: Place, bird: Canary) -> None:
    address = f"{place.host}:{bird.port}"
    attempts = JAVASCRIPT.proven(secure=place.secure)
    report = await unprotected(chrome, bird, address, worker_page(script(attempts, address)))
    await expect_all_through(attempts, report, bird)


async def test_python_gets_nowhere(py: Scene, place: Place, bird: Canary) -> None:
    run = await py.run(python(PYTHON.attempts(), f"{place.host}:{bird.port}"))
    for each in PYTHON.attempts():
        await run.prints(f"tried {each.name}\n")
    expect_all_refused(PYTHON, await run.report())
    await run.end()
    await py.expect_untouched()
    assert (bird.heard, bird.connections) == ([], 0)


async def test_the_same_python_unprotected(py: Scene, place: Place, bird: Canary) -> None:
    attempts = PYTHON.proven(secure=place.secure)
    async with py.served("**/sandbox/frame.html", None):
        run = await py.run(python(attempts, f"{place.host}:{bird.port}"))
        for each in attempts:
            await run.prints(f"tried {each.name}\n")
        report = await run.report()
        await run.end()
    await expect_all_through(attempts, report, bird)


async def test_a_page_gets_nowhere(html: Scene, place: Place, bird: Canary) -> None:
    run = await html.run(page(PAGE.attempts(), f"{place.host}:{bird.port}"))
    expect_all_refused(PAGE, await run.report())
    await html.expect_untouched()
    assert (bird.heard, bird.connections) == ([], 0)


async def test_the_same_page_unprotected(chrome: Browser, place: Place, bird: Canary) -> None:
    address = f"{place.host}:{bird.port}"
    attempts = PAGE.proven(secure=place.secure)
    report = await unprotected(chrome, bird, address, page(attempts, address))
    await expect_all_through(attempts, report, bird)


async def test_a_page_gets_nowhere_with_a_click(html: Scene, place: Place, bird: Canary) -> None:
    run = await html.run(clicked_page(WITH_A_CLICK, f"{place.host}:{bird.port}"))
    for name in (*WITH_A_CLICK, "report"):
        await html.preview.get_by_role("button", name=name, exact=True).click()
    report = await run.report()
    assert report.keys() == WITH_A_CLICK.keys()
    assert {name: said for name, said in report.items() if said != "refused"} == {}
    await html.expect_untouched()
    assert (bird.heard, bird.connections) == ([], 0)


async def test_the_same_clicks_unprotected(chrome: Browser, place: Place, bird: Canary) -> None:
    address = f"{place.host}:{bird.port}"
    clicks = {name: WITH_A_CLICK[name] for name in CLICKS_PROVEN}
    await clicked(chrome, bird, address, clicked_page(clicks, address), CLICKS_PROVEN)


async def test_a_page_cannot_leave(html: Scene, place: Place, bird: Canary) -> None:
    for name, markup in LEAVING.items():
        code = markup.replace("PLACE", f"http://{place.host}:{bird.port}/{name}")
        run = await html.run(f"<!doctype html><body>{code}")
        await run.prints("The page went to")
        assert run.text("stdout") == ""
    await html.expect_untouched()
    assert bird.heard == []


async def test_the_same_pages_leave_unprotected(
    chrome: Browser, place: Place, bird: Canary
) -> None:
    address = f"{place.host}:{bird.port}"
    for name, markup in LEAVING.items():
        code = markup.replace("PLACE", f"http://{address}/{name}")
        await left(chrome, bird, address, f"<!doctype html><body>{code}", name)


async def test_a_peer_connection_sends_nothing(chrome: Browser, place: Place, bird: Canary) -> None:
    """Chromium ends the frame that makes one, so a room is spent on it; it is told and goes on."""
    code = nested_peer_connection(f"http://{place.host}:{bird.port}/x")
    async with open_scene(chrome, place, "html") as scene:
        run = await scene.run(code)
        await run.prints("The page does not answer any more")
        assert await run.end() == "stopped"
        assert bird.heard == []
        await expect(scene.ines.page.get_by_role("article")).to_contain_text("Stopped")


async def test_the_same_peer_connection_unprotected(
    chrome: Browser, place: Place, bird: Canary
) -> None:
    address = f"{place.host}:{bird.port}"
    await left(chrome, bird, address, nested_peer_connection(f"http://{address}/x"), "udp")
