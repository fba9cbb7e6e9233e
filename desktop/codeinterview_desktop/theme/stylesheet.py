"""The Qt style sheet of a theme.

Widgets say what they are by a dynamic property, never how they look: `kind` on buttons and frames,
`role` on labels. `ui/widgets` sets these properties.
"""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING, Final

from codeinterview_desktop.theme import tokens

if TYPE_CHECKING:
    from codeinterview_desktop.theme.tokens import Theme

_BASE: Final = Template("""
* { font-size: ${ui_size}px; }
QMainWindow, QDialog, QWidget[kind="page"] { background: $canvas; color: $text; }
QWidget[kind="surface"] { background: $surface; }
QToolTip { background: $raised; color: $text; border: 1px solid $divider; padding: 4px 8px; }

QLabel { background: transparent; color: $text; }
QLabel[role="page"] { font-size: ${page_size}px; font-weight: $strong; }
QLabel[role="heading"] { font-size: ${heading_size}px; font-weight: $strong; }
QLabel[role="strong"] { font-weight: $strong; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="meta"] { color: $muted; font-size: ${meta_size}px; }
QLabel[role="error"] { color: $danger; font-size: ${meta_size}px; }
QLabel[tone="accent"] { color: $accent; }
QLabel[tone="success"] { color: $success; }
QLabel[tone="warning"] { color: $warning; }
QLabel[tone="danger"] { color: $danger; }
QLabel[role="join-code"] { font-size: ${code_size}px; font-weight: $strong; }

QFrame[kind="card"] { background: $surface; border: 1px solid $divider;
  border-radius: ${card}px; }
QFrame[kind="row"] { background: transparent; border: none; border-radius: ${control}px; }
QFrame[kind="row"]:hover { background: $inset; }
QFrame[kind="line"] { background: $divider; border: none; max-height: 1px; min-height: 1px; }
QFrame[kind="well"] { background: $inset; border: none; border-radius: ${control}px; }
QFrame[kind="banner"] { border: none; border-radius: ${control}px; }
QFrame[kind="banner"][tone="accent"] { background: $accent_soft; }
QFrame[kind="banner"][tone="success"] { background: $success_soft; }
QFrame[kind="banner"][tone="warning"] { background: $warning_soft; }
QFrame[kind="banner"][tone="danger"] { background: $danger_soft; }
QFrame[kind="bar"] { background: $surface; border: none; }
QFrame[kind="bar"][edge="top"] { border-top: 1px solid $divider; }
QFrame[kind="bar"][edge="bottom"] { border-bottom: 1px solid $divider; }
QFrame[kind="bar"][edge="left"] { border-left: 1px solid $divider; }
""")

_CONTROLS: Final = Template("""
QPushButton { background: $raised; color: $text; border: 1px solid $border;
  border-radius: ${control}px; padding: 0 14px; min-height: ${dense_inner}px; }
QPushButton:hover { background: $inset; }
QPushButton:pressed { background: $divider; }
QPushButton:disabled { color: $muted; border-color: $divider; background: $inset; }
QPushButton[kind="primary"], QPushButton:default[kind="primary"] { background: $accent;
  color: $on_accent; border: 1px solid $accent; font-weight: $strong; }
QPushButton[kind="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[kind="primary"]:pressed { background: $accent; }
QPushButton[kind="primary"]:disabled { background: $inset; color: $muted;
  border-color: $divider; }
QPushButton[kind="danger"] { color: $danger; border-color: $danger; background: transparent; }
QPushButton[kind="danger"]:hover { background: $danger_soft; }
QPushButton[kind="danger"]:disabled { color: $muted; border-color: $divider; }
QPushButton[kind="quiet"] { background: transparent; border: 1px solid transparent;
  padding: 0 8px; }
QPushButton[kind="quiet"]:hover { background: $inset; }
QPushButton[kind="quiet"]:pressed { background: $divider; }
QPushButton[kind="disclosure"] { background: transparent; border: 1px solid transparent;
  padding: 0 2px; text-align: left; font-weight: $strong; }
QPushButton[kind="disclosure"]:hover { background: $inset; }
QPushButton[scale="large"] { min-height: ${primary_inner}px;
  font-size: ${body_size}px; }

QToolButton { background: transparent; color: $text; border: 1px solid transparent;
  border-radius: ${control}px; padding: 0; }
QToolButton[kind="icon"] { min-width: 30px; max-width: 30px; min-height: 30px;
  max-height: 30px; }
QToolButton[kind="small-icon"] { min-width: 24px; max-width: 24px; min-height: 24px;
  max-height: 24px; }
QToolButton:hover { background: $inset; }
QToolButton:pressed, QToolButton:checked { background: $divider; }
QToolButton::menu-indicator { image: none; }
QFrame[kind="row"] QToolButton:hover { background: $divider; }

QLineEdit, QComboBox { background: $surface; color: $text; border: 1px solid $border;
  border-radius: ${control}px; padding: 0 9px; min-height: ${dense_inner}px;
  selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:focus, QComboBox:focus { border: 2px solid $accent; padding: 0 8px;
  min-height: ${dense_focus}px; }
QLineEdit:disabled, QComboBox:disabled { color: $muted;
  border-color: $divider; background: $inset; }
QLineEdit[scale="large"], QComboBox[scale="large"] { min-height: ${primary_inner}px;
  font-size: ${body_size}px; }
QLineEdit[scale="large"]:focus, QComboBox[scale="large"]:focus {
  min-height: ${primary_focus}px; }
QLineEdit[invalid="true"] { border-color: $danger; }
QLineEdit[kind="search"], QLineEdit[kind="search"]:focus { padding-left: 2px; }
QLineEdit[kind="link"] { background: $inset; border-color: $inset; }
QLineEdit[kind="link"]:focus { border-color: $accent; }
QComboBox { padding-right: 28px; }
QComboBox::drop-down { border: none; width: 28px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView { background: $raised; color: $text; border: 1px solid $divider;
  padding: 4px; outline: none; selection-background-color: $accent_soft;
  selection-color: $text; }
QComboBox QAbstractItemView::item { min-height: 28px; padding: 0 6px; }
QCheckBox, QRadioButton { spacing: 8px; color: $text; }
QCheckBox:disabled, QRadioButton:disabled { color: $muted; }
QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid $border;
  border-radius: 8px; background: $surface; }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 5px solid $accent;
  border-radius: 8px; background: $on_accent; }
QRadioButton::indicator:disabled { border-color: $divider; }
QProgressBar { background: $inset; border: none; border-radius: 2px; max-height: 4px;
  min-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
""")

