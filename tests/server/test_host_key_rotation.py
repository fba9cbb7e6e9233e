"""A new host key ends the old one and all invites, and leaves people in their sessions."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest
from tests.support.server import ServerProcess

from codeinterview_server.host_key import FILE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def rotate(data_dir: Path, **env: str) -> tuple[int, str, str]:
    """The command's exit status, stdout and stderr."""
    command = [sys.executable, "-m", "codeinterview_server.cli", "rotate-host-key"]
    done = subprocess.run(
        [*command, f"--data-dir={data_dir}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=env,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def server(data_dir: Path) -> Iterator[ServerProcess]:
    # Empty counts as not given, so that the key is the data directory's.
    server = ServerProcess(data_dir, env={"CODEINTERVIEW_HOST_KEY": ""})
    yield server.start()
    server.stop()


@pytest.mark.timeout(120)
def test_rotating_ends_the_old_key_and_every_invite_and_nobody_elses_token(
    server: ServerProcess, data_dir: Path
) -> None:
    def status(method: str, path: str, token: str | None = None, **options: object) -> int:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        url = f"{server.origin}/api/v1{path}"
        answer = httpx.request(method, url, headers=headers, trust_env=False, timeout=30, **options)  # type: ignore[arg-type]
        return answer.status_code

    def join(invite: str) -> int:
        body = {"user": {"id": "u", "name": "U", "color": ""}, "invite": invite}
        return status("POST", f"/sessions/{hosted.id}/join", json=body)

    old_key = (data_dir / FILE_NAME).read_text().strip()
    server.host_key = old_key
    hosted = server.host_session()
    assert join(hosted.invites["candidate"]) == 200

    code, out, err = rotate(data_dir)
    assert (code, out) == (6, ""), "a server that runs goes on with its key"
    assert err.startswith("error ALREADY_RUNNING ")
    assert server.stop() == 0
    code, out, err = rotate(data_dir)
    assert (code, err) == (0, "")
    assert out.startswith(f"Made a new host key in {data_dir}. ")
    new_key = (data_dir / FILE_NAME).read_text().strip()
    assert new_key != old_key
    assert new_key not in out
    assert (data_dir / FILE_NAME).stat().st_mode & 0o077 == 0

    server.start()
    assert status("GET", "/sessions", old_key) == 401
    assert status("GET", "/sessions", new_key) == 200
    assert {join(invite) for invite in hosted.invites.values()} == {403}
    assert status("GET", f"/sessions/{hosted.id}", hosted.token) == 200
    path = f"/sessions/{hosted.id}/invites"
    invites = server.api("GET", path, token=hosted.token)["invites"]
    assert invites.keys() == hosted.invites.keys()
    assert join(invites["candidate"]) == 200


def test_a_key_that_is_elsewhere_is_not_replaced(data_dir: Path) -> None:
    code, _, err = rotate(data_dir)
    assert code == 2
    assert err.startswith("error CONFIG There is no host key in ")
    assert not (data_dir / FILE_NAME).exists()
    (data_dir / FILE_NAME).write_text("kept\n")
    code, _, err = rotate(data_dir, CODEINTERVIEW_HOST_KEY="k" * 43)
    assert code == 2
    assert "CODEINTERVIEW_HOST_KEY" in err
    assert (data_dir / FILE_NAME).read_text() == "kept\n"
