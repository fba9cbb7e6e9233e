"""The user's settings and the file that holds them."""

from __future__ import annotations

import getpass
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .events import Signal
from .files import BrokenFileError, read_object, set_aside, write_object
from .links import DEFAULT_PORT
from .team_address import parse_team_address
from .tunnels.choice import TunnelChoice, parse_choice

if TYPE_CHECKING:
    from pathlib import Path

PRESENCE_COLOURS = 8
NAME_LIMIT = 255


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
        port: where the server listens when nothing else does; 0 takes any free one.
        allow_network: whether others on the network may reach the server.
        show_nearby: whether the titles of sessions are shown to the local network at first.
        database_url: an existing PostgreSQL, or None for the app's own.
        theme: light, dark or the system's.
        tunnel: the way in from the internet that was opened last.
        team_address: the origin of the team server that the user signed in to, or None.
        window_geometry: what Qt saved of the window (base64), or None.
        extra: settings that this version does not know, kept for the one that does.
    """

    person_id: str
    name: str
    presence: int = 0
    port: int = DEFAULT_PORT
    allow_network: bool = True
    show_nearby: bool = True
    database_url: str | None = field(default=None, repr=False)
    theme: ThemeChoice = ThemeChoice.SYSTEM
    tunnel: TunnelChoice = field(default_factory=TunnelChoice)
    team_address: str | None = None
    window_geometry: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict, repr=False)


class SettingsStore:
    """Owns the settings file; `current` is always valid.

    Signals:
        changed: the settings before and after a change.
    """

    def __init__(self, path: Path) -> None:
        self.changed: Signal[AppSettings, AppSettings] = Signal()
        self._path = path
        self._notice: str | None = None
        self._current = self._load()

    @property
    def current(self) -> AppSettings:
        """The settings as they are now."""
        return self._current

    @property
    def notice(self) -> str | None:
        """A sentence when the file, or some of it, could not be used."""
        return self._notice

    def update(self, **changes: object) -> AppSettings:
        """Change some settings by name, write them (0600, atomically) and announce them.

        Raises:
            ValueError: a value is not valid; the sentence is for the user.
            OSError: the file cannot be written; nothing changed.
        """
        parsed: dict[str, Any] = {
            name: parse_setting(name, value) for name, value in changes.items()
        }
        before, after = self._current, replace(self._current, **parsed)
        if after == before:
            return after
        write_object(self._path, _to_object(after))
        self._current = after
        self.changed.emit(before, after)
        return after

    def _load(self) -> AppSettings:
        try:
            stored = read_object(self._path)
        except BrokenFileError:
            aside = set_aside(self._path)
            kept = f" The old file is kept as {aside.name}." if aside is not None else ""
            self._notice = f"Your settings could not be read and start afresh.{kept}"
            stored = {}
        except OSError as error:
            self._notice = (
                f"Your settings could not be read ({error.strerror}): check who owns {self._path}."
            )
            return _defaults()
        settings, unusable = _from_object(stored)
        if unusable:
            self._notice = f"Some settings were not usable and were reset: {', '.join(unusable)}."
        if stored.get("person_id") != settings.person_id:
            try:
                write_object(self._path, _to_object(settings))
            except OSError as error:
                self._notice = (
                    f"Your settings cannot be saved ({error.strerror}):"
                    f" check that {self._path.parent} can be written."
                )
        return settings


def parse_setting(name: str, value: object) -> object:
    """The value of one setting, checked and tidied.

    Raises:
        ValueError: it is not valid; the sentence is for the user.
    """
    parse = _PARSERS.get(name)
    if parse is None:
        raise ValueError(f"There is no setting called {name}.")
    return parse(value)


def default_name() -> str:
    """The name to begin with: what the system calls its user."""
    try:
        return parse_name(getpass.getuser().replace(".", " ").title())
    except (OSError, KeyError, ImportError, ValueError):
        return "Interviewer"


def parse_name(value: object) -> str:
    """A person's name: 1 to 255 characters on one line.

    Raises:
        ValueError: it is not.
    """
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not text or len(text) > NAME_LIMIT or not text.isprintable():
        raise ValueError(f"A name has 1 to {NAME_LIMIT} characters on one line.")
    return text


def _parse_person_id(value: object) -> str:
    if (
        isinstance(value, str)
        and 1 <= len(value) <= 64
        and value.isascii()
        and value.replace("_", "a").replace("-", "a").isalnum()
    ):
        return value
    raise ValueError("A participant id has 1 to 64 letters, digits, hyphens or underscores.")


def _parse_whole(value: object, low: int, high: int, sentence: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return value
    raise ValueError(sentence)


def _parse_presence(value: object) -> int:
    return _parse_whole(value, 0, PRESENCE_COLOURS - 1, "A presence colour is one of eight.")


def _parse_port(value: object) -> int:
    return _parse_whole(value, 0, 65535, "A port is a number from 1 to 65535; 0 takes a free one.")


def _parse_allow_network(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("Allowing this network is either on or off.")


def _parse_show_nearby(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("Showing sessions to this network is either on or off.")


def parse_database_url(value: object) -> str | None:
    """The address of a PostgreSQL, or None for the app's own.

    Raises:
        ValueError: it is not a PostgreSQL address.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    sentence = "A database address looks like postgresql://user:password@host:5432/name."
    if not isinstance(value, str):
        raise ValueError(sentence)
    text = value.strip()
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError(sentence) from None
    if parts.scheme not in ("postgresql", "postgres") or not text.isprintable():
        raise ValueError(sentence)
    return text


def _parse_team_address(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("A team server’s address is a text.")
    return parse_team_address(value).origin


def _parse_theme(value: object) -> ThemeChoice:
    try:
        return ThemeChoice(str(value))
    except ValueError:
        raise ValueError("A theme is system, light or dark.") from None


def _parse_geometry(value: object) -> str | None:
    if value is None or (isinstance(value, str) and len(value) <= 4096 and value.isascii()):
        return value
    raise ValueError("The window's geometry is not valid.")


_PARSERS: Mapping[str, Callable[[object], object]] = {
    "person_id": _parse_person_id,
    "name": parse_name,
    "presence": _parse_presence,
    "port": _parse_port,
    "allow_network": _parse_allow_network,
    "show_nearby": _parse_show_nearby,
    "database_url": parse_database_url,
    "theme": _parse_theme,
    "tunnel": parse_choice,
    "team_address": _parse_team_address,
    "window_geometry": _parse_geometry,
}


def _defaults() -> AppSettings:
    return AppSettings(person_id=secrets.token_urlsafe(12), name=default_name())


def _from_object(stored: Mapping[str, object]) -> tuple[AppSettings, list[str]]:
    values: dict[str, Any] = {}
    unusable: list[str] = []
    for name, parse in _PARSERS.items():
        if name not in stored:
            continue
        try:
            values[name] = parse(stored[name])
        except ValueError:
            unusable.append(name)
    extra = {name: value for name, value in stored.items() if name not in _PARSERS}
    return replace(_defaults(), **values, extra=extra), unusable


def _to_object(settings: AppSettings) -> dict[str, object]:
    known = {each.name: getattr(settings, each.name) for each in fields(settings)}
    del known["extra"]
    known["tunnel"] = asdict(settings.tunnel)
    return {**settings.extra, **known}
