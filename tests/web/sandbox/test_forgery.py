"""Programs that want to speak as the sandbox, as another run or as somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.web.sandbox.forgery import (
    FORGED,
    HOSTILE_FRAME,
    HOSTILE_WORKER,
    LAST_WORDS,
    PAGE_SPEAKING_UP,
    POLLUTION,
    SPEAKING_UP,
    SPEAKING_UP_IN_PYTHON,
)
from tests.web.sandbox.scene import RUN_BYTES

if TYPE_CHECKING:
    from tests.web.sandbox.scene import Run, Scene

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_polluted_prototypes_change_no_message(javascript: Scene) -> None:
    run = await javascript.run(POLLUTION)
    assert await run.end() == "error"
    assert run.text("stdout") == "one { two: [ 3 ] } Map(1) { 4 => 5 }\nports 0, events 0\n"
    assert "the real end" in run.text("stderr")
    assert FORGED not in run.text()
    await javascript.expect_untouched()
    await javascript.expect_next_run_works()


@pytest.mark.parametrize("language", ["javascript", "python"])
async def test_a_program_cannot_speak_for_the_sandbox(
    javascript: Scene, py: Scene, language: str
) -> None:
    scene, code = {
        "javascript": (javascript, SPEAKING_UP),
        "python": (py, SPEAKING_UP_IN_PYTHON),
    }[language]
    run = await scene.run(code)
    assert await run.end() == "ok"
    assert run.text() == "the real end\n"
    await scene.expect_untouched()
    await scene.expect_next_run_works()


async def test_last_words_are_few_and_clean(javascript: Scene) -> None:
    run = await javascript.run(LAST_WORDS)
    assert await run.end() == "error"
    said = run.text("system")
    assert FORGED not in said
    assert len(said) < 300
    await javascript.expect_untouched()
    await javascript.expect_next_run_works()


async def test_a_page_cannot_speak_for_the_sandbox(html: Scene) -> None:
    run = await html.run(PAGE_SPEAKING_UP)
    await run.prints("answered 0")
    await run.prints("Output stopped at")
    assert run.messages("finished") == []
    assert FORGED not in run.text("system")
    assert "FORGED as the system" in run.text("info")
    assert run.text("info", "stdout").count(FORGED) == 1
    assert len(run.text().encode()) <= RUN_BYTES
    await html.close_page()
    assert await run.end() == "stopped"
    await html.expect_untouched()
    await html.expect_next_run_works()


async def test_a_hostile_worker_speaks_for_its_own_run_alone(javascript: Scene) -> None:
    async with javascript.served("**/sandbox/assets/javascript-*.js", HOSTILE_WORKER):
        run = await javascript.run("")
        assert await run.end() == "ok"
        await javascript.expect_untouched()
    expect_one_ending(run)
    assert run.text().startswith("said as the program\nmine\n")
    assert run.text("system").strip().startswith("Output stopped at")
    assert javascript.strangers() == set()
    await javascript.expect_next_run_works()


async def test_a_hostile_frame_speaks_for_the_run_that_it_was_given(javascript: Scene) -> None:
    async with javascript.served("**/sandbox/frame.html", HOSTILE_FRAME):
        run = await javascript.run("")
        assert await run.end() == "ok"
        await javascript.expect_untouched()
    expect_one_ending(run)
    assert run.text().startswith("mine\n")
    assert javascript.strangers() == set()
    await javascript.expect_next_run_works()


def expect_one_ending(run: Run) -> None:
    assert len(run.messages("finished")) == 1
    assert FORGED not in run.text()
    assert "\0" not in run.text()
    assert len(run.text().encode()) <= RUN_BYTES
