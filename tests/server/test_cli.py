"""`codeinterview serve` as other programs see it: lines, exit statuses, and what it leaves."""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import httpx
import psutil
import psycopg
import pytest
from tests.server.conftest import at_database
from tests.server.test_data_dir import HOLDER

from codeinterview_server.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TIMEOUT_S = 40


class Serve:
    """One run of the program; its first line is waited for, the rest is collected at the end."""

    def __init__(self, *options: str, stdin: int = subprocess.DEVNULL, **env: str) -> None:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("CODEINTERVIEW_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "codeinterview_server.cli", *options],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**clean, **env},
        )
        self.out = self.err = ""
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._readers = [
            threading.Thread(target=self._read_out, daemon=True),
            threading.Thread(target=self._read_err, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def _read_out(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.out += line
            self._lines.put(line)
        self._lines.put("")

    def _read_err(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.err += line

    def line(self) -> str:
        """The next line of standard output, empty at its end."""
        return self._lines.get(timeout=TIMEOUT_S).strip()

    def url(self) -> str:
        word, url = (self.line() or f"nothing {self.err}").split(" ", 1)
        assert word == "ready", url
        return url

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.status()

    def status(self) -> int:
        status = self.process.wait(timeout=TIMEOUT_S)
        for reader in self._readers:
            reader.join(timeout=TIMEOUT_S)
        return status

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.status()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


@pytest.fixture
def serve(data_dir: Path) -> Iterator[Callable[..., Serve]]:
    """Starts servers on the test's data directory and a free port; ends what is left of them."""
    started: list[Serve] = []

    def start(*options: str, **kwargs: object) -> Serve:
        given = [option.split("=")[0] for option in options]
        defaults = {"--data-dir": str(data_dir), "--port": "0"}
        more = [f"{name}={value}" for name, value in defaults.items() if name not in given]
        started.append(Serve("serve", *more, *options, **kwargs))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for server in started:
        server.close()


def postgres_of(data_dir: Path) -> list[psutil.Process]:
    """Every PostgreSQL process whose command line names the data directory."""
    directory = str(data_dir / "postgres")
    return [
        process
        for process in psutil.process_iter(["name", "cmdline", "status"])
        if process.info["name"] == "postgres"
        and process.info["status"] != psutil.STATUS_ZOMBIE
        and directory in (process.info["cmdline"] or [])
    ]


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"


def health(url: str) -> int:
    return httpx.get(f"{url}/api/v1/health", trust_env=False, timeout=10).status_code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_serves_until_a_signal_and_leaves_nothing(
    serve: Callable[..., Serve], data_dir: Path, number: signal.Signals
) -> None:
    server = serve()
    url = server.url()
    assert url.startswith("http://127.0.0.1:")
    assert health(url) == 200
    assert postgres_of(data_dir)
    assert server.stop(number) == 0
    assert server.out == f"ready {url}\n"
    assert postgres_of(data_dir) == []


def test_the_end_of_stdin_stops_it_when_asked_to(serve: Callable[..., Serve]) -> None:
    server = serve("--watch-stdin", stdin=subprocess.PIPE)
    server.url()
    assert server.process.stdin is not None
    server.process.stdin.write("ignored\n")
    server.process.stdin.close()
    assert server.status() == 0


def test_the_end_of_stdin_means_nothing_otherwise(serve: Callable[..., Serve]) -> None:
    server = serve(stdin=subprocess.PIPE)
    url = server.url()
    assert server.process.stdin is not None
    server.process.stdin.close()
    assert health(url) == 200
    assert server.stop() == 0


PARENT = """
import subprocess, sys
server = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
print(server.stdout.readline(), server.pid, flush=True)
server.wait()
"""


def test_it_does_not_outlive_the_program_that_started_it(data_dir: Path) -> None:
    program = [sys.executable, "-m", "codeinterview_server.cli", "serve", "--watch-stdin"]
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, *program, "--port=0", f"--data-dir={data_dir}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert parent.stdout is not None
    assert parent.stdout.readline().startswith("ready ")
    server = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.communicate(timeout=TIMEOUT_S)
    server.wait(timeout=TIMEOUT_S)
    assert postgres_of(data_dir) == []


def test_a_killed_server_comes_back_on_its_port_with_its_key(
    serve: Callable[..., Serve], data_dir: Path
) -> None:
    first = serve()
    url = first.url()
    key = (data_dir / "host.key").read_text()
    first.process.kill()
    assert first.status() == -signal.SIGKILL
    second = serve(f"--port={url.rpartition(':')[2]}")
    assert second.url() == url
    assert health(url) == 200
    assert (data_dir / "host.key").read_text() == key
    assert second.stop() == 0
    assert postgres_of(data_dir) == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends PostgreSQL")
def test_a_killed_server_leaves_no_postgresql(serve: Callable[..., Serve], data_dir: Path) -> None:
    server = serve()
    server.url()
    assert postgres_of(data_dir)
    server.process.kill()
    until(lambda: postgres_of(data_dir) == [])


@pytest.mark.parametrize("moment", ["lock", "host.key", "postgres-config"])
def test_a_stop_during_the_start_is_a_clean_one(
    serve: Callable[..., Serve], data_dir: Path, moment: str
) -> None:
    server = serve()
    until((data_dir / moment).exists)
    assert server.stop() == 0
    assert postgres_of(data_dir) == []
    again = serve()
    assert health(again.url()) == 200
    assert again.stop() == 0


def test_a_second_program_on_the_data_directory(
    serve: Callable[..., Serve], data_dir: Path
) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    second = serve()
    assert second.line().startswith(f"error ALREADY_RUNNING Another CodeInterview uses {'the'}")
    assert second.status() == 6
    holder.communicate("", timeout=TIMEOUT_S)


def test_a_busy_port(serve: Callable[..., Serve], data_dir: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        server = serve(f"--port={other.getsockname()[1]}")
        assert server.line().startswith("error PORT_BUSY Port ")
        assert server.status() == 3
    assert not (data_dir / "postgres").exists()


def test_a_data_directory_that_cannot_be(serve: Callable[..., Serve], data_dir: Path) -> None:
    (data_dir / "file").touch()
    server = serve(f"--data-dir={data_dir / 'file' / 'below'}")
    assert server.line().startswith("error DATA_DIR The data directory ")
    assert server.status() == 4


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("play",),
        ("serve", "--prot=1"),
        ("serve", "--port=many"),
        ("serve", "--host=192.0.2.1"),
        ("serve", "--database-url=mysql://a:hunter2@h/d"),
    ],
)
def test_mistakes_are_one_line(options: tuple[str, ...], data_dir: Path) -> None:
    with closing(Serve(*options, CODEINTERVIEW_DATA_DIR=str(data_dir))) as server:
        assert server.status() == 2
        assert server.out.startswith("error CONFIG ")
        assert server.out.count("\n") == 1
        assert "hunter2" not in server.out + server.err
        assert "Traceback" not in server.err


def test_version_and_help() -> None:
    with closing(Serve("--version")) as program:
        assert program.status() == 0
        assert program.out == f"CodeInterview {__version__}\n"
    with closing(Serve("serve", "--help")) as program:
        assert program.status() == 0
        assert "CODEINTERVIEW_PORT" in program.out


def test_an_existing_postgresql_serves_two_that_start_at_once(
    serve: Callable[..., Serve], data_dir: Path, tcp_postgres_url: str
) -> None:
    with psycopg.connect(tcp_postgres_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE two_at_once")
    url = at_database(tcp_postgres_url, "two_at_once")
    servers = [
        serve(f"--data-dir={data_dir / name}", CODEINTERVIEW_DATABASE_URL=url)
        for name in ("first", "second")
    ]
    for server in servers:
        assert health(server.url()) == 200
    for server in servers:
        assert server.stop() == 0
        assert url not in server.err
    assert not (data_dir / "first" / "postgres").exists()


def test_a_wrong_password_is_not_repeated(
    serve: Callable[..., Serve], tcp_postgres_url: str
) -> None:
    before, _, after = tcp_postgres_url.partition("@")
    user = before.rpartition(":")[0]
    server = serve(f"--database-url={user}:hunter2@{after}")
    line = server.line()
    assert line.startswith("error DATABASE PostgreSQL cannot be used: ")
    assert "password authentication failed" in line
    assert server.status() == 5
    assert "hunter2" not in server.out + server.err


def test_a_newer_schema(serve: Callable[..., Serve], database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    server = serve(f"--database-url={database_url}")
    assert server.line().startswith("error SCHEMA_NEWER The database was written by a newer")
    assert server.status() == 7


def test_no_secret_reaches_the_log(serve: Callable[..., Serve]) -> None:
    server = serve("--log-level=debug", CODEINTERVIEW_HOST_KEY="hunter2-hunter2-hunter2")
    url = server.url()
    for path in ("/api/v1/health", "/ws/sessions/1a2b3c4d", "/nowhere"):
        httpx.get(f"{url}{path}?token=hunter2", trust_env=False, timeout=10)
    websocket = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        lines = ["GET /ws/sessions/1a2b3c4d?token=hunter2 HTTP/1.1", f"Host: {host}:{port}"]
        lines += [f"{name}: {value}" for name, value in websocket.items()]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 ")
    assert server.stop() == 0
    assert "hunter2" not in server.out + server.err


def test_the_command_line_answers_without_the_heavy_imports() -> None:
    code = (
        "import sys, codeinterview_server.cli; "
        "print(*sorted({'fastapi', 'pydantic', 'psycopg', 'pycrdt', 'sqlalchemy', 'uvicorn'} "
        "& set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert result.stdout.strip() == ""
