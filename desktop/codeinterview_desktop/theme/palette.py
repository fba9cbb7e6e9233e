"""The Qt palette of a theme: what unstyled widgets, selections and links are painted with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QPalette

if TYPE_CHECKING:
    from codeinterview_desktop.theme.tokens import Theme


def palette_of(theme: Theme) -> QPalette:
    """Makes the application's palette from the theme's tokens."""
    colors = theme.colors
    role = QPalette.ColorRole
    palette = QPalette()
    for target, color in (
        (role.Window, colors.canvas),
        (role.WindowText, colors.text),
        (role.Base, colors.surface),
        (role.AlternateBase, colors.inset),
        (role.Text, colors.text),
        (role.PlaceholderText, colors.muted),
        (role.Button, colors.raised),
        (role.ButtonText, colors.text),
        (role.BrightText, colors.danger),
        (role.ToolTipBase, colors.raised),
        (role.ToolTipText, colors.text),
        (role.Highlight, colors.accent),
        (role.HighlightedText, colors.on_accent),
        (role.Accent, colors.accent),
        (role.Link, colors.accent),
        (role.LinkVisited, colors.accent),
        (role.Light, colors.raised),
        (role.Midlight, colors.divider),
        (role.Mid, colors.divider),
        (role.Dark, colors.border),
        (role.Shadow, colors.inset),
    ):
        palette.setColor(target, QColor(color))
    disabled = QPalette.ColorGroup.Disabled
    for target in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(disabled, target, QColor(colors.muted))
    palette.setColor(disabled, role.Highlight, QColor(colors.divider))
    palette.setColor(disabled, role.HighlightedText, QColor(colors.muted))
    palette.setColor(disabled, role.Accent, QColor(colors.border))
    return palette
