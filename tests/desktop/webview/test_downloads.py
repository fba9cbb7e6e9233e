"""Downloads: the save dialog decides, and the status bar hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from codeinterview_desktop.webview.downloads import safe_name
from codeinterview_desktop.webview.view import ViewState

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot
    from tests.desktop.webview.conftest import Asked, Site

    from codeinterview_desktop.webview.engine import WebEngine
    from codeinterview_desktop.webview.view import RoomView

LIMIT_MS = 20_000
PAGE = "<a id=get download='main.py' href='/main.py'>get</a>"
CLICK = "document.querySelector('#get').click()"


@pytest.fixture
def downloading(site: Site, view: RoomView, qtbot: QtBot, evaluate: Callable[[str], Any]) -> None:
    site.add("/main.py", "print(6)\n", Content_Type="text/plain")
    view.open(site.add("/", PAGE), None)
    qtbot.waitUntil(lambda: view.state is ViewState.SHOWN, timeout=LIMIT_MS)


@pytest.mark.usefixtures("downloading")
def test_a_download_is_saved_where_the_user_says(
    engine: WebEngine,
    asked: Asked,
    qtbot: QtBot,
    tmp_path: Path,
    evaluate: Callable[[str], Any],
) -> None:
    asked.answer = tmp_path / "chosen" / "answer.py"
    asked.answer.parent.mkdir()
    with qtbot.waitSignal(engine.downloads.finished, timeout=LIMIT_MS) as finished:
        evaluate(CLICK)
    assert finished.args == [asked.answer]
    assert asked.answer.read_text() == "print(6)\n"
    assert [path.name for path in asked.suggested] == ["main.py"]


@pytest.mark.usefixtures("downloading")
def test_a_cancelled_download_saves_nothing(
    engine: WebEngine,
    asked: Asked,
    qtbot: QtBot,
    evaluate: Callable[[str], Any],
) -> None:
    heard: list[object] = []
    engine.downloads.finished.connect(heard.append)
    engine.downloads.failed.connect(heard.append)
    evaluate(CLICK)
    qtbot.waitUntil(lambda: bool(asked.suggested), timeout=LIMIT_MS)
    assert evaluate("1 + 1") == 2
    assert heard == []


@pytest.mark.usefixtures("downloading")
def test_a_folder_that_is_not_there_is_said_in_a_sentence(
    engine: WebEngine,
    asked: Asked,
    qtbot: QtBot,
    tmp_path: Path,
    evaluate: Callable[[str], Any],
) -> None:
    asked.answer = tmp_path / "gone" / "answer.py"
    with qtbot.waitSignal(engine.downloads.failed, timeout=LIMIT_MS) as failed:
        evaluate(CLICK)
    assert failed.args is not None
    sentence = failed.args[0]
    assert sentence.startswith("answer.py was not saved: ")
    assert sentence.endswith("Try another folder.")


@pytest.mark.parametrize(
    ("suggested", "name"),
    [
        ("main.py", "main.py"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\evil.exe", "evil.exe"),
        ("..", "download"),
        (".bashrc", "bashrc"),
        ("", "download"),
        ("a\nb\x00c.txt", "abc.txt"),
        ('what?<is>"this"|*.py', "whatisthis.py"),
        ("x" * 300, "x" * 150),
    ],
)
def test_names_from_the_page_are_made_safe(suggested: str, name: str) -> None:
    assert safe_name(suggested) == name