_SHELL: Final = Template("""
QMenuBar { background: $canvas; color: $text; padding: 2px 4px; }
QMenuBar::item { background: transparent; padding: 4px 8px; border-radius: ${control}px; }
QMenuBar::item:selected { background: $divider; }
QMenu { background: $raised; color: $text; border: 1px solid $divider; padding: 4px; }
QMenu::item { padding: 6px 28px 6px 12px; border-radius: ${control}px; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $divider; margin: 4px 8px; }
QMenu::icon { padding-left: 8px; }

QTabBar { background: transparent; border: none; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $muted; border: none;
  border-bottom: 2px solid transparent; padding: 0 12px; min-height: 34px;
  min-width: 72px; }
QTabBar::tab:hover { color: $text; background: $inset; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabWidget::pane { border: none; }

QStatusBar { background: $surface; color: $muted; border-top: 1px solid $divider;
  min-height: 28px; }
QStatusBar::item { border: none; }
QStatusBar QLabel { font-size: ${meta_size}px; }

QScrollArea, QScrollArea > QWidget > QWidget[kind="scrolled"] { background: transparent;
  border: none; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $divider; border-radius: 3px; }
QScrollBar::handle:vertical { min-height: 32px; margin: 2px 3px; }
QScrollBar::handle:horizontal { min-width: 32px; margin: 3px 2px; }
QScrollBar::handle:hover { background: $border; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: $divider; }
QSplitter::handle:hover { background: $accent; }
""")


def stylesheet_of(theme: Theme) -> str:
    """Makes the application's style sheet from the theme's tokens."""
    colors = theme.colors
    values: dict[str, str | int] = {
        name: getattr(colors, name) for name in colors.__dataclass_fields__
    }
    # A style sheet's heights are those inside the border.
    values |= {
        "control": tokens.RADIUS_CONTROL_PX,
        "card": tokens.RADIUS_CARD_PX,
        "dense_inner": tokens.CONTROL_HEIGHT_DENSE_PX - 2,
        "dense_focus": tokens.CONTROL_HEIGHT_DENSE_PX - 4,
        "primary_inner": tokens.CONTROL_HEIGHT_PRIMARY_PX - 2,
        "primary_focus": tokens.CONTROL_HEIGHT_PRIMARY_PX - 4,
        "strong": tokens.WEIGHT_STRONG,
        "meta_size": tokens.TYPE_META.size_px,
        "ui_size": tokens.TYPE_UI.size_px,
        "body_size": tokens.TYPE_BODY.size_px,
        "heading_size": tokens.TYPE_HEADING.size_px,
        "page_size": tokens.TYPE_PAGE.size_px,
        "code_size": tokens.TYPE_JOIN_CODE.size_px,
    }
    return "".join(part.substitute(values) for part in (_BASE, _CONTROLS, _SHELL))
