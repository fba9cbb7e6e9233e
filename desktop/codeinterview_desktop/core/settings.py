"""The user's settings and the file that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from .events import Signal

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT_PORT = 8765


class ThemeChoice(StrEnum):
    """How the app looks; `SYSTEM` follows the desktop."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class AppSettings:
    """The user's settings.

    Attributes:
        person_id: this installation's participant id.
        name: how others see the user.
        presence: the user's presence colour, 0-7.
        port: where the server listens when nothing else does.
        allow_network: whether others on the network may reach the server.
        database_url: an existing PostgreSQL, or None for the app's own.
        theme: light, dark or the system's.
        window_geometry: what Qt saved of the window (base64), or None.
        extra: settings that this version does not know, kept for the one that does.
    """

    person_id: str
    name: str
    presence: int = 0
    port: int = DEFAULT_PORT
    allow_network: bool = True
    database_url: str | None = field(default=None, repr=False)
    theme: ThemeChoice = ThemeChoice.SYSTEM
    window_geometry: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict, repr=False)


class SettingsStore:
    """Owns the settings file; `current` is always valid.

    Signals:
        changed: the settings before and after a change.
    """

    def __init__(self, path: Path) -> None:
        self.changed: Signal[AppSettings, AppSettings] = Signal()
        raise NotImplementedError

    @property
    def current(self) -> AppSettings:
        """The settings as they are now."""
        raise NotImplementedError

    @property
    def notice(self) -> str | None:
        """A sentence when the file could not be read and was set aside."""
        raise NotImplementedError

    def update(self, **changes: object) -> AppSettings:
        """Change some settings by name, write them (0600, atomically) and announce them.

        Raises:
            ValueError: a value is not valid; the sentence is for the user.
            OSError: the file cannot be written; nothing changed.
        """
        raise NotImplementedError
