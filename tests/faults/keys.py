"""Keystrokes that can be told apart: each writes a character that no other one writes."""

from __future__ import annotations

import time
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_FIRST = 0x10000
"""Beyond the surrogates: two UTF-16 units, four bytes of UTF-8, as in a text full of emoji."""
BYTES = 4
"""What each character takes in UTF-8, which is how pycrdt counts."""


class Keys:
    """All keystrokes of one trial, and when they were seen on the other screens."""

    def __init__(self, relayed: Callable[[float], object] | None = None) -> None:
        self._relayed = relayed
        """Told of each keystroke that went live from one person to another how long it took."""
        self._away: set[str] = set()
        self._next = count(_FIRST)
        self._typed_at: dict[str, float] = {}
        self._taken_back: set[str] = set()
        self.typed = 0
        self.longest_pause_s = 0.0
        """The longest time from a keystroke to another person's screen."""

    def press(self, *, is_here: bool = True) -> str:
        """Type a new character, in the room or while away from it."""
        character = chr(next(self._next))
        if not is_here:
            self._away.add(character)
        self._typed_at[character] = time.monotonic()
        self.typed += 1
        return character

    def take_back(self, character: str) -> None:
        """Note that somebody deleted a character."""
        self._taken_back.add(character)
        self.typed += 1

    def pressed(self) -> frozenset[str]:
        """The characters that must be in the text by now, and stay unless somebody deletes them."""
        return frozenset(self._typed_at.keys() - self._taken_back)

    def stays(self, characters: frozenset[str]) -> frozenset[str]:
        """Those out of some characters that nobody has deleted since."""
        return characters - self._taken_back

    def arrived(self, text: str, *, is_relayed: bool = False) -> None:
        """Note that somebody else sees characters, one by one or all that they lacked."""
        now = time.monotonic()
        for character in text:
            pause_s = now - self._typed_at.get(character, now)
            self.longest_pause_s = max(self.longest_pause_s, pause_s)
            if self._relayed is not None and is_relayed and character not in self._away:
                self._relayed(pause_s)

    def lost(self, text: str) -> int:
        """Count the keystrokes that a text lacks: characters that are missing, doubled or back."""
        expected = self.pressed()
        there = set(text)
        doubled = len(text) - len(there)
        return len(expected - there) + len(there - expected) + doubled
