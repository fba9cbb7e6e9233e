"""A real nginx in front of several servers, spreading connections over them."""

from __future__ import annotations

import socket
import subprocess
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TIMEOUT_S = 20

_FRAME = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {http}
}}
"""
# As docs/scaling.md has it, but that whoever comes next goes to the next replica, so that the
# people of one session are spread over all of them.
_SPREADING = """
    client_max_body_size 64m;
    map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
    upstream replicas {{
        {servers}
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://replicas;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_read_timeout 1h;
            proxy_next_upstream error timeout non_idempotent;
        }}
    }}
"""


class Nginx:
    """One nginx. `start` it once its upstream servers have ports, `stop` it at the end."""

    def __init__(
        self, folder: Path, upstream: Sequence[str] = (), *, http: str = "", listens: str = ""
    ) -> None:
        """Prepare to lead to servers, each `host:port`.

        Args:
            folder: Where it keeps its files.
            upstream: Whom it spreads connections over, unless a configuration says that.
            http: What stands in the configuration's `http` block instead of that.
            listens: Where that one listens, which is replaced.
        """
        self._http = http
        self._listens = listens
        self._folder = folder
        self._upstream = upstream
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    @property
    def origin(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Return once it accepts connections."""
        # Whoever was down is tried again at once: that costs nothing where it is refused at once.
        servers = "\n        ".join(f"server {each} max_fails=0;" for each in self._upstream)
        path = self._folder / "nginx.conf"
        here = f"listen 127.0.0.1:{self.port};"
        http = self._http.replace(f"listen {self._listens};", here) or _SPREADING.format(
            servers=servers, port=self.port
        )
        path.write_text(_FRAME.format(folder=self._folder, http=http))
        self._process = subprocess.Popen(
            ["/usr/sbin/nginx", "-p", str(self._folder), "-c", str(path), "-e", "stderr"],
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + TIMEOUT_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                assert self._process.poll() is None, self.log_text()
                assert time.monotonic() < deadline, "nginx did not start"
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """End it; a second call does nothing."""
        if self._process is not None:
            process, self._process = self._process, None
            process.terminate()
            process.wait(TIMEOUT_S)

    def log_text(self) -> str:
        """What it complained of."""
        path = self._folder / "error.log"
        return path.read_text(errors="replace") if path.exists() else ""
