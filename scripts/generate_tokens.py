"""Turn design/tokens.json into CSS variables, TypeScript and Python constants.

One source keeps the page, the editor's themes and the Qt windows in the same colours.
`make generate` runs this; run it alone while the server cannot be imported.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "design" / "tokens.json"
NOTICE = "Generated from design/tokens.json by scripts/generate_tokens.py, do not edit."

Mode = Literal["light", "dark"]
MODES: tuple[Mode, Mode] = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one mode, as `#RRGGBB`; presence colours are addressed by index."""

    colors: dict[str, str]
    presence: list[str]
    presence_label: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """Everything in the source file: two palettes and the measures they share."""

    palettes: dict[Mode, Palette]
    space_px: list[int]
    radius_px: dict[str, int]
    control_height_px: dict[str, int]
    type_px: dict[str, dict[str, int]]
    weight: dict[str, int]
    motion_ms: dict[str, int]
    focus_ring_px: dict[str, int]


def read_tokens(source: Path) -> Tokens:
    """Read the source file.

    Raises:
        ValueError: when the modes do not define the same colours.
    """
    raw: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    palettes: dict[Mode, Palette] = {}
    for mode in MODES:
        missing = [name for name, by_mode in raw["color"].items() if mode not in by_mode]
        if missing:
            raise ValueError(f"{source.name}: give {', '.join(missing)} a {mode} value")
        palettes[mode] = Palette(
            colors={name: by_mode[mode] for name, by_mode in raw["color"].items()},
            presence=raw["presence"][mode],
            presence_label=raw["presence"]["label"][mode],
        )
    if len(palettes["light"].presence) != len(palettes["dark"].presence):
        raise ValueError(f"{source.name}: give both modes as many presence colours")
    measures = (
        "space_px",
        "radius_px",
        "control_height_px",
        "type_px",
        "weight",
        "motion_ms",
        "focus_ring_px",
    )
    return Tokens(palettes=palettes, **{name: raw[name] for name in measures})


def css(tokens: Tokens) -> str:
    """CSS variables: light by default, dark under `[data-theme="dark"]`."""

    def palette_lines(mode: Mode) -> list[str]:
        palette = tokens.palettes[mode]
        return [
            f"color-scheme: {mode};",
            *(f"--color-{name}: {value.lower()};" for name, value in palette.colors.items()),
            *(f"--presence-{i}: {value.lower()};" for i, value in enumerate(palette.presence)),
            f"--presence-label: {palette.presence_label.lower()};",
        ]

    measures = [
        *(f"--space-{i}: {value}px;" for i, value in enumerate(tokens.space_px, start=1)),
        *(f"--radius-{name}: {value}px;" for name, value in tokens.radius_px.items()),
        *(f"--control-height-{name}: {v}px;" for name, v in tokens.control_height_px.items()),
    ]
    for name, scale in tokens.type_px.items():
        measures.append(f"--type-{name}-size: {_rem(scale['size'])};")
        measures.append(f"--type-{name}-line: {_rem(scale['line'])};")
    measures += [
        *(f"--weight-{name}: {value};" for name, value in tokens.weight.items()),
        *(f"--motion-{name}: {value}ms;" for name, value in tokens.motion_ms.items()),
        *(f"--focus-ring-{name}: {value}px;" for name, value in tokens.focus_ring_px.items()),
    ]
    still = [f"--motion-{name}: 0ms;" for name in tokens.motion_ms]
    blocks = [
        _css_rule(":root", palette_lines("light") + measures),
        _css_rule('[data-theme="dark"]', palette_lines("dark")),
        "@media (prefers-reduced-motion: reduce) {\n" + _css_rule("  :root", still, "  ") + "}\n",
    ]
    return f"/* {NOTICE} */\n\n" + "\n".join(blocks)


def _css_rule(selector: str, lines: list[str], indent: str = "") -> str:
    body = "".join(f"{indent}  {line}\n" for line in lines)
    return f"{selector} {{\n{body}{indent}}}\n"


def _rem(size_px: int) -> str:
    """Type grows with the reader's font size, which browsers call 16 px by default."""
    return f"{size_px / 16:g}rem"


