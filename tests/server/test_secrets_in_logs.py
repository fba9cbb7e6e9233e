"""A whole conversation, failures included, leaves no secret in the log, an answer or a close."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import httpx
import psycopg
import pytest
from psycopg import sql
from tests.server.conftest import at_database
from tests.support.eventually import eventually
from tests.support.room_client import Room
from tests.support.server import ServerProcess

from codeinterview_server.domain.secrets import hash_token

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

CODE = "print('nobody else shall read this line')\n"
NAME = "Nobody's Name"
TITLE = "Nobody's Title"
# Those that refuse every row for a while.
TABLES = ("participants", "updates", "events")


class Talk:
    """Asks the server, and keeps every secret that was said and everything that was answered."""

    def __init__(self, server: ServerProcess, database_url: str) -> None:
        self.server = server
        self.secrets = [server.host_key, database_url.split("@")[0].rsplit(":", 1)[-1]]
        self.answers: list[str] = []
        self.statuses: set[int] = set()

    async def ask(
        self, method: str, path: str, token: str | None = None, **options: Any
    ) -> dict[str, Any]:
        """Ask; whatever the answer, it is a full one."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
            answer = await http.request(
                method, f"{self.server.origin}{path}", headers=headers, **options
            )
        self.statuses.add(answer.status_code)
        if answer.is_success:
            body: dict[str, Any] = answer.json() if answer.content else {}
            self.secrets += [body[name] for name in ("token",) if name in body]
            self.secrets += body.get("invites", {}).values()
            return body
        # Refusals say nothing; answers that were asked for hold the secrets they must.
        self.answers.append(f"{answer.text} {dict(answer.headers)}")
        return {}


@pytest.fixture
async def talk(data_dir: Path, tcp_postgres_url: str) -> AsyncIterator[Talk]:
    url = at_database(tcp_postgres_url, new_name(tcp_postgres_url))
    run_key = secrets.token_urlsafe(32)
    server = ServerProcess(
        data_dir,
        options=("--log-level=debug",),
        env={"CODEINTERVIEW_RUN_KEY": run_key, "CODEINTERVIEW_DATABASE_URL": url},
    ).start()
    talk = Talk(server, url)
    talk.secrets.append(run_key)
    yield talk
    server.stop()


def new_name(url: str) -> str:
    """The name of a database that was just made."""
    name = f"secrets_{secrets.token_hex(8)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return name


def user(name: str) -> dict[str, str]:
    return {"id": name, "name": name, "color": ""}


