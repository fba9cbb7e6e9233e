"""A web view on a small server of its own, and everything that the view hands to the system."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from codeinterview_desktop.webview.engine import WebEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from codeinterview_desktop.theme.controller import ThemeController
    from codeinterview_desktop.webview.view import RoomView

LIMIT_MS = 20_000


@dataclass
class Site:
    """Pages by path: a body, with headers where they matter."""

    origin: str = ""
    pages: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def add(self, path: str, body: str, **headers: str) -> str:
        """Serve `body` at `path`; the page's address."""
        self.pages[path] = (body, {name.replace("_", "-"): text for name, text in headers.items()})
        return f"{self.origin}{path}"


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, site: Site, *args: Any) -> None:
        self._site = site
        super().__init__(*args)

    def do_GET(self) -> None:
        self._site.asked.append(self.path)
        body, headers = self._site.pages.get(self.path, ("no such page", {}))
        self.send_response(200 if self.path in self._site.pages else 404)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        # A view that goes away in the middle is none of the server's business.
        with contextlib.suppress(ConnectionError):
            self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


def _serve(site: Site) -> Callable[[], None]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, site))
    site.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return stop


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    stop = _serve(made)
    yield made
    stop()


@pytest.fixture
def other_site() -> Iterator[Site]:
    """Somebody else's server: another origin on the same host."""
    made = Site()
    stop = _serve(made)
    yield made
    stop()


class Browser(QObject):
    """Stands in for the system's browser."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toString())


@pytest.fixture
def browser(qapp: object) -> Iterator[Browser]:
    made = Browser()
    for scheme in ("http", "https", "mailto", "file"):
        QDesktopServices.setUrlHandler(scheme, made, "open")  # type: ignore[arg-type]
    yield made
    for scheme in ("http", "https", "mailto", "file"):
        QDesktopServices.unsetUrlHandler(scheme)


class Asked:
    """Answers the question where to save."""

    def __init__(self) -> None:
        self.answer: Path | None = None
        self.suggested: list[Path] = []

    def __call__(self, suggested: Path) -> Path | None:
        self.suggested.append(suggested)
        return self.answer


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def engine(qtbot: QtBot, theme: ThemeController, asked: Asked) -> Iterator[WebEngine]:
    made = WebEngine(theme, None, ask_path=asked)
    yield made
    made.dispose()
    # Chromium must be gone before the next test's objects come.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qtbot.waitUntil(lambda: not shiboken6.isValid(made), timeout=LIMIT_MS)


@pytest.fixture
def view(engine: WebEngine) -> RoomView:
    made = engine.make_view()
    made.resize(800, 600)
    made.show()
    return made


@pytest.fixture
def evaluate(qtbot: QtBot, view: RoomView) -> Callable[[str], Any]:
    """Runs a script in the page and answers its value."""

    def run(script: str) -> Any:
        answers: list[Any] = []
        view.page.runJavaScript(script, 0, answers.append)
        qtbot.waitUntil(lambda: bool(answers), timeout=LIMIT_MS)
        return answers[0]

    return run
