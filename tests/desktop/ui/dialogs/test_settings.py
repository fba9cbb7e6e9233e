"""The settings dialog: nothing changes before Save, and what is wrong is said where it is."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from tests.desktop.support import seen

from codeinterview_desktop.core.settings import SettingsStore, ThemeChoice
from codeinterview_desktop.core.tasks import BackgroundTasks
from codeinterview_desktop.ui.background import Background
from codeinterview_desktop.ui.dialogs.settings import SettingsDialog
from codeinterview_desktop.ui.widgets.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from codeinterview_desktop.theme.controller import ThemeController

URL = "postgresql://ada:secret@127.0.0.1:5432/rooms"


class Check:
    """Answers for the database."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: str | Exception = "Connected: PostgreSQL 18.1."
        self.may_answer = asyncio.Event()

    async def __call__(self, url: str) -> str:
        self.asked.append(url)
        await self.may_answer.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def store(tmp_path: Path) -> SettingsStore:
    made = SettingsStore(tmp_path / "settings.json")
    made.update(name="Ada", port=8765)
    return made


@pytest.fixture
def check() -> Check:
    return Check()


@pytest.fixture
def dialog(
    qtbot: QtBot, theme: ThemeController, store: SettingsStore, check: Check
) -> SettingsDialog:
    made = SettingsDialog(theme, None, store, Background(BackgroundTasks()), check)
    # The window deletes it at its end; a test looks at it until then.
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    return made


def test_save_changes_everything_at_once(dialog: SettingsDialog, store: SettingsStore) -> None:
    heard: list[object] = []
    store.changed.connect(lambda before, after: heard.append((before, after)))
    dialog.name.setText("  Grace   Hopper ")
    dialog.port.setText("9000")
    dialog.network.setChecked(False)
    dialog.look.setCurrentIndex(dialog.look.findData("dark"))
    dialog.database.other.setChecked(True)
    dialog.database.url.setText(URL)
    assert heard == []
    dialog.save.click()
    assert len(heard) == 1
    now = store.current
    assert (now.name, now.port, now.allow_network) == ("Grace Hopper", 9000, False)
    assert (now.theme, now.database_url) == (ThemeChoice.DARK, URL)
    assert dialog.result() == 1


def test_cancel_changes_nothing(dialog: SettingsDialog, store: SettingsStore) -> None:
    before = store.current
    dialog.name.setText("Somebody")
    dialog.port.setText("9000")
    dialog.cancel.click()
    assert store.current is before
    assert not dialog.isVisible()


def test_an_empty_port_takes_any_free_one(dialog: SettingsDialog, store: SettingsStore) -> None:
    dialog.port.setText("")
    dialog.save.click()
    assert store.current.port == 0


def test_what_is_wrong_is_said_at_its_field(dialog: SettingsDialog, store: SettingsStore) -> None:
    before = store.current
    dialog.name.setText("   ")
    dialog.save.click()
    assert "1 to 255" in dialog.name_field.error
    assert dialog.name.hasFocus() or dialog.focusWidget() is dialog.name
    dialog.name.setText("Ada")
    dialog.port.setText("70000")
    dialog.save.click()
    assert dialog.name_field.error == ""
    assert "65535" in dialog.port_field.error
    dialog.port.setText("1")
    dialog.database.other.setChecked(True)
    dialog.save.click()
    assert dialog.database.field.error == "Enter the address of the database."
    dialog.database.url.setText("mysql://x")
    dialog.save.click()
    assert "postgresql://" in dialog.database.field.error
    assert store.current is before
    assert dialog.isVisible()


def test_a_file_that_cannot_be_written_is_said(
    dialog: SettingsDialog, store: SettingsStore, tmp_path: Path
) -> None:
    (tmp_path / "settings.json").unlink()
    tmp_path.rename(tmp_path.with_name("away"))
    tmp_path.with_name(tmp_path.name).write_text("in the way")
    dialog.name.setText("Grace")
    dialog.save.click()
    assert dialog.banner.text.startswith("The settings were not saved: ")
    assert store.current.name == "Ada"
    assert dialog.isVisible()


def test_what_restarts_the_server_is_said_before(dialog: SettingsDialog) -> None:
    assert dialog.banner.text == ""
    dialog.port.setText("9000")
    assert "starts again" in dialog.banner.text
    assert "restart" in dialog.save.text()
    dialog.port.setText("8765")
    assert dialog.banner.text == ""
    dialog.network.setChecked(False)
    assert "reconnects" in dialog.banner.text
    dialog.database.other.setChecked(True)
    dialog.database.url.setText(URL)
    dialog.database.url.textEdited.emit(URL)
    assert "other database" in dialog.banner.text


def test_the_dialog_grows_with_what_it_says(dialog: SettingsDialog) -> None:
    before = dialog.height()
    dialog.database.other.setChecked(True)
    dialog.port.setText("9000")
    layout = dialog.layout()
    assert layout is not None
    layout.activate()
    assert layout.totalHeightForWidth(dialog.width()) > before
    # A small laptop's screen, without its bars.
    dialog.database.url.setText(URL)
    dialog.database.url.textEdited.emit(URL)
    dialog.database.field.set_error("An error that takes more than one line of the dialog. " * 2)
    layout.activate()
    assert layout.totalHeightForWidth(dialog.width()) < 700


@pytest.mark.parametrize(
    ("answer", "word", "tone", "error"),
    [
        ("Connected: PostgreSQL 18.1.", "Connected: PostgreSQL 18.1.", "success", ""),
        (
            ValueError("Nothing listens there. Check host and port."),
            "It does not work",
            "danger",
            "Nothing listens there. Check host and port.",
        ),
    ],
)
def test_the_connection_can_be_tested(
    on_qt: Callable[..., Any],
    dialog: SettingsDialog,
    check: Check,
    answer: str | Exception,
    word: str,
    tone: str,
    error: str,
) -> None:
    database = dialog.database

    async def story() -> None:
        check.answer = answer
        database.other.setChecked(True)
        database.url.setText(f" {URL} ")
        database.test.click()
        assert not database.test.isEnabled()
        assert database.state.status == Status("Connecting…", "progress", "muted")
        await seen(lambda: check.asked, "asked")
        check.may_answer.set()
        await seen(database.test.isEnabled, "answered")
        assert check.asked == [URL]
        status = database.state.status
        assert status is not None
        assert (status.word, status.tone) == (word, tone)
        assert database.field.error == error

    def other_address() -> None:
        # It has not been tested.
        database.url.textEdited.emit("x")
        assert database.state.status is None
        assert database.field.error == ""

    on_qt(story())
    other_address()


@pytest.mark.parametrize(("code", "field"), [("PORT_BUSY", "port"), ("DATABASE", "own")])
def test_a_failure_leads_to_its_setting(dialog: SettingsDialog, code: str, field: str) -> None:
    dialog.focus_for(code)
    wanted = {"port": dialog.port, "own": dialog.database.own}[field]
    assert dialog.focusWidget() is wanted
