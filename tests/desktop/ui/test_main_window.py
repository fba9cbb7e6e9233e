"""The window with the real server: hosting, the lobby, closing, coming back."""

from __future__ import annotations

import os
import signal
import socket
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtGui import QGuiApplication
from tests.desktop.support import seen, until
from tests.desktop.ui.conftest import buttons, host, press, said

from codeinterview_desktop.core.api import ApiError
from codeinterview_desktop.core.room_watch import WatchState
from codeinterview_desktop.core.supervisor import ServerState
from codeinterview_desktop.core.values import Role
from codeinterview_desktop.theme.tokens import DARK, LIGHT
from codeinterview_desktop.ui.main_window import TITLE
from codeinterview_desktop.ui.rooms import COPIED
from codeinterview_desktop.ui.widgets.status import StatusLabel
from codeinterview_desktop.webview.view import ViewState

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.desktop.ui.conftest import House

    from codeinterview_desktop.ui.session.page import HostedPage


async def evaluate(page: HostedPage, script: str) -> Any:
    answers: list[Any] = []
    page.view.page.runJavaScript(script, 0, answers.append)
    await seen(lambda: answers, script)
    return answers[0]


def test_hosting_shows_the_room_beside_the_share_panel(
    on_qt: Callable[..., Any], house: House
) -> None:
    async def story() -> None:
        async with house.served() as app:
            window = app.window
            assert window.windowTitle() == TITLE
            page = await host(window)
            assert page.panel.isVisible()
            link = page.room.links(Role.CANDIDATE)[0].url
            assert page.panel.link.link.text() == link
            assert page.panel.link.code.text() == page.room.session.code_label
            window.commands.copy_link.trigger()
            assert QGuiApplication.clipboard().text() == link
            assert said(window) == COPIED
            await seen(lambda: page.view.state is ViewState.SHOWN, "page loaded")
            # What the page may know, but not from its address.
            assert page.view.page.url().toString() == page.room.page_url
            given = await evaluate(page, "JSON.stringify(window.codeinterviewDesktop)")
            credential = page.room.web_credential
            assert credential is not None
            assert credential.token in given
            await seen(lambda: page.panel.saved.status is not None, "saved state")
            people = page.panel.people.list
            await seen(lambda: [row.title.text() for row in people.rows] == ["Ada (you)"], "people")

    on_qt(story())


def test_a_killed_server_comes_back_and_the_room_goes_on(
    on_qt: Callable[..., Any], house: House
) -> None:
    async def story() -> None:
        async with house.served() as app:
            window = app.window
            page = await host(window)
            link = page.panel.link.link.text()
            await seen(lambda: page.view.state is ViewState.SHOWN, "page loaded")
            pid = app.supervisor.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            await seen(lambda: "unexpectedly" in said(window), "said")
            server = window.status_bar.server
            assert isinstance(server, StatusLabel)
            assert server.status is not None
            assert server.status.word == "Server restarting…"
            await app.supervisor.wait_ready()
            assert app.supervisor.pid != pid
            await seen(lambda: page.panel.link.link.text() == link, "the same link")
            watch = page.room.watch
            await until(
                watch.changed, lambda: watch.state.connection is WatchState.CONNECTED, "watch"
            )
            assert page.view.state is ViewState.SHOWN
            assert window.problems.dialog is None

    on_qt(story())


def test_closing_asks_while_an_interview_is_open(on_qt: Callable[..., Any], house: House) -> None:
    async def story() -> None:
        async with house.served() as app:
            window = app.window
            await host(window)
            assert not window.close()
            question = window.leaving.question
            assert question is not None
            assert question.isVisible()
            assert question.title.text() == "“Pairing” is still open"
            question.reject()
            assert window.isVisible()
            assert not app.quit.is_set()

            # Without a tray the window stays in reach.
            window.close()
            question = window.leaving.question
            assert question is not None
            press(question.buttons["Keep hosting"])
            assert window.isMinimized()
            assert app.services.hosting.rooms
            window.present()
            assert not window.isMinimized()

            window.commands.quit.trigger()
            question = window.leaving.question
            assert question is not None
            press(question.buttons["Quit"])
            assert app.quit.is_set()

    on_qt(story())


