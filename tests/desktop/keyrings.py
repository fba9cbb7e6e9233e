"""Keyrings for tests, registered by keyring's own interface: none of them is the user's."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import keyring
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked, PasswordDeleteError

if TYPE_CHECKING:
    from collections.abc import Iterator


class MemoryKeyring(KeyringBackend):
    """Keeps passwords as a system's keyring does, until the test ends."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._unlocked()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._unlocked()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._unlocked()
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("there is none")

    def _unlocked(self) -> None:
        if self.is_locked:
            raise KeyringLocked("locked")


class FileKeyring(MemoryKeyring):
    """As well thought of as those that keep passwords in files of their own."""

    priority = 0.5  # type: ignore[assignment]


@contextmanager
def used(chosen: KeyringBackend | None) -> Iterator[None]:
    """Have this keyring be the system's; None for a system that has none."""
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring() if chosen is None else chosen)
    try:
        yield
    finally:
        keyring.set_keyring(before)
