"""The form for a tunnel over SSH: which host, as whom, and how the public reaches it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from codeinterview_desktop.core.tunnels.choice import RouteKind
from codeinterview_desktop.ui.widgets.buttons import button
from codeinterview_desktop.ui.widgets.fields import CheckBox, Field, Select

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codeinterview_desktop.core.tunnels.choice import TunnelChoice
    from codeinterview_desktop.theme.controller import ThemeController

_ROUTES: Final[Mapping[RouteKind, str]] = {
    RouteKind.PORT: "By a port of the host itself",
    RouteKind.PROXY: "By a web server on the host",
    RouteKind.SERVICE: "By a link of a forwarding service",
}
_TEXT_LIMIT: Final = 512


class SshForm(QWidget):
    """Edits the part of a `TunnelChoice` that is about SSH.

    Signals:
        changed(): something of it.
    """

    changed = Signal()

    def __init__(self, theme: ThemeController, choice: TunnelChoice) -> None:
        super().__init__()
        self._choice = choice
        self.host = _line(choice.host, "gate.example.org:22")
        self.user = _line(choice.user, "As on this computer")
        self.key_file = _line(choice.key_file, "Those that ssh would use")
        self.choose_key = button("C&hoose…")
        self.choose_key.setAccessibleName("Choose the key file")
        self.choose_key.clicked.connect(self._choose_key)
        self.route = Select(theme)
        for route, words in _ROUTES.items():
            self.route.addItem(words, route)
        self.route.setCurrentIndex(self.route.findData(choice.route))
        self.port = _port(choice.port, "The host chooses one")
        self.link = _line(choice.link, "https://interview.example.org")
        self.proxy_port = _port(choice.proxy_port, "8080")
        self.tells = CheckBox(theme, "It tells &who visits (X-Forwarded-For)")
        self.tells.setChecked(choice.tells_visitors)
        self.tells.setToolTip(
            "Only if its configuration replaces this header; docs/tunnels.md has the lines."
        )
        self.domain = _line(choice.domain, "example.org")
        self.name = _line(choice.name, "Any")
        self.fields = {
            "host": Field("H&ost", self.host),
            "user": Field("&User", self.user),
            "key_file": Field("&Key file", self.key_file),
            "route": Field("How people reach it", self.route),
            "port": Field("&Port", self.port, "Needs GatewayPorts on in sshd."),
            "link": Field("&Link of the web server", self.link),
            "proxy_port": Field("&Port", self.proxy_port),
            "domain": Field("Its links &end in", self.domain),
            "name": Field("&Name", self.name),
        }
        self._lay_out()
        for each in self.findChildren(QLineEdit):
            each.textEdited.connect(lambda _text: self._edited())
        self.host.editingFinished.connect(self._split_user)
        self.route.activated.connect(lambda _index: self._edited())
        self.tells.clicked.connect(lambda _on: self._edited())
        self._follow_route()

    @property
    def choice(self) -> TunnelChoice:
        """What the form holds now, right or wrong."""
        return replace(
            self._choice,
            host=self.host.text().strip(),
            user=self.user.text().strip(),
            key_file=self.key_file.text().strip(),
            route=RouteKind(self.route.currentData()),
            port=int(self.port.text() or 0),
            proxy_port=int(self.proxy_port.text() or 0),
            link=self.link.text().strip(),
            tells_visitors=self.tells.isChecked(),
            domain=self.domain.text().strip(),
            name=self.name.text().strip(),
        )

    def complain(self, field: str, sentence: str) -> None:
        """Say what is wrong where it is, and put the cursor there."""
        self.fields[field].set_error(sentence)
        self.fields[field].control.setFocus()

    def _edited(self) -> None:
        for field in self.fields.values():
            if field.error:
                field.set_error("")
        self._follow_route()
        self.changed.emit()

    def _split_user(self) -> None:
        """Somebody who pasted `user@host` sees the user in its own place."""
        user, at, host = self.host.text().strip().rpartition("@")
        if at and user and "/" not in user:
            self.host.setText(host)
            self.user.setText(user)
            self.changed.emit()

    def _follow_route(self) -> None:
        route = self.route.currentData()
        self._by_port.setVisible(route == RouteKind.PORT)
        self._by_proxy.setVisible(route == RouteKind.PROXY)
        self._by_service.setVisible(route == RouteKind.SERVICE)

    def _choose_key(self) -> None:
        dialog = QFileDialog(self, "Choose a private SSH key")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._take_key)
        dialog.open()

    def _take_key(self, path: str) -> None:
        self.key_file.setText(path)
        self._edited()

    def _lay_out(self) -> None:
        fields = self.fields
        key = QHBoxLayout()
        key.setSpacing(8)
        key.addWidget(fields["key_file"], 1)
        key.addWidget(self.choose_key, 0, Qt.AlignmentFlag.AlignBottom)
        self._by_port = fields["port"]
        self._by_proxy = QWidget()
        proxy = QVBoxLayout(self._by_proxy)
        proxy.setContentsMargins(0, 0, 0, 0)
        proxy.setSpacing(8)
        proxy.addWidget(_beside((fields["link"], 3), (fields["proxy_port"], 1)))
        proxy.addWidget(self.tells, 0, Qt.AlignmentFlag.AlignLeft)
        self._by_service = _beside((fields["domain"], 1), (fields["name"], 1))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(_beside((fields["host"], 3), (fields["user"], 2)))
        layout.addLayout(key)
        layout.addWidget(_beside((fields["route"], 3), (fields["port"], 2)))
        layout.addWidget(self._by_proxy)
        layout.addWidget(self._by_service)


def _line(text: str, placeholder: str) -> QLineEdit:
    made = QLineEdit(text)
    made.setPlaceholderText(placeholder)
    made.setMaxLength(_TEXT_LIMIT)
    return made


def _port(value: int, placeholder: str) -> QLineEdit:
    made = _line(str(value) if value else "", placeholder)
    made.setMaxLength(5)
    made.setValidator(QIntValidator(0, 65535, made))
    return made


def _beside(*fields: tuple[Field, int]) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(12)
    for field, share in fields:
        layout.addWidget(field, share, Qt.AlignmentFlag.AlignTop)
    return row
