"""Calls into Qt give back what they borrow: under Python 3.11 a lost `None` ends the process."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

CALLS = 500
# Others come and go meanwhile.
TOLERANCE = 100


class Emitter(QObject):
    happened = Signal(object)


def lost(value: object, act: Callable[[], object]) -> int:
    """How many references to `value` so many calls cost."""
    act()
    before = sys.getrefcount(value)
    for _ in range(CALLS):
        act()
    return before - sys.getrefcount(value)


def test_calls_into_qt_lose_no_reference(qapp: object) -> None:
    widget = QWidget()
    emitter = Emitter()
    emitter.happened.connect(lambda _value: None)
    assert lost(None, lambda: widget.setToolTip("x")) < TOLERANCE
    assert lost(None, lambda: emitter.happened.emit(None)) < TOLERANCE
    assert lost(True, lambda: emitter.happened.emit(True)) < TOLERANCE
    assert lost(False, widget.isVisible) < TOLERANCE
