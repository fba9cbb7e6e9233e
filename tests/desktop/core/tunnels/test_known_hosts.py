"""Known-hosts files as OpenSSH writes them."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import asyncssh
from tests.support.ssh_server import make_key

from codeinterview_desktop.core.tunnels.known_hosts import (
    KnownHosts,
    KnownKeys,
    host_key_of,
    usual_known_hosts,
)
from codeinterview_desktop.core.tunnels.ssh_target import SshTarget

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

GATE = SshTarget("gate.test", 22, "ines")
OTHER_PORT = SshTarget("gate.test", 2222, "ines")


def public(folder: Path, name: str = "host") -> asyncssh.SSHKey:
    return asyncssh.read_public_key(f"{make_key(folder / name)}.pub")


def test_a_key_belongs_to_a_name_and_a_port(tmp_path: Path) -> None:
    key = public(tmp_path)
    known = KnownHosts(tmp_path / "own")
    known.accept(host_key_of(GATE, key))
    assert known.own.stat().st_mode & 0o777 == 0o600
    assert known.of(GATE).keys == (key,)
    assert known.of(OTHER_PORT) == KnownKeys()
    known.accept(host_key_of(OTHER_PORT, key))
    assert known.of(OTHER_PORT).keys == (key,)
    known.forget(GATE)
    assert known.of(GATE) == KnownKeys()
    assert known.of(OTHER_PORT).keys == (key,)
    assert known.own.stat().st_mode & 0o777 == 0o600


def test_the_fingerprint_is_the_one_that_openssh_shows(tmp_path: Path) -> None:
    key = public(tmp_path)
    shown = subprocess.run(
        ["ssh-keygen", "-l", "-f", str(tmp_path / "host.pub")],
        check=True,
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert host_key_of(GATE, key).fingerprint in shown.stdout.split()


def test_hashed_names_patterns_and_marks_are_understood(tmp_path: Path) -> None:
    key, authority, revoked = (public(tmp_path, each) for each in ("a", "b", "c"))
    users = tmp_path / "users"
    users.write_text(f"{host_key_of(GATE, key).line}\n")
    hashing = ["ssh-keygen", "-q", "-H", "-f", str(users)]
    subprocess.run(hashing, check=True, capture_output=True, timeout=20)
    lines = [
        "# a comment",
        "this is no line",
        users.read_text().strip(),
        "@cert-authority *.test " + authority.export_public_key().decode().strip(),
        "@revoked * " + revoked.export_public_key().decode().strip(),
        "@unheard-of x y z",
    ]
    users.write_text("\n".join(lines) + "\n")
    found = KnownHosts(tmp_path / "own", [users]).of(GATE)
    assert "gate.test" not in users.read_text()
    assert found == KnownKeys((key,), (authority,), (revoked,))


def test_an_address_vouches_for_no_name(tmp_path: Path) -> None:
    known = KnownHosts(tmp_path / "own")
    known.accept(host_key_of(SshTarget("127.0.0.1", 22, "ines"), public(tmp_path)))
    assert known.of(SshTarget("localhost", 22, "ines")) == KnownKeys()


def test_the_users_file_and_the_apps_own_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    users, own = public(tmp_path, "a"), public(tmp_path, "b")
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "known_hosts").write_text(host_key_of(GATE, users).line)
    known = usual_known_hosts(tmp_path / "config")
    known.accept(host_key_of(GATE, own))
    assert set(known.of(GATE).keys) == {users, own}
    assert (tmp_path / "config" / "known_hosts").exists()


def test_files_that_cannot_be_read_say_nothing(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * (5 * 1024 * 1024))
    (tmp_path / "binary").write_bytes(bytes(range(256)) * 100)
    others = [tmp_path / "none", tmp_path, tmp_path / "large", tmp_path / "binary"]
    assert KnownHosts(tmp_path / "own", others).of(GATE) == KnownKeys()
