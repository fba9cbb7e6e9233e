"""The embedded PostgreSQL's files: its data, made by initdb, and its configuration, made by us.

In the data directory: `postgres/` is PostgreSQL's own, `postgres-config/` is written anew at every
start, `postgres.log` is what it says.
"""

import hashlib
import os
import secrets
import shutil
import socket
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from codeinterview_server.db.errors import DatabaseStartError
from codeinterview_server.db.postgres_programs import POSTGRES_MAJOR, Programs

ROLE: Final = "codeinterview"
_LOG_BYTES_MAX: Final = 4 * 1024 * 1024
# Linux has 108 bytes for a socket's path, macOS 104, with the final NUL.
_SOCKET_PATH_BYTES: Final = 103
_SOCKET_NAME: Final = ".s.PGSQL.5432"

_CONFIGURATION: Final = """\
# Written at every start; changes are lost.
max_connections = 40
shared_buffers = 64MB
max_parallel_workers_per_gather = 0
io_method = sync
jit = off
wal_level = minimal
max_wal_senders = 0
min_wal_size = 32MB
max_wal_size = 256MB
checkpoint_timeout = 15min
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
# Without the rows that a statement failed on.
log_error_verbosity = terse
"""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where PostgreSQL listens: a Unix socket's directory, or a loopback port with a password."""

    socket_dir: Path | None
    port: int = 5432
    password: str = ""

    @property
    def url(self) -> str:
        """The URL that libpq connects by."""
        if self.socket_dir is not None:
            return f"postgresql://{ROLE}@/postgres?host={quote(str(self.socket_dir), safe='')}"
        return f"postgresql://{ROLE}:{self.password}@127.0.0.1:{self.port}/postgres"


