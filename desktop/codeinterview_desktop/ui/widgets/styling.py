"""What the style sheet needs to hear: frames of a kind, and that a property changed."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

FrameKind = Literal["card", "row", "line", "well", "banner", "bar", "plain"]


def frame(kind: FrameKind) -> QFrame:
    """A frame that the style sheet paints."""
    made = QFrame()
    made.setProperty("kind", kind)
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return made


def restyle(widget: QWidget) -> None:
    """Applies the style sheet again after a property that it looks at changed."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.updateGeometry()
    widget.update()
