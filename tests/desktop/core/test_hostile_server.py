"""A server that answers anything but the protocol: every answer becomes a sentence."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from io import BytesIO
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

import pytest
from tests.desktop.core.test_recent import away

from codeinterview_desktop.core.api import UNEXPECTED_ANSWER, UNREACHABLE, ApiError, ServerApi
from codeinterview_desktop.core.discovery import Discovery
from codeinterview_desktop.core.joining import Joining
from codeinterview_desktop.core.recent import Recent, RecentFile

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path


@asynccontextmanager
async def answering(body: bytes, status: str = "200 OK") -> AsyncIterator[str]:
    """A server on loopback that gives one answer to everything."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {status}\r\nConnection: close\r\n\r\n".encode() + body)
        with suppress(ConnectionError):
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


ASKED: list[Callable[[ServerApi], Awaitable[object]]] = [
    lambda api: api.me(),
    lambda api: api.sessions(),
    lambda api: api.session("1a2b3c4d"),
    lambda api: api.preview("1a2b3c4d"),
    lambda api: api.invites("1a2b3c4d"),
    lambda api: api.participants("1a2b3c4d"),
    lambda api: api.account(),
    lambda api: api.add_archive(BytesIO(b"archive"), 7, print),
]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>a router</html>",
        b"null",
        b"[]",
        b'{"data": null}',
        b'{"data": {"id": "../../x", "title": 5}}',
        b'{"data": {"id": "1a2b3c4d", "title": "t", "phase": "?"}}',
        b'{"data": [{}], "total": "1", "host": 1, "participants": {}, "invites": []}',
        b"[" * 200_000,
        b"\xff\xfe",
    ],
)
async def test_answers_of_other_shapes(body: bytes) -> None:
    for ask in ASKED:
        async with answering(body) as origin, ServerApi(origin, "key") as api:
            with pytest.raises(ApiError) as caught:
                await ask(api)
        assert caught.value.code == UNEXPECTED_ANSWER
        assert str(caught.value).endswith(".")


@pytest.mark.parametrize("body", [b"", b"oops", b'{"detail": "text"}', b'{"detail": {"code": 1}}'])
async def test_refusals_of_other_shapes(body: bytes) -> None:
    async with answering(body, "500 Broken") as origin, ServerApi(origin, None) as api:
        with pytest.raises(ApiError) as caught:
            await api.health()
    assert (caught.value.code, caught.value.status) == (UNEXPECTED_ANSWER, 500)


async def test_an_endless_answer_is_cut_off() -> None:
    async with answering(b"x" * 20_000_000) as origin, ServerApi(origin, None) as api:
        with pytest.raises(ApiError) as caught:
            await api.health()
    assert caught.value.code == UNEXPECTED_ANSWER


async def test_an_endless_archive_is_cut_off() -> None:
    taken: list[int] = []
    body = b"x" * 80_000_000
    with TemporaryFile() as target:
        async with answering(body) as origin, ServerApi(origin, None) as api:
            with pytest.raises(ApiError) as caught:
                await api.read_archive("1a2b3c4d", target, lambda done, _of: taken.append(done))
    assert caught.value.code == UNEXPECTED_ANSWER
    assert max(taken) <= 64 * 1024 * 1024


async def test_an_accounts_name_stands_on_one_short_line() -> None:
    name = "ada\\n\\u202e" + "a" * 5000
    body = f'{{"name": "{name}", "administrator": false, "version": "9.9\\u0007"}}'.encode()
    async with answering(body) as origin, ServerApi(origin, "key") as api:
        account = await api.account()
    assert account.name is not None
    assert account.name.startswith("ada a")
    assert (len(account.name), account.name.isprintable()) == (64, True)
    assert account.version == "9.9"


def account_at(public_url: bytes) -> bytes:
    """An account's answer, with what it says of the public URL."""
    return b'{"name": null, "administrator": true, "version": "1", "public_url": %b}' % public_url


@pytest.mark.parametrize(
    ("told", "url"),
    [(b"null", None), (b'"HTTPS://Team.example:443/in/"', "https://team.example/in")],
)
async def test_where_others_reach_a_server(told: bytes, url: str | None) -> None:
    async with answering(account_at(told)) as origin, ServerApi(origin, "key") as api:
        assert (await api.account()).public_url == url


@pytest.mark.parametrize("told", [b'"javascript:alert(1)"', b'"https://me@team.example"', b"7"])
async def test_what_is_no_address_is_no_answer(told: bytes) -> None:
    async with answering(account_at(told)) as origin, ServerApi(origin, "key") as api:
        with pytest.raises(ApiError) as caught:
            await api.account()
    assert caught.value.code == UNEXPECTED_ANSWER


async def test_redirects_are_not_followed_with_a_credential() -> None:
    status = "302 Found\r\nLocation: http://127.0.0.1:9/"
    async with answering(b"", status) as origin, ServerApi(origin, "key") as api:
        with pytest.raises(ApiError) as caught:
            await api.me()
    assert caught.value.code == UNEXPECTED_ANSWER


async def test_the_servers_own_sentence_is_passed_on() -> None:
    body = b'{"detail": {"success": false, "code": "SESSION_ENDED", "error": "It is over."}}'
    async with answering(body, "409 Conflict") as origin, ServerApi(origin, None) as api:
        with pytest.raises(ApiError, match="It is over") as caught:
            await api.preview("1a2b3c4d")
    assert (caught.value.code, caught.value.status) == ("SESSION_ENDED", 409)


async def test_nobody_answers(unused_tcp_port: int) -> None:
    async with ServerApi(f"http://127.0.0.1:{unused_tcp_port}", None) as api:
        with pytest.raises(ApiError, match="does not answer") as caught:
            await api.health()
    assert (caught.value.code, caught.value.status) == (UNREACHABLE, None)


async def test_joining_by_code_says_when_no_session_has_it(tmp_path: Path) -> None:
    joining = _joining(tmp_path)
    with pytest.raises(ValueError, match="No session nearby"):
        await joining.resolve("1a2b-3c4d")


async def test_joining_an_entry_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not there any more"):
        await _joining(tmp_path).nearby("gone")


async def test_joining_what_is_no_codeinterview(tmp_path: Path) -> None:
    async with answering(b"<html>a printer</html>") as origin:
        for text in (f"{origin}/i/1a2b3c4d", origin):
            with pytest.raises(ApiError, match="does not answer like"):
                await _joining(tmp_path).resolve(text)


def _joining(folder: Path) -> Joining:
    recent = Recent(RecentFile(folder / "recent.json"), away)
    return Joining(Discovery(["127.0.0.1"]), recent, away)