class Cluster:
    """The files of one embedded PostgreSQL; starts no process that stays."""

    def __init__(self, data_dir: Path, programs: Programs) -> None:
        self.directory = data_dir / "postgres"
        self.pid_path = self.directory / "postmaster.pid"
        self.log_path = data_dir / "postgres.log"
        self._draft = data_dir / f"postgres.new-{secrets.token_hex(4)}"
        self._config_dir = data_dir / "postgres-config"
        self._password_path = data_dir / "postgres.password"
        self._programs = programs

    def exists(self) -> bool:
        """Tells whether the cluster was completely made.

        Raises:
            DatabaseStartError: It was, by another version of PostgreSQL.
        """
        try:
            version = (self.directory / "PG_VERSION").read_text("ascii").strip()
        except FileNotFoundError:
            return False
        if version != str(POSTGRES_MAJOR):
            raise DatabaseStartError(
                f"The data in {self.directory} was written by PostgreSQL {version}, and this "
                f"program brings {POSTGRES_MAJOR}. Choose another data directory with --data-dir."
            )
        return True

    def prepare(self) -> list[str]:
        """Makes room for a new cluster and returns the command that fills it.

        `adopt` puts what it made in its place, so that an interrupted one leaves nothing behind.
        """
        for leftover in self.directory.parent.glob("postgres.new-*"):
            # Programs of an interrupted start may still be ending in there.
            shutil.rmtree(leftover, ignore_errors=True)
        self._draft.mkdir(mode=0o700)
        self._give_away(self._draft)
        command = [
            self._programs.path("initdb"),
            f"--pgdata={self._draft}",
            f"--username={ROLE}",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-instructions",
        ]
        if sys.platform == "win32":
            self._password_path.write_text(secrets.token_urlsafe(32), "ascii")
            return [*command, "--auth=scram-sha-256", f"--pwfile={self._password_path}"]
        return [*command, "--auth=peer"]

    def adopt(self) -> None:
        """Puts the cluster that the command of `prepare` made in its place."""
        self._draft.rename(self.directory)

    def may_be_running(self) -> bool:
        """Tells whether a PostgreSQL runs on this cluster, or died without tidying up."""
        return self.pid_path.exists()

    def configure(self) -> tuple[list[str], Endpoint]:
        """Writes the configuration; returns the command that runs PostgreSQL and where it listens.

        On a Unix socket it lets in this user alone, whom the kernel vouches for.
        """
        endpoint = self._endpoint()
        lines = [_CONFIGURATION]
        if endpoint.socket_dir is not None:
            lines += [
                "listen_addresses = ''",
                f"unix_socket_directories = {_quoted(str(endpoint.socket_dir))}",
                "unix_socket_permissions = 0700",
            ]
            access, identities = (
                "local all all peer map=owner\n",
                f'owner "{_user_name()}" {ROLE}\n',
            )
        else:
            lines += ["listen_addresses = '127.0.0.1'", f"port = {endpoint.port}"]
            access, identities = "host all all 127.0.0.1/32 scram-sha-256\n", ""
        self._config_dir.mkdir(mode=0o755, exist_ok=True)
        command = [self._programs.path("postgres"), "-D", str(self.directory)]
        for setting, name, text in (
            ("config_file", "postgresql.conf", "\n".join(lines) + "\n"),
            ("hba_file", "pg_hba.conf", access),
            ("ident_file", "pg_ident.conf", identities),
        ):
            path = self._config_dir / name
            path.write_text(text, "utf-8")
            # PostgreSQL may run as another account; nothing in here is secret.
            path.chmod(0o644)
            command += ["-c", f"{setting}={path}"]
        self._config_dir.chmod(0o755)
        return command, endpoint

    def tidy(self, endpoint: Endpoint) -> None:
        """Removes what PostgreSQL leaves outside of the data directory once it has ended."""
        if endpoint.socket_dir not in {None, self.directory}:
            shutil.rmtree(endpoint.socket_dir, ignore_errors=True)

    def open_log(self) -> int:
        """Returns a descriptor that appends to the log; the caller closes it."""
        if self.log_path.exists() and self.log_path.stat().st_size > _LOG_BYTES_MAX:
            self.log_path.replace(self.log_path.with_suffix(".log.old"))
        return os.open(self.log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def log_tail(self) -> str:
        """Returns the last thing that PostgreSQL complained of, as part of a sentence."""
        try:
            lines = self.log_path.read_text("utf-8", errors="replace").splitlines()[-40:]
        except OSError:
            return "it said nothing"
        for line in reversed(lines):
            for mark in ("FATAL:", "PANIC:", "error:", "fatal:"):
                if mark in line:
                    return line.partition(mark)[2].strip().rstrip(".")
        return lines[-1].strip().rstrip(".") if lines else "it said nothing"

    def _endpoint(self) -> Endpoint:
        if sys.platform == "win32":
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = int(probe.getsockname()[1])
            return Endpoint(None, port, self._password_path.read_text("ascii").strip())
        if len(os.fsencode(self.directory / _SOCKET_NAME)) <= _SOCKET_PATH_BYTES:
            return Endpoint(self.directory)
        return Endpoint(self._short_socket_dir())

    def _short_socket_dir(self) -> Path:
        """Makes a private directory with a short path for the socket."""
        name = hashlib.sha256(os.fsencode(self.directory)).hexdigest()[:12]
        path = Path(tempfile.gettempdir()) / f"codeinterview-{name}"
        # In a directory that others can write to, a foreign one of this name is a trap.
        for owner in {os.geteuid(), self._owner()}:
            if path.exists() and not path.is_symlink() and path.stat().st_uid == owner:
                shutil.rmtree(path)
        try:
            path.mkdir(mode=0o700)
        except FileExistsError:
            raise DatabaseStartError(
                f"Somebody else made {path}, which PostgreSQL needs. Remove it, or choose a data "
                "directory with a shorter path with --data-dir."
            ) from None
        self._give_away(path)
        return path

    def _owner(self) -> int:
        return os.geteuid() if self._programs.account is None else self._programs.account.uid

    def _give_away(self, path: Path) -> None:
        if sys.platform != "win32" and (account := self._programs.account):
            os.chown(path, account.uid, account.gid)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''").replace("\\", "\\\\") + "'"


if sys.platform != "win32":
    import pwd

    def _user_name() -> str:
        try:
            return pwd.getpwuid(os.geteuid()).pw_name
        except KeyError:
            raise DatabaseStartError(
                f"This user (number {os.geteuid()}) has no name on this system, and PostgreSQL "
                "needs one. Add the user, or name a database with --database-url."
            ) from None
