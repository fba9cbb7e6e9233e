"""The room's web view: its credential, its borders, its crashes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import psutil
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtWidgets import QApplication

from codeinterview_desktop.core.hosting import WebCredential
from codeinterview_desktop.ui.widgets.focus_ring import FocusRing
from codeinterview_desktop.webview.trouble_page import Trouble
from codeinterview_desktop.webview.view import AUTOMATIC_RELOADS, CRASHED, ViewState

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot
    from tests.desktop.webview.conftest import Browser, Site

    from codeinterview_desktop.theme.controller import ThemeController
    from codeinterview_desktop.webview.engine import WebEngine
    from codeinterview_desktop.webview.view import RoomView

LIMIT_MS = 20_000
GIVEN = "JSON.stringify(window.codeinterviewDesktop ?? null)"


def credential(origin: str) -> WebCredential:
    return WebCredential(origin, "run-key", "1a2b3c4d", "p1", "token")


def open_page(qtbot: QtBot, view: RoomView, url: str, given: WebCredential | None = None) -> None:
    view.open(url, given)
    until_shown(qtbot, view)


def until_shown(qtbot: QtBot, view: RoomView) -> None:
    qtbot.waitUntil(lambda: view.state is ViewState.SHOWN, timeout=LIMIT_MS)


def click(qtbot: QtBot, view: RoomView, x: int, y: int) -> None:
    """Click into the page as a mouse does."""
    qtbot.waitUntil(lambda: view.web.focusProxy() is not None, timeout=LIMIT_MS)
    target = view.web.focusProxy()
    assert target is not None
    qtbot.mouseClick(target, Qt.MouseButton.LeftButton, pos=QPoint(x, y))


def renderer(view: RoomView) -> psutil.Process:
    return psutil.Process(view.page.renderProcessPid())


def crash(qtbot: QtBot, view: RoomView) -> None:
    with qtbot.waitSignal(view.page.renderProcessTerminated, timeout=LIMIT_MS):
        renderer(view).kill()


def test_the_page_gets_its_credential_before_its_own_scripts(
    qtbot: QtBot, site: Site, view: RoomView, evaluate: Callable[[str], Any]
) -> None:
    page = site.add("/s/1", f"<script>window.seen = {GIVEN}</script>")
    open_page(qtbot, view, page, credential(site.origin))
    assert json.loads(evaluate("window.seen")) == {
        "hostKey": "run-key",
        "participant": {"sessionId": "1a2b3c4d", "id": "p1", "token": "token"},
        "theme": "light",
    }
    # Neither the address nor what the page can change holds it.
    assert "token" not in view.page.url().toString()
    evaluate("window.codeinterviewDesktop = null; codeinterviewDesktop.participant.token = 'x'; 0")
    assert json.loads(evaluate(GIVEN))["participant"]["token"] == "token"


def test_frames_and_other_origins_get_no_credential(
    qtbot: QtBot, site: Site, other_site: Site, view: RoomView, evaluate: Callable[[str], Any]
) -> None:
    tell = f"<script>parent.postMessage({GIVEN}, '*')</script>"
    site.add("/frame", tell)
    page = site.add(
        "/",
        "<script>window.heard = []; onmessage = (event) => heard.push(event.data)</script>"
        "<iframe src='/frame'></iframe>"
        f"<iframe sandbox='allow-scripts' srcdoc=\"{tell}\"></iframe>",
    )
    open_page(qtbot, view, page, credential(site.origin))
    qtbot.waitUntil(lambda: evaluate("heard.length") == 2, timeout=LIMIT_MS)
    assert evaluate("heard.join()") == "null,null"
    # The same host on another port, armed for the first one.
    elsewhere = other_site.add("/", "elsewhere")
    open_page(qtbot, view, elsewhere, credential(site.origin))
    assert evaluate("document.body.textContent") == "elsewhere"
    assert evaluate(GIVEN) == "null"


def test_pages_beside_a_server_below_a_path_get_no_credential(
    qtbot: QtBot, site: Site, view: RoomView, evaluate: Callable[[str], Any]
) -> None:
    own = credential(f"{site.origin}/inter/views")
    for path, given in (
        ("/inter/views/s/1", True),
        ("/inter/views/", True),
        ("/inter/viewsx", False),
        ("/inter/", False),
        ("/", False),
    ):
        open_page(qtbot, view, site.add(path, "a page"), own)
        assert (evaluate(GIVEN) != "null") is given, path


def test_a_joined_room_gets_no_credential(
    qtbot: QtBot, site: Site, view: RoomView, evaluate: Callable[[str], Any]
) -> None:
    open_page(qtbot, view, site.add("/a", "a"), credential(site.origin))
    assert evaluate(GIVEN) != "null"
    # Frames that appear after the credential was taken back are looked after as well.
    site.add("/frame", "frame")
    open_page(qtbot, view, site.add("/b", "b<iframe src='/frame'></iframe>"), None)
    assert evaluate("document.body.textContent") == "b"
    assert evaluate("frames.length") == 1
    assert evaluate(GIVEN) == "null"


def test_a_team_servers_page_gets_a_seat_and_no_key(
    qtbot: QtBot, site: Site, view: RoomView, evaluate: Callable[[str], Any]
) -> None:
    given = WebCredential(site.origin, None, "1a2b3c4d", "p1", "token")
    open_page(qtbot, view, site.add("/s/1", "room"), given)
    assert json.loads(evaluate(GIVEN)) == {
        "hostKey": None,
        "participant": {"sessionId": "1a2b3c4d", "id": "p1", "token": "token"},
        "theme": "light",
    }


def test_outside_links_open_in_the_systems_browser(
    qtbot: QtBot,
    site: Site,
    other_site: Site,
    view: RoomView,
    browser: Browser,
    evaluate: Callable[[str], Any],
) -> None:
    style = "style='position: fixed; left: 0; width: 300px; height: 40px; top:"
    outside = other_site.add("/docs", "docs")
    page = site.add(
        "/",
        f"<a href='{outside}' {style} 0'>same tab</a>"
        f"<a href='{outside}?new' target=_blank {style} 50px'>new tab</a>",
    )
    # A page opens no windows and no files by itself.
    leave = f"open('{outside}'); location = 'file:///etc/passwd'; document.title = 'tried'"
    page_of_script = f"<script>onload = () => setTimeout(() => {{ {leave} }})</script>"
    open_page(qtbot, view, site.add("/leaving", page_of_script))
    # Not by a script of ours, which would count as a person's doing.
    qtbot.waitUntil(lambda: view.page.title() == "tried", timeout=LIMIT_MS)
    assert browser.opened == []
    assert evaluate("location.pathname") == "/leaving"
    # A person's click may.
    open_page(qtbot, view, page)
    click(qtbot, view, 20, 20)
    qtbot.waitUntil(lambda: browser.opened == [outside], timeout=LIMIT_MS)
    click(qtbot, view, 20, 70)
    qtbot.waitUntil(lambda: browser.opened == [outside, f"{outside}?new"], timeout=LIMIT_MS)
    assert view.page.url() == QUrl(page)
    assert other_site.asked == []


def test_a_killed_renderer_is_loaded_again_and_said(
    qtbot: QtBot, site: Site, view: RoomView, evaluate: Callable[[str], Any]
) -> None:
    page = site.add("/s/1", "the room")
    open_page(qtbot, view, page, credential(site.origin))
    crash(qtbot, view)
    qtbot.waitUntil(lambda: site.asked.count("/s/1") == 2, timeout=LIMIT_MS)
    until_shown(qtbot, view)
    assert view.banner.text == CRASHED
    assert evaluate("document.body.textContent") == "the room"
    assert json.loads(evaluate(GIVEN))["hostKey"] == "run-key"


def test_a_page_that_stops_again_and_again_is_not_loaded_for_ever(
    qtbot: QtBot, site: Site, view: RoomView
) -> None:
    open_page(qtbot, view, site.add("/", "the room"))
    for _ in range(AUTOMATIC_RELOADS):
        crash(qtbot, view)
        qtbot.waitUntil(lambda: view.state is ViewState.LOADING, timeout=LIMIT_MS)
        until_shown(qtbot, view)
    crash(qtbot, view)
    qtbot.waitUntil(lambda: view.state is ViewState.TROUBLE, timeout=LIMIT_MS)
    assert view.trouble.title.text() == Trouble.crashed().title
    assert view.banner.text == ""
    view.trouble.retry.click()
    until_shown(qtbot, view)


def test_a_server_that_does_not_answer_is_explained(
    qtbot: QtBot, site: Site, view: RoomView, unused_tcp_port: int
) -> None:
    view.open(f"http://127.0.0.1:{unused_tcp_port}/s/1", None)
    qtbot.waitUntil(lambda: view.state is ViewState.TROUBLE, timeout=LIMIT_MS)
    assert f"127.0.0.1:{unused_tcp_port}" in view.trouble.sentence.text()
    assert view.trouble.isVisible()
    open_page(qtbot, view, site.add("/", "there"))
    assert view.web.isVisible()


def test_pages_of_errors_are_the_servers_own(qtbot: QtBot, site: Site, view: RoomView) -> None:
    open_page(qtbot, view, f"{site.origin}/s/gone")
    assert view.web.isVisible()


def test_opening_the_same_again_does_not_load_again(
    qtbot: QtBot, site: Site, view: RoomView
) -> None:
    page = site.add("/s/1", "the room")
    open_page(qtbot, view, page, credential(site.origin))
    view.open(page, credential(site.origin))
    assert view.state is ViewState.SHOWN
    assert site.asked.count("/s/1") == 1


def test_zoom_goes_in_steps_and_stays(qtbot: QtBot, site: Site, view: RoomView) -> None:
    zooms: list[float] = []
    view.zoom_changed.connect(zooms.append)
    open_page(qtbot, view, site.add("/", "x"))
    view.zoom_by(1)
    view.zoom_by(1)
    view.zoom_by(-1)
    view.zoom_by(0)
    view.zoom_by(-20)
    view.zoom_by(20)
    assert zooms == [1.1, 1.25, 1.1, 1.0, 0.5, 2.5]
    open_page(qtbot, view, site.add("/b", "x"))
    assert view.page.zoomFactor() == 2.5


def test_the_page_follows_the_theme(
    qtbot: QtBot,
    site: Site,
    view: RoomView,
    theme: ThemeController,
    evaluate: Callable[[str], Any],
) -> None:
    open_page(qtbot, view, site.add("/", "x"), credential(site.origin))
    theme.choose("dark")
    qtbot.waitUntil(lambda: site.asked.count("/") == 2, timeout=LIMIT_MS)
    until_shown(qtbot, view)
    assert json.loads(evaluate(GIVEN))["theme"] == "dark"


def test_disposing_ends_the_renderer(
    qtbot: QtBot, site: Site, engine: WebEngine, view: RoomView
) -> None:
    open_page(qtbot, view, site.add("/", "x"), credential(site.origin))
    process = renderer(view)
    engine.release(view)
    engine.release(view)
    qtbot.waitUntil(lambda: not process.is_running(), timeout=LIMIT_MS)


def test_no_ring_is_drawn_around_a_whole_page(
    qtbot: QtBot, site: Site, view: RoomView, theme: ThemeController
) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    ring = FocusRing(app, theme)
    open_page(qtbot, view, site.add("/", "<input autofocus>"))
    with qtbot.waitActive(view):
        view.activateWindow()
    moves: list[object] = []
    app.focusChanged.connect(lambda _old, now: moves.append(now))
    view.trouble.retry.setFocus()
    view.web.setFocus()
    qtbot.waitUntil(lambda: view.web.focusProxy() in moves, timeout=LIMIT_MS)
    assert ring.target is None
    ring.deleteLater()
