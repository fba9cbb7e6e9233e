"""The whole server in this loop, on a real socket and a real database, and people who use it."""

from __future__ import annotations

import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from tests.server.served import client, served
from tests.support.room_client import Room

from codeinterview_server.app import create_app
from codeinterview_server.config import Settings
from codeinterview_server.db.host_keys import HostKeyStore
from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.host_keys import HostKey
from codeinterview_server.domain.ids import new_key_id
from codeinterview_server.domain.roles import Role
from codeinterview_server.domain.secrets import hash_token, new_token

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from codeinterview_server.db.engine import Database
    from codeinterview_server.domain.limits import Limits


@dataclass(frozen=True)
class Person:
    """Somebody in a session."""

    session_id: str
    id: str
    token: str


@dataclass(frozen=True)
class Interview:
    """A session as its creation answered it."""

    id: str
    creator: Person
    invites: dict[str, str]
    data: dict[str, Any]
    room: Room
    """The way to its sockets."""


@dataclass
class Stage:
    """A running server and a client that speaks to it."""

    origin: str
    http: httpx.AsyncClient
    host_key: str
    run_key: str
    keys: HostKeyStore
    names: int = field(default=0)

    async def call(
        self, method: str, path: str, token: str | None = None, **options: Any
    ) -> httpx.Response:
        """Ask the API under `/api/v1`, without a credential unless one is given."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        headers |= options.pop("headers", {})
        return await self.http.request(method, f"/api/v1{path}", headers=headers, **options)

    async def ask(self, method: str, path: str, token: str | None = None, **options: Any) -> Any:
        """Like `call`, and the answer must be a success."""
        answer = await self.call(method, path, token, **options)
        assert answer.is_success, (answer.status_code, answer.text)
        return answer.json() if answer.content else None

    async def add_key(self, name: str) -> tuple[HostKey, str]:
        """Give somebody a key of their own; return what is kept of it, and the key."""
        key, text = HostKey(new_key_id(), name, now_ms()), new_token()
        await self.keys.add(key, hash_token(text))
        return key, text

    async def create(self, *, host_key: str | None = None, **body: Any) -> Interview:
        """Create a session as the host, by default the administrator."""
        host_key = host_key or self.host_key
        body = {"creator": {"id": "ines", "name": "Ines", "color": "0"}, **body}
        answer = await self.ask("POST", "/sessions", host_key, json=body)
        data = answer["data"]
        creator = Person(data["id"], answer["participant"]["id"], answer["token"])
        room = Room(self.origin, host_key, data["id"], answer["token"], answer["invites"])
        return Interview(data["id"], creator, answer["invites"], data, room)

    async def join(self, interview: Interview, role: Role | None = Role.CANDIDATE) -> Person:
        """Join with the role's invite, or knock without any."""
        self.names += 1
        user = {"id": f"u{self.names}", "name": f"Person {self.names}", "color": ""}
        invite = None if role is None else interview.invites[role.value]
        body = {"user": user, "invite": invite}
        answer = await self.ask("POST", f"/sessions/{interview.id}/join", json=body)
        return Person(interview.id, answer["participant"]["id"], answer["token"])


def error(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal, which must look like one."""
    body = answer.json()
    assert list(body) == ["detail"]
    detail = body["detail"]
    assert detail["success"] is False
    assert isinstance(detail["error"], str)
    assert detail["error"].endswith("."), detail["error"]
    assert set(detail) <= {"success", "error", "code", "fields"}
    return answer.status_code, detail["code"]


@asynccontextmanager
async def staged(
    database: Database,
    data_dir: Path,
    *,
    limits: Limits | None = None,
    web_dist: Path | None = None,
    **settings: Any,
) -> AsyncIterator[Stage]:
    """Start the server on a started database; stop it at the end."""
    host_key, run_key = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    options = {"joins_per_minute": 10_000, "previews_per_minute": 10_000, **settings}
    app = create_app(
        Settings(data_dir=data_dir, run_key=run_key, **options),
        database,
        host_key,
        limits=limits,
        web_dist=web_dist or data_dir / "no web client",
    )
    async with served(app) as origin, client(origin) as http:
        yield Stage(origin, http, host_key, run_key, HostKeyStore(database))
