"""A real OpenSSH server on loopback, and the server's own fixtures."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.server.conftest import data_dir, scratch  # noqa: F401 - fixtures
from tests.support.ssh_server import SshServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[SshServer]:
    """An OpenSSH server that lets in whoever runs the tests, with its key."""
    server = SshServer(tmp_path / "sshd").start()
    yield server
    server.kill()


@pytest.fixture(autouse=True)
def no_agent_no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of whoever runs the tests takes part."""
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.fixture
def agent(sshd: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An SSH agent that holds the server's key."""
    address = tmp_path / "agent"
    with subprocess.Popen(
        ["ssh-agent", "-D", "-a", str(address)], stdout=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        # It prints where it listens as soon as it does.
        running.stdout.readline()
        environment = {**os.environ, "SSH_AUTH_SOCK": str(address)}
        subprocess.run(["ssh-add", "-q", str(sshd.key)], check=True, env=environment, timeout=20)
        monkeypatch.setenv("SSH_AUTH_SOCK", str(address))
        yield
        running.send_signal(signal.SIGTERM)
