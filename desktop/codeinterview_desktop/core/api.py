"""A typed client of the server's REST interface."""

from __future__ import annotations

import ipaddress
import json
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import httpx

from . import wire
from .certificates import certificate_problem, client_context

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from typing import IO

    from .values import (
        Account,
        ConnectionInfo,
        CreatedSession,
        Identity,
        Invites,
        JoinPolicy,
        ParticipantInfo,
        Person,
        Preview,
        Role,
        Seat,
        SessionInfo,
        SessionPage,
    )

T = TypeVar("T")

UNREACHABLE = "UNREACHABLE"
UNEXPECTED_ANSWER = "UNEXPECTED_ANSWER"
CERTIFICATE = "CERTIFICATE"

_ANSWER_LIMIT_BYTES = 16 * 1024 * 1024
_ARCHIVE_LIMIT_BYTES = 64 * 1024 * 1024
_CHUNK_BYTES = 256 * 1024
_TIMEOUT = httpx.Timeout(15.0, connect=5.0)
# A server writes everything down first, and reads a copy through before it answers.
_ARCHIVE_TIMEOUT = httpx.Timeout(180.0, connect=5.0, write=30.0)


class ApiError(Exception):
    """The server refused, or cannot be reached; `str()` is a sentence for the user.

    Attributes:
        code: a code of the protocol, `UNREACHABLE`, `CERTIFICATE` or `UNEXPECTED_ANSWER`.
        status: the HTTP status, or None without an answer.
    """

    def __init__(self, code: str, sentence: str, status: int | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class ServerLink:
    """A way in that the server must know of, to answer there.

    Attributes:
        url: its origin.
        kind: what it is, such as `tunnel`.
        forwarded: whether the X-Forwarded-* headers that come along are to be believed.
    """

    url: str
    kind: str
    forwarded: bool


class ServerApi:
    """Talks to one server with one credential; `aclose()` ends its connections.

    Every method raises `ApiError` and is safe to cancel. `async with` closes it.

    Args:
        origin: `http(s)://host[:port]`, and the path that the server is below.
        credential: the run key, a host key, a participant token, or None for nobody.
        heard: told the status of every answer, and None when there was none.
    """

    def __init__(
        self,
        origin: str,
        credential: str | None,
        heard: Callable[[int | None], None] | None = None,
    ) -> None:
        self.origin = origin
        self._heard = heard or (lambda _status: None)
        headers = {"Authorization": f"Bearer {credential}"} if credential else {}
        self._client = httpx.AsyncClient(
            base_url=f"{origin}/api/v1",
            headers=headers,
            timeout=_TIMEOUT,
            verify=client_context(),
            # A proxy that the environment names does not know the machines of this network.
            trust_env=not _is_nearby(origin),
        )

    async def __aenter__(self) -> ServerApi:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections; what is being asked may still get its answer, or fails."""
        await self._client.aclose()

    async def health(self) -> None:
        """Return when the server and its database answer."""
        await self._ask("GET", "/health", wire.as_object)

    async def me(self) -> Identity:
        """What this credential is good for."""
        return await self._ask("GET", "/me", wire.identity)

    async def account(self) -> Account:
        """Whose host key this credential is."""
        return await self._ask("GET", "/account", wire.account)

    async def create_session(
        self, creator: Person, *, title: str, language: str, policy: JoinPolicy
    ) -> CreatedSession:
        """Create a session; its creator is an interviewer."""
        body = {
            "creator": _person(creator),
            "title": title,
            "language": language,
            "join_policy": policy.value,
        }
        return await self._ask("POST", "/sessions", wire.created, body=body)

    async def sessions(self, query: str = "", limit: int = 50, offset: int = 0) -> SessionPage:
        """The host's sessions, newest first."""
        params = {"query": query, "limit": str(limit), "offset": str(offset)}
        return await self._ask("GET", "/sessions", wire.session_page, params=params)

    async def session(self, session_id: str) -> SessionInfo:
        """One session."""
        return await self._ask("GET", f"/sessions/{session_id}", _in("data", wire.session))

    async def rename_session(self, session_id: str, title: str) -> SessionInfo:
        """Give a session another title."""
        return await self._change(session_id, {"title": title})

    async def end_session(self, session_id: str) -> SessionInfo:
        """End a session: candidates are thanked and cut off, the text stays."""
        return await self._change(session_id, {"phase": "ended"})

    async def set_policy(self, session_id: str, policy: JoinPolicy) -> SessionInfo:
        """Say what leads into a session from now on."""
        return await self._change(session_id, {"join_policy": policy.value})

    async def list_observers(self, session_id: str, *, listed: bool) -> SessionInfo:
        """Say whether candidates are told of observers."""
        return await self._change(session_id, {"observers_listed": listed})

    async def share_session(self, session_id: str, *, shared: bool) -> SessionInfo:
        """Say whether every named key of the server may act as host on a session."""
        return await self._change(session_id, {"shared": shared})

    async def delete_session(self, session_id: str) -> None:
        """Delete a session and everything said in it."""
        await self._ask("DELETE", f"/sessions/{session_id}", _nothing)

    async def join(self, session_id: str, person: Person, *, seat_token: str | None) -> Seat:
        """Sit down in one's own session as interviewer, on the same seat again when possible.

        Args:
            session_id: the session.
            person: who sits down.
            seat_token: the participant token of an earlier time, or None.
        """
        headers = {"Authorization": f"Bearer {seat_token}"} if seat_token else None
        return await self._ask(
            "POST",
            f"/sessions/{session_id}/join",
            wire.seat,
            body={"user": _person(person)},
            headers=headers,
        )

    async def participants(self, session_id: str) -> tuple[ParticipantInfo, ...]:
        """Who is in a session, or waits for it."""
        return await self._ask(
            "GET", f"/sessions/{session_id}/participants", _in("participants", wire.participants)
        )

    async def admit(self, session_id: str, participant_id: str) -> None:
        """Let somebody in who waits."""
        await self._change_person(session_id, participant_id, {"status": "admitted"})

    async def decline(self, session_id: str, participant_id: str) -> None:
        """Turn somebody away who waits."""
        await self._change_person(session_id, participant_id, {"status": "declined"})

    async def set_role(self, session_id: str, participant_id: str, role: Role) -> None:
        """Give somebody another role."""
        await self._change_person(session_id, participant_id, {"role": role.value})

    async def remove(self, session_id: str, participant_id: str) -> None:
        """Remove somebody; their token ends."""
        path = f"/sessions/{session_id}/participants/{participant_id}"
        await self._ask("DELETE", path, _nothing)

    async def invites(self, session_id: str) -> Invites:
        """The session's invites."""
        return await self._ask(
            "GET", f"/sessions/{session_id}/invites", _in("invites", wire.invites)
        )

    async def renew_invite(self, session_id: str, role: Role) -> Invites:
        """Make a role's links invalid and get new ones."""
        return await self._ask(
            "POST",
            f"/sessions/{session_id}/invites",
            _in("invites", wire.invites),
            body={"role": role.value},
        )

    async def revoke_invite(self, session_id: str, role: Role) -> Invites:
        """Make a role's links invalid without new ones, until they are renewed."""
        return await self._ask(
            "DELETE",
            f"/sessions/{session_id}/invites/{role.value}",
            _in("invites", wire.invites),
        )

    async def preview(self, session_id: str, invite: str | None = None) -> Preview:
        """What anybody may know of a session; an invite is answered also while others guess."""
        headers = {} if invite is None else {"CodeInterview-Invite": invite}
        return await self._ask(
            "GET", f"/sessions/{session_id}/preview", _in("data", wire.preview), headers=headers
        )

    async def read_archive(
        self, session_id: str, target: IO[bytes], progress: Callable[[int, int | None], None]
    ) -> None:
        """Write a session, as a file that another server takes, to `target`.

        Args:
            session_id: the session.
            target: where to.
            progress: told how many bytes came, and of how many if that is known.
        """
        request = self._client.build_request(
            "GET", f"/sessions/{session_id}/archive", timeout=_ARCHIVE_TIMEOUT
        )
        async with self._answer(request) as response:
            if not response.is_success:
                raise _refusal(response.status_code, await _bounded(response))
            said = response.headers.get("Content-Length", "")
            total_bytes = int(said) if said.isascii() and said.isdigit() else None
            done_bytes = 0
            async for chunk in response.aiter_bytes(_CHUNK_BYTES):
                done_bytes += len(chunk)
                if done_bytes > _ARCHIVE_LIMIT_BYTES:
                    raise _unexpected(response.status_code)
                target.write(chunk)
                progress(done_bytes, total_bytes)

    async def add_archive(
        self, source: IO[bytes], size_bytes: int, progress: Callable[[int, int | None], None]
    ) -> SessionInfo:
        """Have the server take over a session from such a file.

        Args:
            source: the file, at its beginning.
            size_bytes: how long it is.
            progress: told how many bytes went, and of how many.
        """

        async def chunks() -> AsyncIterator[bytes]:
            done_bytes = 0
            while chunk := source.read(_CHUNK_BYTES):
                yield chunk
                done_bytes += len(chunk)
                progress(done_bytes, size_bytes)

        request = self._client.build_request(
            "POST",
            "/archives",
            content=chunks(),
            headers={
                "Content-Type": "application/octet-stream",
                "Content-Length": str(size_bytes),
            },
            timeout=_ARCHIVE_TIMEOUT,
        )
        return await self._send(request, _in("data", wire.session))

    async def connection(self) -> ConnectionInfo:
        """How this very request came to the server."""
        return await self._ask("GET", "/connection", wire.connection)

    async def put_links(self, links: Sequence[ServerLink]) -> None:
        """Say under which links this server is reached from outside, in place of those before."""
        body = {"links": [asdict(link) for link in links]}
        await self._ask("PUT", "/links", _nothing, body=body)

    async def _change(self, session_id: str, change: Mapping[str, object]) -> SessionInfo:
        return await self._ask(
            "PATCH", f"/sessions/{session_id}", _in("data", wire.session), body=change
        )

    async def put_listed(self, session_ids: Sequence[str]) -> None:
        """Say which sessions this server's front page shows, in place of those before."""
        await self._ask("PUT", "/listed", _nothing, body={"sessions": list(session_ids)})

    async def _change_person(
        self, session_id: str, participant_id: str, change: Mapping[str, object]
    ) -> None:
        path = f"/sessions/{session_id}/participants/{participant_id}"
        await self._ask("PATCH", path, _nothing, body=change)

    async def _ask(
        self,
        method: str,
        path: str,
        parse: Callable[[object], T],
        *,
        body: Mapping[str, object] | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        request = self._client.build_request(
            method, path, json=body, params=params, headers=headers
        )
        return await self._send(request, parse)

    async def _send(self, request: httpx.Request, parse: Callable[[object], T]) -> T:
        async with self._answer(request) as response:
            content = await _bounded(response)
        if not response.is_success:
            raise _refusal(response.status_code, content)
        try:
            return parse(json.loads(content) if content else None)
        except (ValueError, RecursionError) as error:
            raise _unexpected(response.status_code) from error

    @asynccontextmanager
    async def _answer(self, request: httpx.Request) -> AsyncIterator[httpx.Response]:
        self._refuse_when_closed()
        try:
            response = await self._client.send(request, stream=True)
            try:
                self._heard(response.status_code)
                yield response
            finally:
                await response.aclose()
                if self._client.is_closed:
                    # Closing the client passes over connections that are still being made.
                    await response.extensions["network_stream"].aclose()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self._heard(None)
            problem = certificate_problem(error, urlsplit(self.origin).netloc)
            if problem is not None:
                raise ApiError(CERTIFICATE, problem) from error
            raise self._unreachable() from error

    def _refuse_when_closed(self) -> None:
        if self._client.is_closed:
            raise self._unreachable()

    def _unreachable(self) -> ApiError:
        return ApiError(
            UNREACHABLE,
            f"{self.origin} does not answer. Check the address, and that this computer is"
            " on the same network as the host.",
        )


async def _bounded(response: httpx.Response) -> bytes:
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > _ANSWER_LIMIT_BYTES:
            raise _unexpected(response.status_code)
    return bytes(content)


def _refusal(status: int, content: bytes) -> ApiError:
    try:
        code, sentence = wire.error(json.loads(content))
    except (ValueError, RecursionError):
        return _unexpected(status)
    return ApiError(code, sentence, status)


def _unexpected(status: int) -> ApiError:
    return ApiError(
        UNEXPECTED_ANSWER,
        "That address does not answer like CodeInterview. Check that it is the one you were sent,"
        " and that both sides run the same version.",
        status,
    )


def _person(person: Person) -> dict[str, str]:
    return {"id": person.id, "name": person.name, "color": person.color}


def _in(key: str, parse: Callable[[object], T]) -> Callable[[object], T]:
    return lambda answer: parse(wire.as_object(answer).get(key))


def _nothing(_answer: object) -> None:
    return None


def _is_nearby(origin: str) -> bool:
    host = urlsplit(origin).hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".local") or "." not in host
    return address.is_private or address.is_loopback