@pytest.mark.timeout(120)
async def test_no_secret_is_written_down_or_told(talk: Talk) -> None:
    server = talk.server
    host_key = server.host_key
    body = {"creator": user("ines"), "code": CODE, "language": "python"}
    created = await talk.ask("POST", "/api/v1/sessions", host_key, json=body)
    session_id, host_token = created["data"]["id"], created["token"]
    path = f"/api/v1/sessions/{session_id}"

    async def join(name: str, invite: str | None = None, token: str | None = None) -> str:
        body = {"user": user(name), "invite": invite}
        return str((await talk.ask("POST", f"{path}/join", token, json=body)).get("token", ""))

    invites = created["invites"]
    carl, olga = await join("carl", invites["candidate"]), await join("olga", invites["observer"])
    await join("carl", None, carl)
    declined, removed = await join("dora"), await join("rolf", invites["candidate"])
    await talk.ask("PATCH", f"{path}/participants/dora", host_token, json={"status": "declined"})
    await talk.ask("DELETE", f"{path}/participants/rolf", host_token)
    await talk.ask("POST", f"{path}/invites", host_token, json={"role": "candidate"})

    # Everything that is refused, with good credentials in every place.
    unknown = secrets.token_urlsafe(32)
    talk.secrets.append(unknown)
    for token in (unknown, declined, removed, carl, olga, invites["candidate"], host_key):
        await talk.ask("GET", path, token)
        await talk.ask("GET", f"{path}?token={token}&invite={token}", unknown)
        await talk.ask("GET", f"/api/v1/sessions/{token}", token)
        await talk.ask("GET", f"/nowhere/{token}?token={token}", token)
        await talk.ask("PATCH", path, token, json={"title": "", "locked": token})
        await talk.ask("PATCH", path, token, content=f'{{"title": "{token}"')
        await talk.ask("PUT", f"{path}/code", token, json={"code": token, "path": token})
        await talk.ask("POST", f"{path}/join", json={"user": {"id": token * 3}, "invite": token})
        await talk.ask("DELETE", f"{path}/participants/{token}", token, params={"t": token})
    await join("late", invites["candidate"])
    await talk.ask("POST", "/api/v1/sessions", carl, json={"creator": user(carl[:40])})
    await talk.ask("PUT", f"{path}/code", carl, json={"code": "x" * (2 * 1024 * 1024)})

    # Sockets: each way to be closed, and a word that is malformed.
    room = Room(server.origin, host_key, session_id, host_token, invites)
    closes = []
    for token in (unknown, declined, removed, host_key, invites["candidate"]):
        async with room.enter(token) as client:
            closes.append(await client.until_closed())
    async with room.enter() as host, room.enter(carl) as candidate:
        await host.sync()
        await candidate.sync()
        await candidate.insert(0, "# a line\n")
        await candidate.fence()
        await candidate.tell("run", run_id="r1", event="started", language="python", path="main.py")
        await candidate.tell("language", language=carl)
        closes.append(await candidate.until_closed())

    # A failure that nobody foresaw, and a database that throws everybody out.
    with psycopg.connect(server.env["CODEINTERVIEW_DATABASE_URL"], autocommit=True) as connection:
        connection.execute("ALTER TABLE participants RENAME COLUMN name TO heading")
        await join("ida", invites["observer"])
        body = {"creator": {**user("i"), "name": NAME}}
        await talk.ask("POST", "/api/v1/sessions", host_key, json=body)
        # A credential where none belongs: the failure's path is logged, and no more of it.
        await talk.ask("GET", f"/api/v1/sessions?query=x&token={carl}", host_key)
        connection.execute("ALTER TABLE participants RENAME COLUMN heading TO name")
        connection.execute("ALTER TABLE updates RENAME COLUMN participant_id TO heading")
        await talk.ask("PUT", f"{path}/code", host_token, json={"code": CODE * 2})
        connection.execute("ALTER TABLE updates RENAME COLUMN heading TO participant_id")
        # PostgreSQL quotes the rows that a constraint refuses.
        for table in TABLES:
            connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT none CHECK (false) NOT VALID")
        await talk.ask("PATCH", f"{path}/participants/carl", carl, json={"name": NAME})
        await talk.ask("PUT", f"{path}/code", host_token, json={"code": CODE * 4})
        await talk.ask("PATCH", path, host_token, json={"title": TITLE})

        async def refused() -> bool:
            log = server.log_text()
            return all(f'relation "{table}" violates check constraint' in log for table in TABLES)

        # The room answers before its edits and events are written.
        await eventually(refused, "the refused rows are logged")
        for table in TABLES:
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT none")
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await talk.ask("PUT", f"{path}/code", host_token, json={"code": CODE * 3})
    assert {400, 401, 403, 404, 413, 422, 500} <= talk.statuses
    assert {4400, 4401, 4403} <= {code for code, _ in closes}
    assert server.stop() == 0

    log = server.log_text()
    assert "Traceback" in log, "the failures were logged"
    said = log + "".join(talk.answers) + repr(closes)
    assert len(talk.secrets) > 12
    for secret in talk.secrets:
        assert len(secret) > 16
        assert secret not in said
        # PostgreSQL shortens what it quotes.
        assert hash_token(secret).hex()[:32] not in log
    for written in ("nobody else shall read", NAME, TITLE):
        assert written not in said
        assert written.encode().hex() not in log
