"""Two people in one room: what one types, runs or switches, the other sees."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import FrameLocator
    from tests.support.room_page import RoomPage
    from tests.support.server import Hosted, ServerProcess

    People = Callable[..., Awaitable[RoomPage]]

pytestmark = pytest.mark.browser

WINDOWS_USER_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36"
)


async def two_in(
    server: ServerProcess, origin: str, people: People, **session: Any
) -> tuple[Hosted, RoomPage, RoomPage]:
    hosted = server.host_session(title="Pairing", **session)
    interviewer = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    candidate = await (await people()).enter(hosted.join_url("candidate", origin), "Cem")
    return hosted, interviewer, candidate


async def test_both_typing_on_one_line_lose_no_character(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted, ines, cem = await two_in(server, origin, people, language="python", code="#")
    await ines.wait_for_text("#")
    await cem.wait_for_text("#")
    await ines.focus_editor()
    await cem.focus_editor()
    mine, theirs = "ABCDEFGHIJ" * 8, "abcdefghij" * 8
    await asyncio.gather(ines.type(mine), cem.type(theirs))

    await expect(ines.status("saved")).to_have_text("Saved")
    await expect(cem.status("saved")).to_have_text("Saved")
    code = server.api("GET", f"/sessions/{hosted.id}")["data"]["code"]
    assert "".join(c for c in code if c.isupper()) == mine
    assert "".join(c for c in code if c.islower()) == theirs
    assert len(code) == 1 + len(mine) + len(theirs)
    await ines.wait_for_text(code)
    await cem.wait_for_text(code)


async def test_undo_takes_back_only_ones_own_edits(
    server: ServerProcess, origin: str, people: People
) -> None:
    _, ines, cem = await two_in(server, origin, people, language="python", code="")
    await ines.wait_for_text("")
    await ines.focus_editor()
    await ines.type("hello world")
    await cem.wait_for_text("hello world")
    await cem.editor.click()
    await cem.page.keyboard.press("Control+Home")
    await cem.type("# ")
    await ines.wait_for_text("# hello world")

    await ines.page.keyboard.press("Control+z")
    await cem.wait_for_text("# ")
    await ines.wait_for_text("# ")
    await ines.page.keyboard.press("Control+Shift+z")
    await cem.wait_for_text("# hello world")
    await cem.page.keyboard.press("Control+z")
    await ines.wait_for_text("hello world")


async def test_the_other_ones_cursor_carries_their_name(
    server: ServerProcess, origin: str, people: People
) -> None:
    _, ines, cem = await two_in(server, origin, people, language="python", code="one\ntwo")
    await cem.wait_for_text("one\ntwo")
    await cem.focus_editor()
    await cem.type("!")
    await ines.wait_for_text("one\ntwo!")
    head = ines.page.locator('[class*="yRemoteSelectionHead"]').first
    await expect(head).to_be_attached()
    label = await head.evaluate(
        """(element) => [element, ...element.querySelectorAll('*')]
             .flatMap((e) => [getComputedStyle(e).content,
                              getComputedStyle(e, '::after').content,
                              getComputedStyle(e, '::before').content, e.textContent])
             .join(' ')"""
    )
    assert "Cem" in label


async def test_python_output_reaches_both(
    server: ServerProcess, origin: str, people: People
) -> None:
    code = "import sys\nprint('six', 2 * 3)\nprint('oops', file=sys.stderr)\n1 / 0"
    _, ines, cem = await two_in(server, origin, people, language="python", code=code)
    await cem.wait_for_text(code)
    await cem.run()
    for person in (cem, ines):
        await expect(person.output).to_contain_text("six 6")
        await expect(person.output).to_contain_text("oops")
        await expect(person.output).to_contain_text(re.compile(r'File "main\.py", line 4'))
        await expect(person.output).to_contain_text("ZeroDivisionError")
    await expect(ines.output).to_contain_text("Cem")


async def test_javascript_output_reaches_both(
    server: ServerProcess, origin: str, people: People
) -> None:
    code = "console.log('seven', await Promise.resolve(7));\nconsole.warn({a: [1, 2]});"
    _, ines, cem = await two_in(server, origin, people, language="javascript", code=code)
    await ines.wait_for_text(code)
    await ines.run()
    for person in (ines, cem):
        await expect(person.output).to_contain_text("seven 7")
        await expect(person.output.locator('[data-stream="warn"]')).to_contain_text("a: [")


async def test_input_asks_the_one_who_ran(
    server: ServerProcess, origin: str, people: People
) -> None:
    code = "name = input('Who? ')\nprint('Hello', name)"
    _, ines, cem = await two_in(server, origin, people, language="python", code=code)
    await cem.wait_for_text(code)
    await cem.run()
    await cem.page.get_by_label("Who?").fill("Ada")
    await cem.page.get_by_role("button", name="Send").click()
    await expect(ines.output).to_contain_text("Hello Ada")
    await expect(ines.page.get_by_label("Who?")).to_have_count(0)


async def test_stop_ends_an_endless_loop(
    server: ServerProcess, origin: str, people: People
) -> None:
    _, ines, cem = await two_in(server, origin, people, language="python", code="while True: pass")
    await cem.wait_for_text("while True: pass")
    await cem.run()
    await expect(ines.output).to_contain_text("Running")
    await cem.stop()
    await expect(ines.output).to_contain_text("Stopped")
    await cem.replace_all("print('still here')")
    await cem.run()
    await expect(ines.output).to_contain_text("still here")


async def test_html_is_shown_and_cannot_touch_the_page(
    server: ServerProcess, origin: str, people: People
) -> None:
    _, _ines, cem = await two_in(server, origin, people, language="html")
    await expect(cem.page.get_by_role("tab", name="style.css")).to_be_visible()
    markup = (
        "<h1>Shown</h1><script>"
        "let seen; try { seen = parent.document.title } catch (e) { seen = e.name }"
        "document.body.append('reach: ' + seen)</script>"
    )
    await cem.replace_all(markup)
    await cem.run()
    frame = cem.page.frame_locator('[data-pane="preview"] iframe')
    inner = frame.frame_locator("iframe") if await _nested(frame) else frame
    await expect(inner.get_by_role("heading", name="Shown")).to_be_visible()
    await expect(inner.locator("body")).to_contain_text("reach: SecurityError")


async def _nested(frame: FrameLocator) -> bool:
    return await frame.locator("iframe").count() > 0


async def test_switching_language_keeps_the_others_text(
    server: ServerProcess, origin: str, people: People
) -> None:
    _, ines, cem = await two_in(server, origin, people, language="python", code="kept = 1")
    await ines.wait_for_text("kept = 1")
    await ines.page.get_by_role("button", name="Language: Python").click()
    await ines.page.get_by_role("menuitemradio", name="JavaScript").click()
    await expect(cem.editor).to_contain_text("fibonacci")
    await cem.page.get_by_role("button", name="Language: JavaScript").click()
    await cem.page.get_by_role("menuitemradio", name="Python").click()
    await ines.wait_for_text("kept = 1")
    await cem.wait_for_text("kept = 1")


async def test_a_rest_edit_appears_and_leaves_the_caret_in_place(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted, ines, _ = await two_in(server, origin, people, language="python", code="first\nlast")
    await ines.wait_for_text("first\nlast")
    await ines.focus_editor()
    server.api(
        "PUT",
        f"/sessions/{hosted.id}/code",
        token=hosted.token,
        json={"code": "zero\nfirst\nlast"},
    )
    await ines.wait_for_text("zero\nfirst\nlast")
    await ines.type("!")
    await ines.wait_for_text("zero\nfirst\nlast!")


async def test_line_ends_stay_lf_for_windows(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(language="python", code="a")
    cem = await people(user_agent=WINDOWS_USER_AGENT)
    await cem.enter(hosted.join_url("candidate", origin), "Cem")
    await cem.wait_for_text("a")
    await cem.focus_editor()
    await cem.page.keyboard.press("Enter")
    await cem.type("b")
    await cem.page.keyboard.insert_text("\r\nc")
    await cem.wait_for_text("a\nb\nc")
    await expect(cem.status("saved")).to_have_text("Saved")
    assert server.api("GET", f"/sessions/{hosted.id}")["data"]["code"] == "a\nb\nc"


async def test_a_reload_comes_back_to_the_room_with_everything(
    server: ServerProcess, origin: str, people: People
) -> None:
    _, _ines, cem = await two_in(server, origin, people, language="python", code="x = 1")
    await cem.wait_for_text("x = 1")
    await cem.run()
    await expect(cem.output).to_contain_text("Nothing was printed.")
    await cem.page.reload()
    await cem.in_room()
    await cem.wait_for_text("x = 1")
    await expect(cem.output).to_contain_text("ran main.py")
    assert re.fullmatch(rf"{origin}/s/[0-9a-f]{{8}}", cem.page.url)


async def test_a_lock_makes_the_candidates_editor_read_only(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted, ines, cem = await two_in(server, origin, people, language="python", code="x = 1")
    await cem.wait_for_text("x = 1")
    server.api("PATCH", f"/sessions/{hosted.id}", token=hosted.token, json={"locked": True})
    await expect(cem.page.get_by_text("Read only")).to_be_visible()
    await cem.focus_editor()
    await cem.type("2")
    await ines.focus_editor()
    await ines.type("3")
    await cem.wait_for_text("x = 13")
