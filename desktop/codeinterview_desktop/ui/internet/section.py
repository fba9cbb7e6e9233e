"""The share panel's "Over the internet": the tunnel's state, its link, and what to do with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from codeinterview_desktop.core.tunnels.status import TunnelState, TunnelStatus
from codeinterview_desktop.ui import wording
from codeinterview_desktop.ui.internet.words import breakable, tunnel_word
from codeinterview_desktop.ui.session.qr import QrCode
from codeinterview_desktop.ui.widgets.banner import Banner
from codeinterview_desktop.ui.widgets.buttons import CopyFeedback, button
from codeinterview_desktop.ui.widgets.fields import CheckBox
from codeinterview_desktop.ui.widgets.labels import fixed_font, label
from codeinterview_desktop.ui.widgets.status import StatusLabel

if TYPE_CHECKING:
    from codeinterview_desktop.theme.controller import ThemeController

_OFF: Final = "For candidates who are not on this network. A tunnel lets them in, nothing else."
_INVITES: Final = "Copy link, the QR code and the links by role then use it."
_REPLACED: Final = "The link is a new one: those that you sent before lead nowhere. Send it again."
_SILENT: Final = (
    "The link does not answer, asked from this computer. Check connections, above, says what helps."
)
_ASKING: Final = frozenset({TunnelState.NEEDS_HOST_KEY, TunnelState.NEEDS_SECRET})
_LINKED: Final = frozenset({TunnelState.UP, TunnelState.RECONNECTING})


@dataclass(frozen=True, slots=True)
class InternetView:
    """What the section shows.

    Attributes:
        status: the tunnel's.
        carrier: who carries it, such as the SSH host's name.
        url: the candidate's link through it, empty while there is none.
        is_told: whether the server knows of the link.
        trouble: why it does not, a sentence.
        is_first: whether people are invited with it.
        is_replaced: whether it had another link before.
        is_off: whether the candidate's link was turned off.
        is_silent: whether the link does not lead here, asked from this computer.
    """

    status: TunnelStatus = field(default_factory=lambda: TunnelStatus(TunnelState.OFF))
    carrier: str = ""
    url: str = field(default="", repr=False)
    is_told: bool = False
    trouble: str | None = None
    is_first: bool = False
    is_replaced: bool = False
    is_off: bool = False
    is_silent: bool = False


class InternetSection(QWidget):
    """Shows how people across the internet get in.

    Signals:
        setup_requested(): the user wants to choose a way in.
        retry_requested(): the user wants the last one again.
        stop_requested(): nobody shall get in that way any more.
        invite_requested(bool): invite with the public link, or do not.
    """

    setup_requested = Signal()
    retry_requested = Signal()
    stop_requested = Signal()
    invite_requested = Signal(bool)

    def __init__(self, theme: ThemeController) -> None:
        super().__init__()
        self._view = InternetView()
        self.state = StatusLabel(theme, tunnel_word(self._view.status, is_told=False))
        self.sentence = label("", "meta", wrap=True)
        self.banner = Banner(theme, closable=False)
        self.public = _PublicLink(theme)
        self.invite = CheckBox(theme, "Invite &with this link")
        self.invite.setAccessibleDescription(_INVITES)
        self.invite.setToolTip(_INVITES)
        self.invite.clicked.connect(self.invite_requested)
        self.setup = button("&Set up…", theme=theme, icon="globe")
        self.setup.clicked.connect(self.setup_requested)
        self.retry = button("&Try again", "primary")
        self.retry.clicked.connect(self.retry_requested)
        self.stop = button("Stop")
        self.stop.clicked.connect(self.stop_requested)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(label("Over the internet", "heading"))
        head.addStretch(1)
        head.addWidget(self.state)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        for each in (self.retry, self.setup, self.stop):
            acts.addWidget(each)
        acts.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.sentence)
        layout.addWidget(self.banner)
        layout.addWidget(self.public)
        layout.addWidget(self.invite, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addLayout(acts)
        self._show()

    def show_internet(self, view: InternetView) -> None:
        """Shows another state."""
        if view != self._view:
            self._view = view
            self._show()

    def _show(self) -> None:
        view, status = self._view, self._view.status
        self.state.show_status(tunnel_word(status, is_told=view.is_told))
        self.sentence.setText(_sentence(view))
        self.sentence.setVisible(bool(self.sentence.text()))
        self._warn()
        has_link = bool(view.url) and status.state in _LINKED
        self.public.show_link(view.url if has_link else "")
        self.invite.setVisible(has_link)
        self.invite.setChecked(view.is_first)
        is_over = status.state in (TunnelState.OFF, TunnelState.FAILED)
        failed = status.state is TunnelState.FAILED
        self.setup.setVisible(is_over)
        self.setup.setText("&Change…" if failed else "&Set up…")
        self.retry.setVisible(failed)
        self.stop.setVisible(not is_over)
        self.stop.setText("Stop the tunnel" if status.state in _LINKED else "Cancel")

    def _warn(self) -> None:
        view, status = self._view, self._view.status
        if status.state is TunnelState.FAILED:
            self.banner.say(breakable(status.reason or ""), "danger")
        elif view.trouble is not None and status.state in _LINKED:
            self.banner.say(view.trouble, "danger")
        elif view.is_silent:
            self.banner.say(_SILENT, "warning")
        elif view.is_replaced:
            self.banner.say(_REPLACED, "warning")
        else:
            self.banner.hide()


class _PublicLink(QWidget):
    """The link with its Copy and, when wanted, its QR code."""

    def __init__(self, theme: ThemeController) -> None:
        super().__init__()
        self._theme = theme
        self.link = QLineEdit()
        self.link.setProperty("kind", "link")
        self.link.setReadOnly(True)
        self.link.setFont(fixed_font(13))
        self.link.setAccessibleName("Link for the candidate over the internet")
        self.copy = button("&Copy this link", theme=theme, icon="copy")
        CopyFeedback(self.copy, theme, self.link.text)
        self.toggle = QPushButton("QR code")
        self.toggle.setProperty("kind", "disclosure")
        self.toggle.setCheckable(True)
        self.toggle.setAutoDefault(False)
        self.toggle.toggled.connect(lambda _open: self._fold())
        self.qr = QrCode()
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.copy)
        row.addWidget(self.toggle)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.link)
        layout.addLayout(row)
        layout.addWidget(self.qr, 0, Qt.AlignmentFlag.AlignHCenter)
        self._fold()
        self.show_link("")

    def show_link(self, url: str) -> None:
        """Shows a link; nothing at all when there is none."""
        if url != self.link.text():
            self.link.setText(url)
            self.link.setCursorPosition(0)
            self.link.setToolTip(url)
            self.qr.show_text(url)
        self.setVisible(bool(url) and self.parentWidget() is not None)

    def _fold(self) -> None:
        is_open = self.toggle.isChecked()
        self.toggle.setIcon(
            self._theme.icons.icon("chevron-down" if is_open else "chevron-right", "muted")
        )
        self.qr.setVisible(is_open)


def _sentence(view: InternetView) -> str:
    # A long name has no place where its line could be broken.
    status, carrier = view.status, wording.short(view.carrier, 30)
    match status.state:
        case TunnelState.OFF:
            return _OFF
        case TunnelState.UP if view.is_off:
            return f"Through {carrier}. {wording.LINK_IS_OFF}: make a new one above."
        case TunnelState.UP:
            return f"Through {carrier}, until the interview ends."
        case TunnelState.RECONNECTING:
            return f"{status.reason} The link stays; whoever is in keeps what they type."
        case TunnelState.FAILED:
            return ""
        case state if state in _ASKING:
            return f"{carrier} needs an answer from you."
        case _:
            return f"To {carrier}."
