"""The way in from the internet that every room's links may use, while there is one."""

from __future__ import annotations

from urllib.parse import urlsplit

from .events import Signal


class PublicLink:
    """Holds it; the tunnel's owner changes it, and rooms make links of it.

    Signals:
        changed: anything below.
    """

    def __init__(self) -> None:
        self.changed: Signal[[]] = Signal()
        self._origin: str | None = None
        self._is_first = False

    @property
    def origin(self) -> str | None:
        """`http(s)://host[:port]`, or None while nobody gets in that way."""
        return self._origin

    @property
    def host(self) -> str:
        """The origin's host alone, empty without one."""
        return urlsplit(self._origin or "").hostname or ""

    @property
    def is_first(self) -> bool:
        """Whether the user wants to invite with it."""
        return self._is_first

    def set_origin(self, origin: str | None) -> None:
        """There is another way in, or none any more; then nobody is invited with it either."""
        is_first = self._is_first and origin is not None
        if (origin, is_first) != (self._origin, self._is_first):
            self._origin, self._is_first = origin, is_first
            self.changed.emit()

    def put_first(self, *, first: bool) -> None:
        """The user chose to invite with it, or not to."""
        first = first and self._origin is not None
        if first != self._is_first:
            self._is_first = first
            self.changed.emit()
