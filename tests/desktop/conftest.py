"""Qt without a display, and an event loop on Qt for the tests that need both."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication
from tests.desktop.keyrings import MemoryKeyring, used

from codeinterview_desktop.theme.controller import ThemeController
from codeinterview_desktop.webview.isolation import isolate_frames

T = TypeVar("T")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Tests announce nothing on the machine's real networks.
os.environ.setdefault("CODEINTERVIEW_DISCOVERY_INTERFACES", "127.0.0.1")
# Containers run tests as root, where QtWebEngine's sandbox cannot work.
if hasattr(os, "geteuid") and os.geteuid() == 0:
    os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
isolate_frames(os.environ)

RunOnQt = Callable[[Coroutine[Any, Any, T]], T]


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """The application, made ready for web views before it exists."""
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    return QApplication


@pytest.fixture(scope="module", autouse=True)
def no_garbage() -> Iterator[None]:
    """Collects what a module leaves on Qt's thread: another test's threads must not (`garbage`)."""
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    """No test touches the keyring of whoever runs it."""
    with used(None):
        yield


@pytest.fixture
def keyring(no_keyring: None) -> Iterator[MemoryKeyring]:
    """A system with a keyring."""
    made = MemoryKeyring()
    with used(made):
        yield made


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[ThemeController]:
    """The light theme, in force until the test ends."""
    made = ThemeController(qapp, "light")
    yield made
    made.deleteLater()
    qapp.setStyleSheet("")


@pytest.fixture
def on_qt(qapp: object) -> Iterator[Callable[..., Any]]:
    """Runs a coroutine on qasync's loop, within a time limit."""
    import qasync

    loop = qasync.QEventLoop(qapp)
    # Its timers run on when their tasks are done, until they would have fired.
    timers = loop._timer

    def run(work: Coroutine[Any, Any, Any], timeout_s: float = 60.0) -> Any:
        result = loop.run_until_complete(asyncio.wait_for(work, timeout_s))
        # As `asyncio.run` does: what was closed last gets its turn to end.
        loop.run_until_complete(asyncio.sleep(0))
        return result

    asyncio.set_event_loop(loop)
    try:
        yield run
    finally:
        asyncio.set_event_loop(None)
        loop.close()
        shiboken6.delete(timers)
