"""A PostgreSQL as somebody else would run one: on loopback, with a password, stopped at will."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import time
import uuid
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from codeinterview_server.db.cluster import Cluster
from codeinterview_server.db.embedded import EmbeddedPostgres
from codeinterview_server.db.postgres_programs import find_programs

if TYPE_CHECKING:
    from pathlib import Path

STOP_TIMEOUT_S = 20


class TcpPostgres:
    """One such PostgreSQL. `create` once, then `start` and `stop` as often as wanted.

    Args:
        data_dir: Where its files go; not there yet.
        parameters: Further settings, each as `name=value`.
    """

    def __init__(self, data_dir: Path, parameters: tuple[str, ...] = ()) -> None:
        self._data_dir = data_dir
        self._parameters = parameters
        self._process: subprocess.Popen[bytes] | None = None
        self._password = uuid.uuid4().hex
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    def url(self, port: int | None = None) -> str:
        """Where it is, or where a cable leads to it."""
        return f"postgresql://codeinterview:{self._password}@127.0.0.1:{port or self.port}/postgres"

    async def create(self) -> None:
        """Make its files."""
        self._data_dir.mkdir(mode=0o700)
        embedded = EmbeddedPostgres(self._data_dir)
        try:
            with psycopg.connect(await embedded.start(), autocommit=True) as connection:
                connection.execute(
                    sql.SQL("ALTER ROLE codeinterview PASSWORD {}").format(
                        sql.Literal(self._password)
                    )
                )
        finally:
            await embedded.stop()
        self._access = self._data_dir / "tcp_hba.conf"
        self._access.write_text("host all all 127.0.0.1/32 scram-sha-256\n")
        self._access.chmod(0o644)

    def start(self) -> None:
        """Return once it answers."""
        programs = find_programs(self._data_dir)
        command, _ = Cluster(self._data_dir, programs).configure()
        account = programs.account
        self._process = subprocess.Popen(
            [
                *command,
                *("-c", "listen_addresses=127.0.0.1", "-p", str(self.port)),
                *("-c", f"hba_file={self._access}"),
                *(word for parameter in self._parameters for word in ("-c", parameter)),
            ],
            stderr=subprocess.DEVNULL,
            user=None if account is None else account.uid,
            group=None if account is None else account.gid,
        )
        wait_for_answer(self.url())

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it; a second call does nothing."""
        if self._process is not None:
            process, self._process = self._process, None
            process.send_signal(how)
            process.wait(STOP_TIMEOUT_S)


def wait_for_answer(url: str, timeout_s: float = 20) -> None:
    """Return when PostgreSQL answers at the URL."""
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
        else:
            return


def created(data_dir: Path) -> TcpPostgres:
    """Make and start one, outside any loop."""
    postgres = TcpPostgres(data_dir)
    asyncio.run(postgres.create())
    postgres.start()
    return postgres
