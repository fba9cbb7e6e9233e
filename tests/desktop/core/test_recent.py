"""Recent sessions: the file of joined ones, and the search while the server is away."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest

from codeinterview_desktop.core.recent import Recent, RecentFile
from codeinterview_desktop.core.supervisor import ServerAwayError

if TYPE_CHECKING:
    from pathlib import Path

    from codeinterview_desktop.core.api import ServerApi

HERE = "http://192.168.1.20:8765/i/"


async def away(timeout_s: float) -> ServerApi:
    raise ServerAwayError("The server is stopped.")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "recent.json"


async def test_joined_sessions_are_kept_and_found_while_the_server_is_away(path: Path) -> None:
    recent = Recent(RecentFile(path), away)
    heard: list[bool] = []
    recent.changed.connect(lambda: heard.append(True))
    recent.remember(f"{HERE}1a2b3c4d", "1a2b3c4d", "Backend interview", "python")
    recent.remember(f"{HERE}deadbeef", "deadbeef", "Frontend", None)
    again = Recent(RecentFile(path), away)
    assert {each.title for each in await again.search()} == {"Backend interview", "Frontend"}
    for query, title in (
        ("BACK", "Backend interview"),
        (" 1A2B-3c ", "Backend interview"),
        ("dead", "Frontend"),
    ):
        assert [each.title for each in await again.search(query)] == [title]
    assert await again.search("nothing") == ()
    again.forget(f"{HERE}deadbeef")
    assert [each.session_id for each in await Recent(RecentFile(path), away).search()] == [
        "1a2b3c4d"
    ]
    assert len(heard) == 2


async def test_joining_again_moves_a_session_to_the_front(path: Path) -> None:
    file = RecentFile(path)
    recent = Recent(file, away)
    recent.remember(f"{HERE}1a2b3c4d", "1a2b3c4d", "Old title", None)
    recent.remember(f"{HERE}1a2b3c4d", "1a2b3c4d", "New title", None)
    assert [each.title for each in await recent.search()] == ["New title"]


def test_seats_are_private_and_survive(path: Path) -> None:
    file = RecentFile(path)
    assert file.seat("1a2b3c4d") is None
    file.remember_seat("1a2b3c4d", "token")
    assert RecentFile(path).seat("1a2b3c4d") == "token"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b'{"joined": 5, "seats": []}',
        b'{"joined": [null, 1, {}, {"session_id": "../..", "title": "x", "at_ms": 1, "url": "x"}]}',
        b'{"seats": {"1a2b3c4d": 5, "nonsense": "token"}}',
    ],
)
def test_a_broken_file_is_an_empty_list(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    file = RecentFile(path)
    assert file.joined == ()
    assert file.seat("1a2b3c4d") is None
    file.remember_seat("deadbeef", "token")
    assert RecentFile(path).seat("deadbeef") == "token"


def test_pages_of_foreign_kinds_are_not_opened(path: Path) -> None:
    entry = {"session_id": "1a2b3c4d", "title": "x", "at_ms": 1, "url": "file:///etc/passwd"}
    path.write_text(json.dumps({"joined": [entry]}))
    assert RecentFile(path).joined == ()


def test_the_lists_are_bounded(path: Path) -> None:
    file = RecentFile(path)
    for number in range(510):
        file.remember_seat(f"{number:08x}", f"token {number}")
    assert file.seat(f"{0:08x}") is None
    assert RecentFile(path).seat(f"{509:08x}") == "token 509"


def test_a_list_that_cannot_be_written_is_still_a_list(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    file = RecentFile(tmp_path / "file" / "recent.json")
    Recent(file, away).remember(f"{HERE}1a2b3c4d", "1a2b3c4d", "Title", None)
    assert len(file.joined) == 1
