"""What a sandboxed frame does with its time is its own affair."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.desktop.webview.conftest import LIMIT_MS

from codeinterview_desktop.webview.isolation import isolate_frames
from codeinterview_desktop.webview.view import ViewState

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot
    from tests.desktop.webview.conftest import Site

    from codeinterview_desktop.webview.view import RoomView

# The message leaves the frame's process only once the script gives it a turn.
HANGING = "<script>parent.postMessage('begun', '*'); setTimeout(() => { for (;;) {} }, 50)</script>"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, "--site-per-process"),
        ("", "--site-per-process"),
        ("--lang=de --mute-audio", "--lang=de --mute-audio --site-per-process"),
        ("--site-per-process --lang=de", "--site-per-process --lang=de"),
    ],
)
def test_what_chromium_is_told_already_stays(before: str | None, after: str) -> None:
    environ = {} if before is None else {"QTWEBENGINE_CHROMIUM_FLAGS": before}
    isolate_frames(environ)
    isolate_frames(environ)
    assert environ == {"QTWEBENGINE_CHROMIUM_FLAGS": after}


def test_an_endless_loop_in_a_sandboxed_frame_leaves_the_page_alive(
    qtbot: QtBot, site: Site, view: RoomView, evaluate: Callable[[str], Any]
) -> None:
    page = site.add(
        "/",
        "<script>window.heard = []; window.ticks = 0;"
        "onmessage = (event) => heard.push(event.data);"
        "setInterval(() => { ticks += 1; }, 10)</script>",
    )
    view.open(page, None)
    qtbot.waitUntil(lambda: view.state is ViewState.SHOWN, timeout=LIMIT_MS)
    evaluate(
        "const frame = document.createElement('iframe'); frame.sandbox = 'allow-scripts';"
        f"frame.srcdoc = {json.dumps(HANGING)};"
        "document.body.append(frame); 0"
    )
    qtbot.waitUntil(lambda: evaluate("heard.join()") == "begun", timeout=LIMIT_MS)
    ticks = evaluate("ticks")
    qtbot.waitUntil(lambda: evaluate("ticks") > ticks + 20, timeout=LIMIT_MS)
