"""A real OpenSSH server of a test's own: its keys, its port, its configuration."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import signal
import socket
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from codeinterview_desktop.core.tunnels.known_hosts import KnownHosts, host_key_of
from codeinterview_desktop.core.tunnels.ssh_target import SshTarget

if TYPE_CHECKING:
    from collections.abc import Iterator

START_TIMEOUT_S = 20
STOP_TIMEOUT_S = 20
_PROGRAM = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def make_key(path: Path, kind: str = "ed25519", passphrase: str = "") -> Path:
    """A new key pair at `path` and `path.pub`."""
    for each in (path, path.with_name(f"{path.name}.pub")):
        each.unlink(missing_ok=True)
    subprocess.run(
        ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "test", "-f", str(path)],
        check=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )
    return path


def free_port() -> int:
    """A port that nothing listened on just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@dataclass
class SshServer:
    """Starts, kills and starts again one sshd in one folder on one port.

    Whoever runs the tests may log in, with `key`.
    """

    folder: Path
    host: str = "127.0.0.1"
    port: int = 0
    user: str = field(default_factory=getpass.getuser)
    options: tuple[str, ...] = ()
    """Lines for its configuration, before the test's own; the first of a kind counts."""
    wrapper: tuple[str, ...] = ()
    """Put before the command, such as `ip netns exec NAME`."""

    def __post_init__(self) -> None:
        assert _PROGRAM is not None, "these tests need sshd (Debian: openssh-server)"
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.port = self.port or free_port()
        self.key = make_key(self.folder / "key")
        self.host_key = make_key(self.folder / "host_key")
        self.process: subprocess.Popen[str] | None = None
        self.said: list[str] = []
        self._reader = threading.Thread()
        (self.folder / "authorized_keys").write_text((self.folder / "key.pub").read_text())

    @property
    def target(self) -> SshTarget:
        """Where a tunnel goes to."""
        return SshTarget(self.host, self.port, self.user)

    def start(self) -> SshServer:
        """Return once it listens."""
        if os.geteuid() == 0:
            # Where Debian's service would have made it.
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        (self.folder / "config").write_text("\n".join((*self.options, *self._usual())) + "\n")
        assert _PROGRAM is not None
        command = [*self.wrapper, _PROGRAM, "-D", "-e", "-f", str(self.folder / "config")]
        process = self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        listens = threading.Event()

        def read() -> None:
            assert process.stderr is not None
            with process.stderr:
                for line in process.stderr:
                    self.said.append(line)
                    if "Server listening on" in line:
                        listens.set()
            listens.set()

        self.said.clear()
        self._reader = threading.Thread(target=read, daemon=True, name="sshd-stderr")
        self._reader.start()
        assert listens.wait(START_TIMEOUT_S), self.said
        assert process.poll() is None, self.said
        return self

    def kill(self) -> None:
        """End it and all its connections at once, as a crash of the machine does."""
        assert self.process is not None
        if self.process.poll() is None:
            family = [self.process.pid]
            with contextlib.suppress(psutil.NoSuchProcess):
                children = psutil.Process(self.process.pid).children(recursive=True)
                family += [each.pid for each in children]
            for pid in family:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self.process.wait(STOP_TIMEOUT_S)
        self._reader.join(STOP_TIMEOUT_S)

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Within the block its processes do nothing, as when its machine hangs."""
        assert self.process is not None
        root = psutil.Process(self.process.pid)
        family = [root, *root.children(recursive=True)]
        for each in family:
            each.suspend()
        yield
        for each in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.resume()

    def renew_host_key(self) -> None:
        """Make it another host as far as anybody can tell, from its next start on."""
        make_key(self.host_key)

    def known_by(self, folder: Path) -> KnownHosts:
        """Known-hosts files that know it."""
        import asyncssh

        known = KnownHosts(folder / "known_hosts")
        public = asyncssh.read_public_key(f"{self.host_key}.pub")
        known.accept(host_key_of(self.target, public))
        return known

    def _usual(self) -> tuple[str, ...]:
        return (
            f"ListenAddress {self.host}",
            f"Port {self.port}",
            f"HostKey {self.host_key}",
            f"AuthorizedKeysFile {self.folder / 'authorized_keys'}",
            # One family, so that a port is either free or not.
            "AddressFamily inet",
            "PidFile none",
            "StrictModes no",
            "UsePAM no",
            "PermitRootLogin yes",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            "PrintMotd no",
            "LogLevel VERBOSE",
        )
