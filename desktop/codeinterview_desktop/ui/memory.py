"""What the windows remember between starts: language, policy, place, panel, zoom."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from codeinterview_desktop.core.files import BrokenFileError, read_object, write_object
from codeinterview_desktop.core.places import Place
from codeinterview_desktop.core.values import JoinPolicy
from codeinterview_server.domain.languages import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

E = TypeVar("E", bound=StrEnum)

_log = logging.getLogger(__name__)

_ZOOM_RANGE = (0.5, 2.5)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is remembered.

    Attributes:
        language: the language that was hosted last.
        panel_open: whether the share panel stands beside the room.
        zoom: the room's size, 1.0 for actual size.
        policy: what led into the session that was hosted or changed last.
        place: where the user hosts.
    """

    language: str = "python"
    panel_open: bool = True
    zoom: float = 1.0
    policy: JoinPolicy = JoinPolicy.INVITE
    place: Place = Place.HERE


class Memory:
    """Owns the file. Nothing here matters enough to trouble the user when it cannot be kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._current = _from_object(read_object(path))
        except (BrokenFileError, OSError) as error:
            _log.info("What the windows remembered cannot be read: %s", error)
            self._current = Remembered()

    @property
    def current(self) -> Remembered:
        """What is remembered now."""
        return self._current

    def keep(self, **changes: Any) -> None:
        """Remember something else by its name."""
        after = replace(self._current, **changes)
        if after == self._current:
            return
        self._current = after
        try:
            write_object(self._path, asdict(after))
        except OSError as error:
            _log.warning("What the windows remember cannot be written: %s", error.strerror)


def _from_object(stored: dict[str, object]) -> Remembered:
    known = Remembered()
    language = stored.get("language")
    panel_open, zoom = stored.get("panel_open"), stored.get("zoom")
    low, high = _ZOOM_RANGE
    return Remembered(
        language=language
        if isinstance(language, str) and language in LANGUAGES
        else known.language,
        panel_open=panel_open if isinstance(panel_open, bool) else known.panel_open,
        zoom=zoom if isinstance(zoom, float) and low <= zoom <= high else known.zoom,
        policy=_choice(JoinPolicy, stored.get("policy"), known.policy),
        place=_choice(Place, stored.get("place"), known.place),
    )


def _choice(kind: type[E], value: object, otherwise: E) -> E:
    return next((each for each in kind if each == value), otherwise)
