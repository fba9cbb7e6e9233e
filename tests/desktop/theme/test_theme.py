"""The theme: every icon is there, both modes are legible, a switch reaches everything."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import codeinterview_desktop
from codeinterview_desktop.theme.palette import palette_of
from codeinterview_desktop.theme.stylesheet import stylesheet_of
from codeinterview_desktop.theme.tokens import DARK, LIGHT, Theme

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from codeinterview_desktop.theme.controller import ThemeController

SOURCES = Path(codeinterview_desktop.__file__).parent
# Where a drawing is named in the sources.
NAMED = (
    r'icons\.icon\(\s*"([a-z-]+)"',
    r'\bicon="([a-z-]+)"',
    r'(?:icon_button|IconLabel|EmptyState)\(\s*[\w.]+,\s*"([a-z-]+)"',
    r'\bStatus\(\s*f?"[^"]*",\s*"([a-z-]+)"',
    r'_make\("[^"]*", "([a-z-]+)"',
)
ICONS = resources.files("codeinterview_desktop.theme").joinpath("icons")


def luminance(color: str) -> float:
    """WCAG's relative luminance of `#RRGGBB`."""
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme_tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_text_is_legible(theme_tokens: Theme) -> None:
    colors = theme_tokens.colors
    pairs = [
        *((colors.text, each) for each in (colors.canvas, colors.surface, colors.inset)),
        *((colors.muted, each) for each in (colors.canvas, colors.surface, colors.inset)),
        (colors.on_accent, colors.accent),
        (colors.text, colors.accent_soft),
        (colors.success, colors.surface),
        (colors.warning, colors.surface),
        (colors.danger, colors.surface),
        *((theme_tokens.presence_label, each) for each in theme_tokens.presence),
    ]
    faint = [pair for pair in pairs if contrast(*pair) < 4.5]
    assert faint == []


@pytest.mark.parametrize("theme_tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_the_style_sheet_is_whole(theme_tokens: Theme) -> None:
    sheet = stylesheet_of(theme_tokens)
    assert "$" not in sheet
    assert sheet.count("{") == sheet.count("}")
    assert theme_tokens.colors.accent in sheet
    assert palette_of(theme_tokens).text().color().name().upper() == theme_tokens.colors.text


def test_every_icon_that_is_named_is_there_and_used() -> None:
    drawn = {entry.name.removesuffix(".svg") for entry in ICONS.iterdir()}
    text = "".join(path.read_text() for path in SOURCES.rglob("*.py"))
    quoted = set(re.findall(r'"([a-z][a-z-]*)"', text)) | {"mark"}
    assert drawn - quoted == set()
    named = {name for pattern in NAMED for name in re.findall(pattern, text)}
    assert len(named) > 20
    assert named - drawn == set()


def test_icons_follow_the_theme(qtbot: QtBot, theme: ThemeController) -> None:
    icon = theme.icons.icon("host", "accent")
    light = icon.pixmap(32, 32).toImage()
    theme.choose("dark")
    dark = icon.pixmap(32, 32).toImage()
    assert light != dark
    with pytest.raises(ValueError, match="not a colour"):
        theme.icons.icon("host", "purple")
    with pytest.raises(FileNotFoundError):
        theme.icons.icon("unicorn")


def test_a_switch_is_announced_once(qtbot: QtBot, theme: ThemeController) -> None:
    heard: list[str] = []
    theme.changed.connect(lambda: heard.append(theme.theme.mode))
    theme.choose("dark")
    theme.choose("dark")
    theme.choose("light")
    assert heard == ["dark", "light"]
