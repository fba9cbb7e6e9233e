"""Typed announcements of changes: listeners translate, they never decide."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Generic, ParamSpec

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")

_log = logging.getLogger(__name__)


class Signal(Generic[P]):
    """One kind of announcement: `Signal[int, str]` is emitted with an int and a str.

    Listeners are plain functions, called in the order in which they connected, on the thread that
    emits. Everything in `core` emits on the event loop's thread, which is Qt's main thread.
    """

    def __init__(self) -> None:
        self._listeners: list[Callable[P, None]] = []

    def connect(self, listener: Callable[P, None]) -> Callable[[], None]:
        """Call `listener` at each announcement; the answer disconnects it again (idempotent)."""
        self._listeners.append(listener)

        def disconnect() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return disconnect

    def emit(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Tell every listener. One that raises is logged and does not keep others from hearing."""
        for listener in tuple(self._listeners):
            try:
                listener(*args, **kwargs)
            except Exception:
                _log.exception("A listener failed")
