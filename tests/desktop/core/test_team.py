"""Signing in at servers that are none of a team's, or of another version."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from tests.desktop.core.test_hostile_server import answering

from codeinterview_desktop.core.api import ApiError
from codeinterview_desktop.core.key_store import KeyStore
from codeinterview_desktop.core.settings import SettingsStore
from codeinterview_desktop.core.tasks import BackgroundTasks
from codeinterview_desktop.core.team import TeamServer, TeamState, TeamStatus
from codeinterview_desktop.core.team_address import parse_team_address
from codeinterview_desktop.core.values import Account
from codeinterview_server.version import __version__

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.desktop.keyrings import MemoryKeyring

ACCOUNT = json.dumps(
    {"success": True, "name": None, "administrator": True, "version": "9.9.9"}
).encode()
RELEASE, _, PATCH = __version__.rpartition(".")


@asynccontextmanager
async def team_in(folder: Path) -> AsyncIterator[TeamServer]:
    tasks = BackgroundTasks()
    team = TeamServer(SettingsStore(folder / "settings.json"), KeyStore(), tasks)
    try:
        yield team
    finally:
        await team.stop()
        await tasks.stop()


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (
            "404 Not Found",
            b'{"detail": {"success": false, "code": "NOT_FOUND", "error": "No such page."}}',
            "too old to sign in",
        ),
        ("404 Not Found", b"<html>no such page</html>", "does not answer like CodeInterview"),
        ("401 Unauthorized", b"<html>log in</html>", "does not answer like CodeInterview"),
        ("200 OK", b"<html>a router</html>", "does not answer like CodeInterview"),
        ("200 OK", b'{"name": "ada"}', "does not answer like CodeInterview"),
        ("302 Found\r\nLocation: http://127.0.0.1:9/", b"", "does not answer like CodeInterview"),
        (
            "503 Service Unavailable",
            b'{"detail": {"success": false, "code": "DATABASE_AWAY", "error": "Wait a little."}}',
            "Wait a little",
        ),
    ],
)
async def test_nothing_is_kept_for_what_is_no_teams_server(
    status: str, body: bytes, sentence: str, tmp_path: Path, keyring: MemoryKeyring
) -> None:
    async with answering(body, status) as origin, team_in(tmp_path) as team:
        with pytest.raises(ApiError, match=sentence):
            await team.sign_in(parse_team_address(origin), "key", keep=True)
        assert team.status == TeamStatus()
        assert team.url is None
    assert keyring.kept == {}
    assert SettingsStore(tmp_path / "settings.json").current.team_address is None


def state_of(team: TeamServer) -> TeamState:
    return team.status.state


async def test_a_login_page_on_the_way_does_not_cost_the_key(
    tmp_path: Path, keyring: MemoryKeyring
) -> None:
    async with changing(ACCOUNT) as (origin, answer), team_in(tmp_path) as team:
        await team.sign_in(parse_team_address(origin), "key", keep=True)
        answer[:] = [b"<html>log in to this network</html>", "401 Unauthorized"]
        await team.check()
        assert state_of(team) is TeamState.UNREACHABLE
        assert list(keyring.kept.values()) == ["key"]
        answer[:] = [ACCOUNT, "200 OK"]
        await team.check()
        assert state_of(team) is TeamState.READY
        refusal = {"detail": {"success": False, "code": "INVALID_TOKEN", "error": "No."}}
        answer[:] = [json.dumps(refusal).encode(), "401 Unauthorized"]
        await team.check()
        assert state_of(team) is TeamState.REFUSED
        assert keyring.kept == {}


@asynccontextmanager
async def changing(body: bytes) -> AsyncIterator[tuple[str, list[Any]]]:
    """A server whose answer, a body and a status, the test changes."""
    answer: list[Any] = [body, "200 OK"]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        said, status = answer
        writer.write(f"HTTP/1.1 {status}\r\nConnection: close\r\n\r\n".encode() + said)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", answer
    finally:
        server.close()


async def test_an_answer_like_a_teams_server_is_enough(
    tmp_path: Path, keyring: MemoryKeyring
) -> None:
    async with answering(ACCOUNT) as origin, team_in(tmp_path) as team:
        await team.sign_in(parse_team_address(origin), "key", keep=True)
        assert team.status.state is TeamState.READY
        assert "9.9.9" in team.status.version_note
        assert SettingsStore(tmp_path / "settings.json").current.team_address == origin


@pytest.mark.parametrize(
    ("theirs", "is_noted"),
    [
        (__version__, False),
        (f"{RELEASE}.{int(PATCH) + 1}", False),
        ("99.0.0", True),
        (f"{RELEASE}9.0", True),
        ("", True),
        ("a word", True),
    ],
)
def test_another_release_is_noted(theirs: str, is_noted: bool) -> None:
    status = TeamStatus(TeamState.READY, "https://team.example", Account("ada", False, theirs))
    assert bool(status.version_note) is is_noted
    assert status.version_note == "" or theirs in status.version_note
