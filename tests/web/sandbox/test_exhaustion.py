"""Programs that take all they can get or will not go: the room goes on, the next run works."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.support.browser import chromium
from tests.web.sandbox.exhaustion import (
    BOMBS,
    ENDLESS_JAVASCRIPT,
    ENDLESS_PAGES,
    ENDLESS_PYTHON,
    LEGACIES,
    TOO_MUCH,
    endless_page,
)
from tests.web.sandbox.scene import FLAGS, GREETING, GREETINGS, RUN_BYTES, Steering, open_scene

if TYPE_CHECKING:
    from playwright.async_api import Browser
    from tests.web.sandbox.scene import Place, Scene

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("name", ENDLESS_JAVASCRIPT)
async def test_endless_javascript_is_stopped(javascript: Scene, name: str) -> None:
    await expect_stopped(javascript, f"console.log('begun');{ENDLESS_JAVASCRIPT[name]}")


@pytest.mark.parametrize("name", ENDLESS_PYTHON)
async def test_endless_python_is_stopped(py: Scene, name: str) -> None:
    await expect_stopped(py, f"print('begun')\n{ENDLESS_PYTHON[name]}")


async def expect_stopped(scene: Scene, code: str) -> None:
    run = await scene.run(code)
    await run.prints("begun")
    await scene.expect_untouched()
    await scene.cem.stop()
    assert await run.end() == "stopped"
    assert len(run.text().encode()) <= RUN_BYTES


@pytest.mark.parametrize("name", ENDLESS_PAGES)
async def test_an_endless_page_is_closed(html: Scene, name: str) -> None:
    run = await html.run(endless_page(ENDLESS_PAGES[name]))
    await run.prints("begun")
    await html.expect_untouched()
    await html.close_page()
    assert await run.end() == "stopped"
    assert len(run.text().encode()) <= RUN_BYTES


async def test_after_all_that_programs_run_as_ever(
    javascript: Scene, py: Scene, html: Scene
) -> None:
    for scene in (javascript, py, html):
        await scene.expect_untouched()
        await scene.expect_next_run_works()


@pytest.mark.parametrize("language", LEGACIES)
async def test_a_run_leaves_nothing_to_the_next(
    javascript: Scene, py: Scene, html: Scene, language: str
) -> None:
    scene = {"javascript": javascript, "python": py, "html": html}[language]
    first, second, nothing = LEGACIES[language]
    run = await scene.run(first)
    await run.prints("beating")
    await (scene.close_page() if language == "html" else scene.cem.stop())
    assert await run.end() == "stopped"
    again = await scene.run(second)
    await again.prints("legacy")
    assert again.text("stdout").strip() == nothing


@pytest.mark.parametrize("language", TOO_MUCH)
async def test_too_much_at_once_is_an_error_of_the_program(
    javascript: Scene, py: Scene, language: str
) -> None:
    scene = {"javascript": javascript, "python": py}[language]
    code, error = TOO_MUCH[language]
    run = await scene.run(code)
    assert await run.end() == "error"
    assert re.search(error, run.text("stderr"))
    await scene.expect_next_run_works()


async def test_a_memory_bomb_takes_its_frame_along_and_the_next_run_works(place: Place) -> None:
    async with chromium(flags=(*FLAGS, "--js-flags=--max-old-space-size=160")) as browser:
        await asyncio.gather(*(expect_defused(browser, place, language) for language in BOMBS))


async def expect_defused(browser: Browser, place: Place, language: str) -> None:
    async with open_scene(browser, place, language) as scene:
        steering = await Steering.of(scene.cem.page)
        run = await scene.run(BOMBS[language])
        await run.prints("for want of memory")
        assert await run.end() in {"error", "stopped"}
        await expect(scene.ines.output).to_contain_text("for want of memory")
        after = await scene.run_by(steering, GREETINGS[language])
        await after.prints(GREETING)
