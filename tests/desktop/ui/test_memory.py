"""What the windows remember, and what they make of a file that somebody changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codeinterview_desktop.ui.memory import Memory, Remembered

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_kept_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "window.json"
    memory = Memory(path)
    assert memory.current == Remembered()
    memory.keep(language="html", panel_open=False, zoom=1.25)
    assert Memory(path).current == Remembered("html", False, 1.25)
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "nonsense",
        '{"language": "cobol", "panel_open": "yes", "zoom": 99.0}',
        '{"language": 5, "panel_open": 1, "zoom": "big"}',
    ],
)
def test_a_broken_file_is_like_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "window.json"
    path.write_text(text)
    assert Memory(path).current == Remembered()


def test_a_file_that_cannot_be_written_matters_to_nobody(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("in the way")
    memory = Memory(tmp_path / "folder" / "window.json")
    memory.keep(zoom=2.0)
    assert memory.current.zoom == 2.0
