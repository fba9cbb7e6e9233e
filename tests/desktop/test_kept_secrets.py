"""The app keeps its secrets out of everything that it writes, says or hands to be reported."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest
import shiboken6
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile

from codeinterview_desktop.core.addresses import Address, AddressKind
from codeinterview_desktop.core.api import ApiError, ServerApi
from codeinterview_desktop.core.failure_details import failure_details
from codeinterview_desktop.core.hosted_room import ShareLink, WebCredential
from codeinterview_desktop.core.joining import JoinedRoom
from codeinterview_desktop.core.links import JoinTarget
from codeinterview_desktop.core.logs import log_to
from codeinterview_desktop.core.reports import Problem, Reports
from codeinterview_desktop.core.values import (
    Admission,
    Invites,
    ParticipantInfo,
    Role,
    Seat,
)
from codeinterview_desktop.process.failures import FailureCatcher
from codeinterview_desktop.webview.page import RoomPage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

RUN_KEY = "run-key-Zm9vYmFyYmF6cXV4"
TOKEN = "token-c2VjcmV0dG9rZW4"
INVITE = "aB3-_aB3-_aB3-_aB3-_aB"
SECRETS = (RUN_KEY, TOKEN, INVITE)

WEB = WebCredential("http://127.0.0.1:1", RUN_KEY, "1a2b3c4d", "p1", TOKEN)
ADA = ParticipantInfo("p1", "Ada", Role.INTERVIEWER, 1, "1", Admission.ADMITTED, 1, True)
HOLDERS = (
    JoinTarget("http://a", "1a2b3c4d", INVITE),
    ShareLink(f"http://a/i/1a2b3c4d#{INVITE}", Address("a", "eth0", AddressKind.DEFAULT_ROUTE)),
    WEB,
    Seat(ADA, TOKEN),
    Invites(INVITE, INVITE, None),
    JoinedRoom(f"http://a/i/1a2b3c4d#{INVITE}", "http://a", "1a2b3c4d", "Pairing"),
)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """The app's own log, at its most talkative."""
    path = tmp_path / "logs" / "app.log"
    root = logging.getLogger()
    level = root.level
    handler = log_to(path, logging.DEBUG)
    assert handler is not None
    yield path
    root.removeHandler(handler)
    root.setLevel(level)
    handler.close()


def assert_silent(text: str) -> None:
    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda each: type(each).__name__)
def test_what_holds_a_secret_does_not_show_it(holder: object) -> None:
    assert_silent(repr(holder))
    assert_silent(f"{holder}")


def test_a_failure_with_secrets_at_hand_is_reported_without_them(log: Path) -> None:
    problems: list[Problem] = []
    reports = Reports()
    reports.listen(problems.append, lambda _notice: None)
    catcher = FailureCatcher(reports, log)

    async def ask() -> None:
        async with ServerApi("http://127.0.0.1:1", TOKEN) as api:
            await api.preview("1a2b3c4d", INVITE)

    def fail(_key: str, _url: str) -> None:
        asyncio.run(ask())

    try:
        fail(RUN_KEY, f"http://a/i/1a2b3c4d#{INVITE}")
    except ApiError as error:
        catcher._on_exception(type(error), error, error.__traceback__)
        assert_silent(failure_details(error))
        assert_silent(str(error))
    (problem,) = problems
    assert "ApiError" in problem.details
    assert_silent(problem.details + problem.sentence)
    written = log.read_text()
    assert "Nobody caught this" in written
    assert_silent(written)


def test_what_a_page_says_on_its_console_is_kept_without_addresses_and_secrets(
    qapp: QApplication, log: Path
) -> None:
    profile = QWebEngineProfile()
    page = RoomPage(profile, profile)
    level = QWebEnginePage.JavaScriptConsoleMessageLevel.ErrorMessageLevel
    page.javaScriptConsoleMessage(
        level, f"Failed: Bearer {TOKEN} {RUN_KEY} at http://a/i/1a2b3c4d#{INVITE}", 7, "x"
    )
    page.javaScriptConsoleMessage(level, f"refused {INVITE}", 8, "x")
    written = log.read_text()
    assert "Page: Failed:" in written
    assert "(line 7)" in written
    assert_silent(written)
    # The page first: a profile outlives its pages.
    shiboken6.delete(page)
    shiboken6.delete(profile)
