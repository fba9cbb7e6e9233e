"""The panel's heart: the candidate's link, its QR code, the code to type, other addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from codeinterview_desktop.core.addresses import AddressKind
from codeinterview_desktop.theme.tokens import TYPE_JOIN_CODE
from codeinterview_desktop.ui import wording
from codeinterview_desktop.ui.session.qr import QrCode
from codeinterview_desktop.ui.widgets.buttons import CopyFeedback, button, copy_button
from codeinterview_desktop.ui.widgets.labels import ElidedLabel, fixed_font, label
from codeinterview_desktop.ui.widgets.status import StatusLabel
from codeinterview_desktop.ui.widgets.styling import frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codeinterview_desktop.core.hosting import ShareLink
    from codeinterview_desktop.core.values import JoinPolicy
    from codeinterview_desktop.theme.controller import ThemeController


class LinkSection(QWidget):
    """Shows how a candidate gets in.

    Signals:
        network_requested(): the user wants others on the network to reach this computer.
        make_requested(): the link is off and the user wants a new one.
        check_requested(): the user wants to know by which ways others get in.
    """

    network_requested = Signal()
    make_requested = Signal()
    check_requested = Signal()

    def __init__(self, theme: ThemeController) -> None:
        super().__init__()
        self._theme = theme
        self._links: tuple[ShareLink, ...] = ()
        self._code = ""
        self.reach = StatusLabel(theme, wording.reach_word(None))
        self.link = QLineEdit()
        self.link.setProperty("kind", "link")
        self.link.setReadOnly(True)
        self.link.setFont(fixed_font(13))
        self.link.setAccessibleName("Link for the candidate")
        self.copy = button("Copy &link", "primary", theme=theme, icon="copy", large=True)
        self.feedback = CopyFeedback(self.copy, theme, self.best_url)
        self.allow = button("Let others on the network in…")
        self.allow.clicked.connect(self.network_requested)
        self.make = button("Make a new link", "primary", theme=theme, icon="link", large=True)
        self.make.clicked.connect(self.make_requested)
        self.qr = QrCode()
        self.code = label("", "join-code")
        self.code.setFont(fixed_font(TYPE_JOIN_CODE.size_px, bold=True))
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.code.setAccessibleName("Code to join")
        self.copy_code = copy_button(theme, lambda: self._code, "Copy code")
        self._code_hint = label("", "meta", wrap=True)
        self._code_hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._others = OtherAddresses(theme)
        self.check = button("Check connections…", "quiet", theme=theme, icon="network")
        self.check.clicked.connect(self.check_requested)

        heading = QVBoxLayout()
        heading.setSpacing(4)
        heading.addWidget(label("Invite the candidate", "heading"))
        heading.addWidget(self.reach)
        self._code_row = QWidget()
        code_row = QHBoxLayout(self._code_row)
        code_row.setContentsMargins(0, 0, 0, 0)
        code_row.setSpacing(8)
        code_row.addStretch(1)
        code_row.addWidget(self.code)
        code_row.addWidget(self.copy_code)
        code_row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(heading)
        layout.addWidget(self.link)
        layout.addWidget(self.copy)
        layout.addWidget(self.make)
        layout.addWidget(self.allow)
        self.make.hide()
        self.allow.hide()
        layout.addSpacing(4)
        layout.addWidget(self.qr, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._code_row)
        layout.addWidget(self._code_hint)
        layout.addWidget(self._others)
        layout.addWidget(self.check, 0, Qt.AlignmentFlag.AlignLeft)

    def show_links(
        self, links: Sequence[ShareLink], code: str, policy: JoinPolicy, *, is_off: bool = False
    ) -> None:
        """Shows how a candidate gets in.

        Args:
            links: the candidate's links, the best first.
            code: the session's code.
            policy: what the code is good for.
            is_off: whether the candidate's link was turned off.
        """
        self._links = tuple(links)
        self._code = code
        best = links[0] if links else None
        self.reach.show_status(
            wording.OFF if is_off else wording.reach_word(best.address if best else None)
        )
        self.link.setText(best.url if best else "")
        self.link.setPlaceholderText("" if best else "As soon as the server is ready")
        for widget in (self.link, self.copy, self.qr):
            widget.setVisible(not is_off)
        self.make.setVisible(is_off)
        self.link.setCursorPosition(0)
        self.link.setToolTip(best.url if best else "")
        self.copy.setEnabled(best is not None)
        self.qr.show_text(best.url if best else "")
        self.code.setText(code)
        self.allow.setVisible(best is not None and best.address.kind is AddressKind.LOOPBACK)
        # Nothing of this computer is on the way to a team's server.
        self.check.setVisible(best is None or best.address.kind is not AddressKind.TEAM)
        # By links only there is nothing to type the code for.
        takes_code = policy in wording.CODE_HINTS
        self._code_row.setVisible(takes_code)
        self._code_hint.setVisible(takes_code)
        page = best.url.split("/i/", 1)[0] if best else "this computer’s join page"
        self._code_hint.setText(
            f"Or open {page} and type this code. {wording.CODE_HINTS.get(policy, '')}"
        )
        self._others.show_links(self._links[1:])

    def best_url(self) -> str:
        """The link to send first, empty while there is none."""
        return self._links[0].url if self._links else ""


class OtherAddresses(QWidget):
    """The same link under this machine's other addresses, folded away at first."""

    def __init__(self, theme: ThemeController) -> None:
        super().__init__()
        self._theme = theme
        self.toggle = QPushButton()
        self.toggle.setProperty("kind", "disclosure")
        self.toggle.setCheckable(True)
        self.toggle.setAutoDefault(False)
        self.toggle.toggled.connect(lambda _open: self._fold())
        self._body = frame("plain")
        self._rows = QVBoxLayout(self._body)
        self._rows.setContentsMargins(4, 0, 0, 0)
        self._rows.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.toggle)
        layout.addWidget(self._body)
        self._body.hide()

    def show_links(self, links: Sequence[ShareLink]) -> None:
        """Shows other links; nothing at all when there are none."""
        while (item := self._rows.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for link in links:
            self._rows.addWidget(self._row(link))
        self.toggle.setText(f"Other addresses ({len(links)})")
        self.setVisible(bool(links) and self.parentWidget() is not None)
        self._fold()

    def _row(self, link: ShareLink) -> QWidget:
        row = QWidget()
        url = ElidedLabel(link.url, mode=Qt.TextElideMode.ElideMiddle)
        kind = ElidedLabel(link.address.label, "meta")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(url)
        words.addWidget(kind)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(words, 1)
        layout.addWidget(copy_button(self._theme, lambda: link.url, f"Copy {link.url}"))
        return row

    def _fold(self) -> None:
        open_now = self.toggle.isChecked()
        self.toggle.setIcon(
            self._theme.icons.icon("chevron-down" if open_now else "chevron-right", "muted")
        )
        self._body.setVisible(open_now)