def test_closing_without_an_interview_quits(on_qt: Callable[..., Any], house: House) -> None:
    async def story() -> None:
        async with house.app() as app:
            app.window.close()
            assert app.quit.is_set()
            assert app.window.leaving.question is None

    on_qt(story())


def test_ending_asks_and_brings_home(on_qt: Callable[..., Any], house: House) -> None:
    async def story() -> None:
        async with house.served() as app:
            window = app.window
            await host(window)
            window.commands.end.trigger()
            await seen(lambda: "End for everyone" in buttons(window), "question")
            press(buttons(window)["End for everyone"])
            await seen(lambda: not window.rooms.pages, "page gone")
            assert window.workspace.current is window.home
            assert window.windowTitle() == TITLE
            await seen(lambda: "Read Pairing" in buttons(window.home), "recent")

    on_qt(story())


def test_leaving_a_room_open_and_going_on_from_recent(
    on_qt: Callable[..., Any], house: House
) -> None:
    async def story() -> None:
        async with house.served() as app:
            window = app.window
            page = await host(window)
            session_id = page.room.session.id
            window.commands.close.trigger()
            question = window.leaving.question
            assert question is not None
            press(question.buttons["Leave it open"])
            await seen(lambda: not window.rooms.pages, "page gone")
            await seen(lambda: "Open Pairing" in buttons(window.home), "recent")
            press(buttons(window.home)["Open Pairing"])
            await seen(lambda: len(window.rooms.hosted) == 1, "page again")
            assert window.rooms.hosted[0].room.session.id == session_id

            # Its own link and code lead to the same page, not to a guest's.
            window.commands.join.trigger()
            window.home.join.text.setText(window.rooms.hosted[0].room.session.code_label)
            press(window.home.join.submit)
            await seen(lambda: window.rooms.current is not None, "shown")
            assert len(window.rooms.pages) == 1

    on_qt(story())


def test_deleting_asks_and_leaves_nothing(on_qt: Callable[..., Any], house: House) -> None:
    async def story() -> None:
        async with house.served() as app:
            window = app.window
            page = await host(window)
            session_id = page.room.session.id
            (session,) = await app.services.recent.search()
            window.home.recent.delete_requested.emit(session)
            await seen(lambda: "Delete for good" in buttons(window), "question")
            press(buttons(window)["Delete for good"])
            await seen(lambda: not window.rooms.pages, "page gone")
            recent = window.home.recent.list
            await seen(lambda: recent.empty.isVisible(), "list empty")
            with pytest.raises(ApiError):
                await app.services.hosting.reopen(session_id)

    on_qt(story())


def test_joining_somebody_else(on_qt: Callable[..., Any], house: House, tmp_path: Path) -> None:
    async def story() -> None:
        async with house.served() as app:
            window = app.window
            window.commands.join.trigger()
            window.home.join.text.setText("not a link")
            press(window.home.join.submit)
            await seen(lambda: window.home.join.field.error, "error")
            assert "Paste the whole link" in window.home.join.field.error

            origin = app.supervisor.status.url
            window.home.join.text.setText(f"{origin}/")
            press(window.home.join.submit)
            await seen(lambda: len(window.rooms.joined_titles) == 1, "page")
            page = window.rooms.pages[0]
            await seen(lambda: page.view.state is ViewState.SHOWN, "loaded")
            assert not page.view.page.scripts().toList()
            assert not window.commands.copy_link.isEnabled()
            window.close()
            assert window.leaving.question is not None
            window.leaving.question.reject()
            window.commands.close.trigger()
            assert window.rooms.pages == ()

    on_qt(story())


def test_a_link_from_elsewhere_fills_in_the_form_and_joins_nothing(
    on_qt: Callable[..., Any], house: House
) -> None:
    async def link() -> None:
        async with house.served() as app:
            page = await host(app.window)
            app.open_link("codeinterview:http://127.0.0.1:1/i/1a2b3c4d")
            home = app.window.home
            assert app.window.workspace.current is home
            assert home.join.text.text() == "http://127.0.0.1:1/i/1a2b3c4d"
            assert home.join.submit.isEnabled()
            assert app.window.rooms.open_titles == (page.title,)
            assert app.window.rooms.joined_titles == ()

    on_qt(link())


