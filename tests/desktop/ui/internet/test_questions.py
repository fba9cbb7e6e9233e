"""A host's key and a key's passphrase: nothing is vouched for or kept by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit

from codeinterview_desktop.core.tunnels.status import HostKey, SecretKind, SecretRequest
from codeinterview_desktop.ui.internet.host_key_dialog import HostKeyDialog
from codeinterview_desktop.ui.internet.secret_dialog import SecretDialog

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from codeinterview_desktop.theme.controller import ThemeController

KEY = HostKey(
    "[gate.example.org]:2222",
    "ssh-ed25519",
    "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8",
    "[gate.example.org]:2222 ssh-ed25519 AAAA",
)


@pytest.fixture
def host_key(qtbot: QtBot, theme: ThemeController) -> HostKeyDialog:
    made = HostKeyDialog(theme, None, KEY)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    return made


def ask(qtbot: QtBot, theme: ThemeController, *, retry: bool = False) -> SecretDialog:
    request = SecretRequest(SecretKind.PASSWORD, "ines@gate.example.org", retry)
    made = SecretDialog(theme, None, request)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Space])
def test_no_key_that_is_pressed_at_once_vouches_for_a_host(
    qtbot: QtBot, host_key: HostKeyDialog, key: Qt.Key
) -> None:
    with qtbot.assertNotEmitted(host_key.trusted):
        qtbot.keyClick(host_key.focusWidget(), key)
    assert host_key.result() == QDialog.DialogCode.Rejected
    assert not host_key.isVisible()


def test_the_fingerprint_is_shown_whole_and_trust_is_asked_for(
    qtbot: QtBot, host_key: HostKeyDialog
) -> None:
    label = host_key.fingerprint
    assert label.text() == KEY.fingerprint
    assert label.fontMetrics().horizontalAdvance(label.text()) <= label.contentsRect().width()
    with qtbot.waitSignal(host_key.trusted):
        host_key.trust.click()
    # It stays until the tunnel has gone on.
    assert host_key.isVisible()


def test_a_secret_is_masked_taken_and_forgotten_by_the_dialog(
    qtbot: QtBot, theme: ThemeController
) -> None:
    dialog = ask(qtbot, theme)
    assert dialog.typed.echoMode() is QLineEdit.EchoMode.Password
    assert not dialog.submit.isEnabled()
    qtbot.keyClicks(dialog.typed, "hunter2")
    assert dialog.typed.displayText() != "hunter2"
    qtbot.keyClick(dialog.typed, Qt.Key.Key_Return)
    assert (dialog.result(), dialog.secret) == (QDialog.DialogCode.Accepted, "hunter2")
    assert dialog.typed.text() == ""


def test_without_a_secret_there_is_none(qtbot: QtBot, theme: ThemeController) -> None:
    dialog = ask(qtbot, theme, retry=True)
    assert dialog.field.error == "That was not right. Try again."
    qtbot.keyClicks(dialog.typed, "x")
    assert dialog.field.error == ""
    qtbot.keyClick(dialog.typed, Qt.Key.Key_Escape)
    assert (dialog.result(), dialog.secret) == (QDialog.DialogCode.Rejected, None)
