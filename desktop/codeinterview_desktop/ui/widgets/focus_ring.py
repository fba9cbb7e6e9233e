"""The focus ring: two pixels of accent around whatever the keyboard has reached.

Text fields show focus by their own border; everything else gets the ring, but only when focus came
by keyboard: a click already shows what it hit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QMenuBar,
    QWidget,
)

from codeinterview_desktop.theme.tokens import (
    FOCUS_RING_OFFSET_PX,
    FOCUS_RING_WIDTH_PX,
    RADIUS_CONTROL_PX,
)

if TYPE_CHECKING:
    from codeinterview_desktop.theme.controller import ThemeController

_REACH_PX: Final = FOCUS_RING_WIDTH_PX + FOCUS_RING_OFFSET_PX
_OWN_FOCUS: Final = (QLineEdit, QComboBox, QAbstractSpinBox, QMenu, QMenuBar)
_FOLLOWED: Final = frozenset(
    {
        QEvent.Type.Move,
        QEvent.Type.Resize,
        QEvent.Type.Show,
        QEvent.Type.Hide,
        QEvent.Type.EnabledChange,
    }
)


class FocusRing(QObject):
    """Follows the keyboard's focus through every window of the application."""

    def __init__(self, app: QApplication, theme: ThemeController) -> None:
        super().__init__(app)
        self._theme = theme
        self._target: QWidget | None = None
        self._overlay: _Overlay | None = None
        self._watched: list[QWidget] = []
        app.focusChanged.connect(self._focus_moved)

    @property
    def target(self) -> QWidget | None:
        """What the ring is around."""
        return self._target

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Moves with the target and its parents."""
        if event.type() in _FOLLOWED:
            self._place()
        return False

    def _focus_moved(self, _old: QWidget | None, now: QWidget | None) -> None:
        self._release()
        by_mouse = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        if now is None or by_mouse or not _wants_ring(now):
            return
        home = _home_of(now)
        self._target = now
        self._overlay = _Overlay(home, self._theme)
        step: QWidget | None = now
        while step is not None and step is not home:
            step.installEventFilter(self)
            self._watched.append(step)
            step = step.parentWidget()
        self._place()

    def _release(self) -> None:
        for widget in self._watched:
            if shiboken6.isValid(widget):
                widget.removeEventFilter(self)
        self._watched.clear()
        self._target = None
        # A closed window takes the ring in it along.
        if self._overlay is not None and shiboken6.isValid(self._overlay):
            self._overlay.hide()
            self._overlay.deleteLater()
        self._overlay = None

    def _place(self) -> None:
        target, overlay = self._target, self._overlay
        if target is None or overlay is None or not shiboken6.isValid(overlay):
            return
        home = overlay.parentWidget()
        if home is None or not shiboken6.isValid(target) or not target.isVisible():
            overlay.hide()
            return
        place = QRect(target.mapTo(home, QPoint(0, 0)), target.size())
        overlay.setGeometry(place.adjusted(-_REACH_PX, -_REACH_PX, _REACH_PX, _REACH_PX))
        overlay.raise_()
        overlay.show()


class _Overlay(QWidget):
    """The ring itself, above its target's neighbours and deaf to the mouse."""

    def __init__(self, home: QWidget, theme: ThemeController) -> None:
        super().__init__(home)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.theme.colors.accent), FOCUS_RING_WIDTH_PX))
        inset = FOCUS_RING_WIDTH_PX / 2
        radius = RADIUS_CONTROL_PX + FOCUS_RING_OFFSET_PX
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), radius, radius
        )
        painter.end()


def _wants_ring(widget: QWidget) -> bool:
    if isinstance(widget, (*_OWN_FOCUS, QAbstractScrollArea)) or widget.isWindow():
        return False
    # A web view shows what inside of it has the focus; by name, because its class loads late.
    return not widget.inherits("QQuickWidget") and not widget.inherits("QWebEngineView")


def _home_of(widget: QWidget) -> QWidget:
    """The nearest parent that has room for the ring, or clips it rightly (a scrolled page)."""
    step = widget.parentWidget() or widget
    while not step.isWindow():
        place = QRect(widget.mapTo(step, QPoint(0, 0)), widget.size())
        ring = place.adjusted(-_REACH_PX, -_REACH_PX, _REACH_PX, _REACH_PX)
        outer = step.parentWidget()
        if outer is None or step.rect().contains(ring) or isinstance(outer, QAbstractScrollArea):
            break
        step = outer
    return step