def typescript(tokens: Tokens) -> str:
    """Typed constants for code that cannot read CSS variables, such as the editor's themes."""
    names = list(tokens.palettes["light"].colors)
    fields = "".join(f"  readonly {_camel(name)}: string;\n" for name in names)
    themes = []
    for mode in MODES:
        palette = tokens.palettes[mode]
        colors = "".join(f'    {_camel(n)}: "{v.lower()}",\n' for n, v in palette.colors.items())
        presence = "".join(f'    "{value.lower()}",\n' for value in palette.presence)
        themes.append(
            f"export const {mode}: Theme = {{\n"
            f'  mode: "{mode}",\n'
            f"  colors: {{\n{colors}  }},\n"
            f"  presence: [\n{presence}  ],\n"
            f'  presenceLabel: "{palette.presence_label.lower()}",\n'
            "};\n"
        )
    type_px = "".join(
        f"  {_camel(name)}: {{ size: {scale['size']}, line: {scale['line']} }},\n"
        for name, scale in tokens.type_px.items()
    )
    constants = [
        f"export const spacePx = [{', '.join(map(str, tokens.space_px))}] as const;\n",
        _ts_object("radiusPx", tokens.radius_px),
        _ts_object("controlHeightPx", tokens.control_height_px),
        f"export const typePx = {{\n{type_px}}} as const;\n",
        _ts_object("weight", tokens.weight),
        _ts_object("motionMs", tokens.motion_ms),
        _ts_object("focusRingPx", tokens.focus_ring_px),
    ]
    return "\n".join(
        [
            f"// {NOTICE}\n",
            f"export interface Colors {{\n{fields}}}\n",
            "export interface Theme {\n"
            '  readonly mode: "light" | "dark";\n'
            "  readonly colors: Colors;\n"
            "  /** Participants' colours, addressed by the index that travels on the wire. */\n"
            "  readonly presence: readonly string[];\n"
            "  readonly presenceLabel: string;\n"
            "}\n",
            *themes,
            "export const themes = { light, dark } as const;\n",
            *constants,
        ]
    )


def _ts_object(name: str, values: dict[str, int]) -> str:
    body = ", ".join(f"{_camel(key)}: {value}" for key, value in values.items())
    return f"export const {name} = {{ {body} }} as const;\n"


def _camel(name: str) -> str:
    head, *rest = name.split("-")
    return head + "".join(word.capitalize() for word in rest)


def python(tokens: Tokens) -> str:
    """Frozen values from which the desktop builds its palette and style sheet."""
    names = list(tokens.palettes["light"].colors)
    fields = "".join(f"    {_snake(name)}: str\n" for name in names)
    themes = []
    for mode in MODES:
        palette = tokens.palettes[mode]
        colors = "".join(f'        {_snake(n)}="{v}",\n' for n, v in palette.colors.items())
        presence = "".join(f'        "{value}",\n' for value in palette.presence)
        themes.append(
            f"{mode.upper()} = Theme(\n"
            f'    mode="{mode}",\n'
            f"    colors=Colors(\n{colors}    ),\n"
            f"    presence=(\n{presence}    ),\n"
            f'    presence_label="{palette.presence_label}",\n'
            ")\n"
        )
    constants = [
        f"SPACE_PX = ({', '.join(map(str, tokens.space_px))})\n",
        *_py_constants("RADIUS", tokens.radius_px, "_PX"),
        "\n",
        *_py_constants("CONTROL_HEIGHT", tokens.control_height_px, "_PX"),
        "\n",
        *(
            f"TYPE_{_snake(name).upper()} = "
            f"TypeSize(size_px={scale['size']}, line_px={scale['line']})\n"
            for name, scale in tokens.type_px.items()
        ),
        "\n",
        *_py_constants("WEIGHT", tokens.weight, ""),
        "\n",
        *_py_constants("MOTION", tokens.motion_ms, "_MS"),
        "\n",
        *_py_constants("FOCUS_RING", tokens.focus_ring_px, "_PX"),
    ]
    return (
        f"# {NOTICE}\n"
        '"""The design tokens: colours of both modes, measures, type and motion."""\n\n'
        "from dataclasses import dataclass\n"
        "from typing import Literal\n\n\n"
        "@dataclass(frozen=True, slots=True)\n"
        "class Colors:\n"
        '    """The named colours of one mode, as `#RRGGBB`."""\n\n'
        f"{fields}\n\n"
        "@dataclass(frozen=True, slots=True)\n"
        "class TypeSize:\n"
        '    """A step of the type scale, in device-independent pixels."""\n\n'
        "    size_px: int\n"
        "    line_px: int\n\n\n"
        "@dataclass(frozen=True, slots=True)\n"
        "class Theme:\n"
        '    """One mode\'s colours; a participant\'s colour is an index into `presence`."""\n\n'
        '    mode: Literal["light", "dark"]\n'
        "    colors: Colors\n"
        "    presence: tuple[str, ...]\n"
        "    presence_label: str\n\n\n" + "\n".join(themes) + "\n" + "".join(constants)
    )


def _py_constants(prefix: str, values: dict[str, int], unit: str) -> list[str]:
    return [f"{prefix}_{_snake(name).upper()}{unit} = {value}\n" for name, value in values.items()]


def _snake(name: str) -> str:
    return name.replace("-", "_")


def write(output_root: Path) -> list[Path]:
    """Write the three files beneath `output_root`; return their paths relative to it."""
    tokens = read_tokens(SOURCE)
    outputs = {
        Path("web/src/theme/tokens.css"): css(tokens),
        Path("web/src/theme/tokens.ts"): typescript(tokens),
        Path("desktop/codeinterview_desktop/theme/tokens.py"): python(tokens),
    }
    for relative, text in outputs.items():
        path = output_root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return list(outputs)


if __name__ == "__main__":
    write(ROOT)
