# Generated from design/tokens.json by scripts/generate_tokens.py, do not edit.
"""The design tokens: colours of both modes, measures, type and motion."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Colors:
    """The named colours of one mode, as `#RRGGBB`."""

    canvas: str
    surface: str
    raised: str
    inset: str
    editor: str
    text: str
    muted: str
    divider: str
    border: str
    accent: str
    accent_hover: str
    on_accent: str
    accent_soft: str
    success: str
    success_soft: str
    warning: str
    warning_soft: str
    danger: str
    danger_soft: str


@dataclass(frozen=True, slots=True)
class TypeSize:
    """A step of the type scale, in device-independent pixels."""

    size_px: int
    line_px: int


@dataclass(frozen=True, slots=True)
class Theme:
    """One mode's colours; a participant's colour is an index into `presence`."""

    mode: Literal["light", "dark"]
    colors: Colors
    presence: tuple[str, ...]
    presence_label: str


LIGHT = Theme(
    mode="light",
    colors=Colors(
        canvas="#F6F7F9",
        surface="#FFFFFF",
        raised="#FFFFFF",
        inset="#EEF0F3",
        editor="#FFFFFF",
        text="#1B1F27",
        muted="#5A6372",
        divider="#D5D9E0",
        border="#78808F",
        accent="#2F5BD8",
        accent_hover="#264CB8",
        on_accent="#FFFFFF",
        accent_soft="#E6ECFB",
        success="#1B7A43",
        success_soft="#E3F4EA",
        warning="#8A5A00",
        warning_soft="#FBF0D9",
        danger="#B8322A",
        danger_soft="#FBE7E5",
    ),
    presence=(
        "#2F5BD8",
        "#B03A6B",
        "#0E7A6D",
        "#8A5A00",
        "#6B47C9",
        "#A8431B",
        "#2C7A2C",
        "#0B6FA4",
    ),
    presence_label="#FFFFFF",
)

DARK = Theme(
    mode="dark",
    colors=Colors(
        canvas="#15181E",
        surface="#1C2027",
        raised="#252A33",
        inset="#101318",
        editor="#181B21",
        text="#E7EAF0",
        muted="#A3ACBA",
        divider="#333A46",
        border="#737D8D",
        accent="#7DA0FF",
        accent_hover="#96B3FF",
        on_accent="#10182B",
        accent_soft="#223055",
        success="#58C98A",
        success_soft="#16301F",
        warning="#E2B04A",
        warning_soft="#352A10",
        danger="#FF8078",
        danger_soft="#3A1B19",
    ),
    presence=(
        "#7DA0FF",
        "#F58FBC",
        "#4FD1BD",
        "#E2B04A",
        "#B89CFF",
        "#FFA07A",
        "#7BCB7B",
        "#62BDF0",
    ),
    presence_label="#10131A",
)

SPACE_PX = (4, 8, 12, 16, 24, 32, 48)
RADIUS_CONTROL_PX = 4
RADIUS_CARD_PX = 8
RADIUS_DIALOG_PX = 12

CONTROL_HEIGHT_DENSE_PX = 32
CONTROL_HEIGHT_PRIMARY_PX = 40

TYPE_META = TypeSize(size_px=12, line_px=16)
TYPE_UI = TypeSize(size_px=13, line_px=20)
TYPE_BODY = TypeSize(size_px=14, line_px=22)
TYPE_HEADING = TypeSize(size_px=16, line_px=24)
TYPE_PAGE = TypeSize(size_px=20, line_px=28)
TYPE_JOIN_CODE = TypeSize(size_px=28, line_px=36)

WEIGHT_REGULAR = 400
WEIGHT_STRONG = 600

MOTION_HOVER_MS = 80
MOTION_PANEL_MS = 140
MOTION_DIALOG_MS = 200

FOCUS_RING_WIDTH_PX = 2
FOCUS_RING_OFFSET_PX = 2
