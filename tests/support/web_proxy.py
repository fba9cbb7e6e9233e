"""A real nginx in front of a server, with the recipe of docs/deployment.md."""

from __future__ import annotations

import re
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from tests.support.certificates import Pair

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "localhost"
"""A name that resolves everywhere; the certificate is for it."""
TIMEOUT_S = 20
_DOCUMENT = Path(__file__).parents[2] / "docs" / "deployment.md"
_AROUND = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr notice;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {recipe}
}}
"""


class WebProxy:
    """One nginx that speaks TLS on a loopback port and hands on to a server.

    Args:
        folder: Where its configuration, its log and its certificate go.
        server_port: The server's, on loopback.
        port: Its own, free.
        path: Below which the server is; empty for the root.
        strips: Whether it takes the path off.
        upgrades: Whether it lets sockets through, as the recipe does and nginx by itself does not.
    """

    def __init__(
        self,
        folder: Path,
        server_port: int,
        port: int,
        path: str = "",
        *,
        strips: bool = False,
        upgrades: bool = True,
    ) -> None:
        self.folder = folder
        self.pair = Pair.made(NAME)
        self.url = f"https://{NAME}:{port}{path}"
        certificate, key = self.pair.write(folder)
        self._configuration = folder / "nginx.conf"
        recipe = _recipe(
            {
                "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
                "server_name team.example;": f"server_name {NAME};",
                "/etc/letsencrypt/live/team.example/fullchain.pem": str(certificate),
                "/etc/letsencrypt/live/team.example/privkey.pem": str(key),
                "/var/log/nginx/codeinterview.log": str(folder / "access.log"),
                "location / {": f"location {path}/ {{",
                "127.0.0.1:8765;": f"127.0.0.1:{server_port}{'/' if strips else ''};",
                **({} if upgrades else {"$http_upgrade;": "'';"}),
            }
        )
        self._configuration.write_text(_AROUND.format(folder=folder, recipe=recipe))

    def access_log(self) -> str:
        """What it wrote down of requests."""
        return (self.folder / "access.log").read_text()

    @contextmanager
    def running(self) -> Iterator[WebProxy]:
        """Run it; it listens when the block begins."""
        log = self.folder / "error.log"
        command = ["/usr/sbin/nginx", "-p", str(self.folder), "-c", str(self._configuration)]
        check = subprocess.run(
            [*command, "-t", "-e", "stderr"], capture_output=True, text=True, timeout=TIMEOUT_S
        )
        assert check.returncode == 0, check.stderr
        with log.open("wb") as errors:
            process = subprocess.Popen([*command, "-e", "stderr"], stderr=errors)
        try:
            # It says nothing on standard output, so it is asked.
            transport = httpx.HTTPTransport(verify=self.pair.trusting(), retries=8)
            with httpx.Client(transport=transport, trust_env=False, timeout=TIMEOUT_S) as http:
                http.get(self.url)
            yield self
        finally:
            process.terminate()
            assert process.wait(TIMEOUT_S) == 0, log.read_text()


def _recipe(changes: dict[str, str]) -> str:
    found = re.search(r"```nginx\n(.*?)```", _DOCUMENT.read_text(), re.DOTALL)
    assert found is not None
    recipe = found[1]
    for written, here in changes.items():
        assert written in recipe, written
        recipe = recipe.replace(written, here)
    return recipe