def test_the_window_comes_back_as_it_was(on_qt: Callable[..., Any], house: House) -> None:
    async def story() -> None:
        async with house.served() as app:
            window = app.window
            window.resize(780, 600)
            page = await host(window)
            window.commands.zoom_in.trigger()
            window.commands.panel.trigger()
            assert page.view.zoom == 1.1
        async with house.served() as app:
            window = app.window
            assert (window.width(), window.height()) == (780, 600)
            page = await host(window, "Second")
            assert page.view.zoom == 1.1
            assert not page.panel.isVisible()

    on_qt(story())


def test_another_theme_is_worn_at_once(on_qt: Callable[..., Any], house: House) -> None:
    async def story() -> None:
        async with house.app() as app:
            window = app.window
            assert window.theme.theme is LIGHT
            app.settings.update(theme="dark")
            assert window.theme.theme is DARK

    on_qt(story())


def test_a_taken_port_is_said_on_home(
    on_qt: Callable[..., Any], house: House, unused_tcp_port_factory: Callable[[], int]
) -> None:
    async def story() -> None:
        with socket.create_server(("0.0.0.0", 0)) as taken:
            port = taken.getsockname()[1]
            async with house.served(port=port) as app:
                banner = app.window.home.banner
                await seen(lambda: banner.text, "said")
                now = app.supervisor.status.port
                assert now != port
                assert banner.text == (
                    f"Port {port} is used by another program, so links use port {now} this time."
                )
                banner.acted.emit()
                dialog = app.window.settings_dialog
                assert dialog is not None
                assert dialog.port.text() == str(port)
                dialog.reject()

    on_qt(story())


def test_a_database_that_is_away_is_a_dialog_with_a_way_on(
    on_qt: Callable[..., Any], house: House, unused_tcp_port: int
) -> None:
    async def story() -> None:
        url = f"postgresql://ada:secret@127.0.0.1:{unused_tcp_port}/rooms"
        async with house.app(database_url=url) as app:
            window = app.window
            await seen(lambda: window.problems.dialog is not None, "dialog")
            dialog = window.problems.dialog
            assert dialog is not None
            assert dialog.title.text() == "The database cannot be reached"
            assert "secret" not in dialog.sentence.text()
            assert "Traceback" not in dialog.sentence.text()
            assert dialog.sentence.text().endswith("or choose the app's own database.")
            assert list(dialog.buttons) == ["Show log", "Close", "Settings…", "Try again"]
            press(dialog.buttons["Settings…"])
            settings = window.settings_dialog
            assert settings is not None
            assert settings.database.url.text() == url
            settings.database.own.setChecked(True)
            press(settings.save)
            supervisor = app.supervisor
            await until(
                supervisor.changed, lambda: supervisor.status.state is ServerState.READY, "ready"
            )
            assert window.home.banner.text == ""
            await host(window)

    on_qt(story())


def test_a_data_folder_that_cannot_be_written_is_a_dialog(
    on_qt: Callable[..., Any], house: House
) -> None:
    async def story() -> None:
        house.paths.data.parent.mkdir(parents=True, exist_ok=True)
        house.paths.data.write_text("a file where the folder should be")
        async with house.app() as app:
            window = app.window
            await seen(lambda: window.problems.dialog is not None, "dialog")
            dialog = window.problems.dialog
            assert dialog is not None
            assert dialog.title.text() == "The data folder cannot be used"
            assert str(house.paths.data) in dialog.sentence.text()
            # In a window there is no command line to give an option on.
            assert "--" not in dialog.sentence.text()
            assert dialog.sentence.text().endswith("then try again.")
            assert app.supervisor.status.state is ServerState.FAILED
            house.paths.data.unlink()
            press(dialog.buttons["Try again"])
            await app.supervisor.wait_ready()
            assert window.problems.dialog is None

    on_qt(story())
