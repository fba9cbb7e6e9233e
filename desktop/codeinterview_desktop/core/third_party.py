"""Whose work the app contains, and under which licence."""

from __future__ import annotations

import importlib.metadata
import json
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.abc import Traversable


@dataclass(frozen=True, slots=True)
class Component:
    """One part that others made.

    Attributes:
        licence: its short name.
        text: the licence itself, where it is known.
    """

    name: str
    version: str
    licence: str
    text: str


def third_party(listed: Traversable | None = None) -> tuple[Component, ...]:
    """The parts by name: those that the build listed, or this environment's Python packages.

    Args:
        listed: the list that the build made; by default the one inside this package.
    """
    file = listed or resources.files("codeinterview_desktop").joinpath("third_party.json")
    if not file.is_file():
        return _installed()
    return tuple(
        Component(
            name=str(each["name"]),
            version=str(each["version"]),
            licence=str(each["licence"]),
            text=str(each["text"]),
        )
        for each in json.loads(file.read_text(encoding="utf-8"))
    )


def _installed() -> tuple[Component, ...]:
    found = {}
    for distribution in importlib.metadata.distributions():
        metadata: Any = distribution.metadata
        name = metadata["Name"]
        said = metadata.get("License-Expression") or metadata.get("License") or ""
        if name and name != "codeinterview":
            licence = said.strip().partition("\n")[0] or "see its files"
            found[name.lower()] = Component(name, distribution.version, licence, "")
    return tuple(found[name] for name in sorted(found))
