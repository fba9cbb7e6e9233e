"""What a program may do in the sandbox, on plain http. What it may not is in `sandbox/`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import FrameLocator
    from tests.support.room_page import RoomPage
    from tests.support.server import ServerProcess

    People = Callable[..., Awaitable[RoomPage]]

pytestmark = pytest.mark.browser


async def running(
    server: ServerProcess, origin: str, people: People, language: str, code: str
) -> RoomPage:
    """A candidate who has just pressed Run."""
    hosted = server.host_session(language=language, code=code)
    person = await (await people()).enter(hosted.join_url("candidate", origin), "Cem")
    assert await person.page.evaluate("window.isSecureContext") is False
    await person.run()
    return person


async def printed(person: RoomPage, stream: str = "stdout") -> list[str]:
    """The lines of one stream, over all runs."""
    texts = await person.output.locator(f'[data-stream="{stream}"]').all_text_contents()
    return "".join(texts).splitlines()


def preview_of(person: RoomPage) -> FrameLocator:
    """The page inside the preview."""
    return person.page.frame_locator('[data-pane="preview"] iframe').frame_locator("iframe")


async def test_a_page_with_its_style_and_script(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(language="html")
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    await ines.run()
    page = preview_of(ines)
    button = page.get_by_role("button", name="Wave")
    assert await button.evaluate("button => getComputedStyle(button).borderTopWidth") == "0px"
    await button.click()
    await expect(page.locator("#count")).not_to_be_empty()
    await ines.page.get_by_role("button", name="Close the page").click()
    await expect(page.get_by_role("button", name="Wave")).not_to_be_attached()
    await expect(ines.output).to_contain_text("Stopped")


async def test_a_link_within_a_page_leads_to_its_place(
    server: ServerProcess, origin: str, people: People
) -> None:
    code = "<!doctype html><a href='#far'>Go</a><div style='height: 999em'></div><p id=far>Far</p>"
    person = await running(server, origin, people, "html", code)
    page = preview_of(person)
    await page.get_by_role("link", name="Go").click()
    await expect(page.locator("#far")).to_be_in_viewport()
    assert await page.locator("body").evaluate("() => location.href") == "about:srcdoc#far"


async def test_a_pages_console_and_errors_are_shared(
    server: ServerProcess, origin: str, people: People
) -> None:
    code = (
        "<!doctype html>\n<p>here</p>\n<script>\nconsole.log('said', { by: 'page' });\n"
        "console.error('wrong');\nmissing();\n</script>"
    )
    hosted = server.host_session(language="html", code=code)
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    cem = await (await people()).enter(hosted.join_url("candidate", origin), "Cem")
    cem.expect_complaint("missing is not defined")
    await cem.run()
    await expect(ines.output).to_contain_text("missing is not defined")
    assert await printed(ines) == ["said { by: 'page' }"]
    assert await printed(ines, "error") == ["wrong"]
    assert await printed(ines, "stderr") == [
        "Uncaught ReferenceError: missing is not defined",
        "    at index.html:6:1",
    ]


async def test_a_page_in_an_endless_loop_leaves_the_room_alive_and_can_be_closed(
    server: ServerProcess, origin: str, people: People
) -> None:
    code = "<!doctype html><body><script>\nonunload = () => {};\nfor (;;);\n</script>"
    person = await running(server, origin, people, "html", code)
    person.expect_complaint("unload is not allowed")
    await expect(person.output).to_contain_text("Running")
    await person.focus_editor()
    await person.type("<!-- still here -->")
    await expect(person.editor).to_contain_text("still here")
    await person.page.get_by_role("button", name="Close the page").click()
    await person.replace_all("<!doctype html><h1>Fresh</h1>")
    await person.run()
    await expect(preview_of(person).get_by_role("heading", name="Fresh")).to_be_visible()


async def test_a_page_that_stops_answering_is_closed_for_the_viewer(
    server: ServerProcess, origin: str, people: People
) -> None:
    code = "<!doctype html><body><script>for (;;) console.log('flood')</script>"
    person = await running(server, origin, people, "html", code)
    await expect(person.output).to_contain_text("The page does not answer any more")
    await expect(person.output).to_contain_text("Stopped")
    await expect(preview_of(person).locator("body")).not_to_be_attached()


async def test_javascript_speaks_on_its_streams(
    server: ServerProcess, origin: str, people: People
) -> None:
    code = (
        "console.log('log', [1, { two: 2 }]);\nconsole.info('info');\nconsole.warn('warn');\n"
        "console.error('error');\nconsole.log(await Promise.resolve('awaited'));\n"
        "setTimeout(() => {\n  throw new TypeError('late');\n}, 10);\n"
    )
    person = await running(server, origin, people, "javascript", code)
    await expect(person.output).to_contain_text("Failed")
    assert await printed(person) == ["log [ 1, { two: 2 } ]", "awaited"]
    for stream in ("info", "warn", "error"):
        assert await printed(person, stream) == [stream]
    first, *places = await printed(person, "stderr")
    assert first == "Uncaught TypeError: late"
    assert places[0] == "    at main.js:7:9"


async def test_a_syntax_error_shows_its_line(
    server: ServerProcess, origin: str, people: People
) -> None:
    person = await running(server, origin, people, "javascript", "let one = 1;\nlet two = ;\n")
    await expect(person.output).to_contain_text("Failed")
    assert await printed(person, "stderr") == [
        "main.js:2:11",
        "let two = ;",
        "          ^",
        "SyntaxError: Unexpected token ';'",
    ]


async def test_prompt_waits_for_the_stdin_box(
    server: ServerProcess, origin: str, people: People
) -> None:
    code = (
        "const name = prompt('Name?');\nconsole.log(`Hello ${name}`);\n"
        "console.log(prompt('More?'), typeof importScripts);"
    )
    person = await running(server, origin, people, "javascript", code)
    box = person.page.get_by_label("Name?")
    await box.fill("Añá 李 😀")
    await box.press("Enter")
    await expect(person.page.get_by_label("More?")).to_be_focused()
    await person.page.get_by_role("button", name="End", exact=True).click()
    await expect(person.output).to_contain_text("Done")
    assert await printed(person) == [
        "Name? Añá 李 😀",
        "Hello Añá 李 😀",
        "More? ",
        "null undefined",
    ]


async def test_python_waits_for_input_and_awaits(
    server: ServerProcess, origin: str, people: People
) -> None:
    code = (
        "import asyncio\n"
        "numbers = sorted([3, 1], key=lambda n: int(input(f'{n}? ')))\n"
        "await asyncio.sleep(0.01)\n"
        "print(numbers)\n"
        "try:\n    input()\nexcept EOFError:\n    print('the end')\n"
    )
    person = await running(server, origin, people, "python", code)
    for label, answer in (("3?", "30"), ("1?", "10")):
        box = person.page.get_by_label(label)
        await box.fill(answer)
        await box.press("Enter")
    waiting = person.page.get_by_label("The program waits for a line of input")
    await expect(waiting).to_be_focused()
    await waiting.press("Control+d")
    await expect(person.output).to_contain_text("Done")
    assert await printed(person) == ["3? 30", "1? 10", "[1, 3]", "", "the end"]


async def test_a_traceback_names_the_programs_lines_only(
    server: ServerProcess, origin: str, people: People
) -> None:
    code = "def divide(by):\n    return 1 / by\n\n\ndivide(0)\n"
    person = await running(server, origin, people, "python", code)
    await expect(person.output).to_contain_text("Failed")
    assert await printed(person, "stderr") == [
        "Traceback (most recent call last):",
        '  File "main.py", line 5, in <module>',
        "    divide(0)",
        "    ~~~~~~^^^",
        '  File "main.py", line 2, in divide',
        "    return 1 / by",
        "           ~~^~~~",
        "ZeroDivisionError: division by zero",
    ]


LOOPS = {
    "javascript": "console.log('begun');\nfor (;;);\n",
    "python": "print('begun')\nwhile True:\n    pass\n",
}


@pytest.mark.parametrize("language", LOOPS)
async def test_stop_ends_an_endless_loop_and_the_next_run_is_a_fresh_one(
    server: ServerProcess, origin: str, people: People, language: str
) -> None:
    person = await running(server, origin, people, language, LOOPS[language])
    await expect(person.output).to_contain_text("begun")
    await person.stop()
    await expect(person.output).to_contain_text("Stopped")
    await person.replace_all("print(6 * 7)" if language == "python" else "console.log(6 * 7)")
    await person.run()
    await expect(person.output).to_contain_text("Done")
    assert await printed(person) == ["begun", "42"]


@pytest.mark.parametrize("language", LOOPS)
async def test_a_run_ends_with_its_time(
    server: ServerProcess, origin: str, people: People, language: str
) -> None:
    hosted = server.host_session(language=language, code=LOOPS[language])
    person = await people()
    clock = person.page.clock
    await clock.install()
    await person.enter(hosted.join_url("candidate", origin), "Cem")
    before_ms: int = await person.page.evaluate("Date.now()")
    await person.run()
    await expect(person.output).to_contain_text("begun")
    # The clock stands still while it is looked at, 29 s after the run began at most.
    await clock.pause_at((await person.page.evaluate("Date.now()") + 5_000) / 1000)
    spent_ms: int = await person.page.evaluate("Date.now()") - before_ms
    await clock.fast_forward(29_000 - spent_ms)
    await expect(person.output).to_contain_text("Running")
    await clock.fast_forward(spent_ms + 1000)
    await clock.resume()
    await expect(person.output).to_contain_text("Timed out")
    assert "Stopped after 30 s" in "".join(await printed(person, "system"))


FLOODS = {
    "javascript": "for (;;) console.log('x'.repeat(99));",
    "python": "while True:\n    print('x' * 99)",
}


@pytest.mark.parametrize("language", FLOODS)
async def test_output_is_capped_and_stop_still_works(
    server: ServerProcess, origin: str, people: People, language: str
) -> None:
    person = await running(server, origin, people, language, FLOODS[language])
    await expect(person.output).to_contain_text("Output stopped at 256 KiB")
    await person.stop()
    await expect(person.output).to_contain_text("Stopped")
    await expect(person.output).to_contain_text("The output was too long")
    text = "\n".join(await printed(person))
    assert 250 * 1024 < len(text) < 256 * 1024
    assert set(text) == {"x", "\n"}


async def test_a_second_person_reads_the_run_as_it_goes(
    server: ServerProcess, origin: str, people: People
) -> None:
    code = "name = input('Your name? ')\nprint('Welcome,', name)\n"
    hosted = server.host_session(language="python", code=code)
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    cem = await (await people()).enter(hosted.join_url("candidate", origin), "Cem")
    await cem.run()
    await expect(ines.output).to_contain_text("Your name?")
    await expect(ines.output).to_contain_text("Running")
    box = cem.page.get_by_label("Your name?")
    await box.fill("Cem")
    await box.press("Enter")
    await expect(ines.output).to_contain_text("Welcome, Cem")
    await expect(ines.output).to_contain_text("Done")
    await expect(ines.output.get_by_role("article", name="Cem ran main.py")).to_be_visible()


async def test_python_starts_from_its_snapshot_and_tells_its_size(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(language="python", code="")
    person = await people()
    async with person.page.expect_response(re.compile(r"/sandbox/assets/python-\w+\.data$")) as had:
        await person.enter(hosted.join_url("candidate", origin), "Cem")
    response = await had.value
    assert response.headers["content-encoding"] == "gzip"
    assert "immutable" in response.headers["cache-control"]
