"""The real `codeinterview serve` as a process of its own."""

from __future__ import annotations

import os
import queue
import secrets
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 30


@dataclass
class Hosted:
    """A session made over REST, with what its creator got."""

    origin: str
    id: str
    token: str
    invites: dict[str, str]

    def join_url(self, role: str | None = "candidate", origin: str | None = None) -> str:
        """The page where a person joins: with an invite for `role`, or with the code alone."""
        base = f"{origin or self.origin}/i/{self.id}"
        return base if role is None else f"{base}#{self.invites[role]}"


@dataclass
class ServerProcess:
    """Starts, kills and starts again one server on one port and one data directory."""

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 0
    options: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    wrapper: tuple[str, ...] = ()
    """Put before the command, such as `ip netns exec NAME`."""

    def __post_init__(self) -> None:
        self.host_key = secrets.token_urlsafe(32)
        self.process: subprocess.Popen[str] | None = None
        self._reader = threading.Thread()
        self.origin = ""
        self._log = self.data_dir.parent / f"{self.data_dir.name}.log"

    def start(self) -> ServerProcess:
        """Return once the server has printed `ready`."""
        command = [
            *self.wrapper,
            sys.executable,
            "-m",
            "codeinterview_server.cli",
            "serve",
            f"--host={self.host}",
            f"--port={self.port}",
            f"--data-dir={self.data_dir}",
            *self.options,
        ]
        env = {
            **os.environ,
            "CODEINTERVIEW_HOST_KEY": self.host_key,
            "CODEINTERVIEW_ALLOWED_HOSTS": '["interview.test"]',
            **self.env,
        }
        with self._log.open("a") as log:
            self.process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=log, text=True, env=env
            )
        line = self._first_line()
        if not line.startswith("ready "):
            self.stop()
            raise AssertionError(f"the server said {line!r}; its log:\n{self.log_text()[-4000:]}")
        self.origin = line.removeprefix("ready ").strip()
        self.port = int(self.origin.rsplit(":", 1)[1])
        return self

    def _first_line(self) -> str:
        lines: queue.Queue[str] = queue.Queue()
        process = self._running()

        def read() -> None:
            assert process.stdout is not None
            with process.stdout:
                for text in process.stdout:
                    lines.put(text)
            lines.put("")

        self._reader = threading.Thread(target=read, daemon=True, name="server-stdout")
        self._reader.start()
        return lines.get(timeout=START_TIMEOUT_S)

    def _running(self) -> subprocess.Popen[str]:
        assert self.process is not None, "not started"
        return self.process

    def kill(self) -> None:
        """End the server with SIGKILL and wait for its end."""
        process = self._running()
        process.send_signal(signal.SIGKILL)
        process.wait(STOP_TIMEOUT_S)
        self._reader.join(STOP_TIMEOUT_S)

    def stop(self) -> int:
        """End the server with SIGTERM; return its exit status. Safe to call again."""
        process = self._running()
        if process.poll() is None:
            process.terminate()
        status = process.wait(STOP_TIMEOUT_S)
        self._reader.join(STOP_TIMEOUT_S)
        return status

    def log_text(self) -> str:
        """Everything that the server wrote to stderr so far."""
        return self._log.read_text(errors="replace")

    def api(self, method: str, path: str, *, token: str | None = None, **kwargs: Any) -> Any:
        """Call REST with `token`, by default the host key; raises for an error status."""
        response = httpx.request(
            method,
            f"{self.origin}/api/v1{path}",
            headers={"Authorization": f"Bearer {token or self.host_key}"},
            timeout=30,
            trust_env=False,
            **kwargs,
        )
        response.raise_for_status()
        return response.json() if response.content else None

    def host_session(self, name: str = "Ines Interviewer", **body: Any) -> Hosted:
        """Create a session as the host does."""
        answer = self.api(
            "POST",
            "/sessions",
            json={"creator": {"id": "host", "name": name, "color": "0"}, **body},
        )
        return Hosted(self.origin, answer["data"]["id"], answer["token"], answer["invites"])
