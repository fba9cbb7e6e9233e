"""Passwords: asked for, kept only while the tunnel is wanted, told to nobody."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from tests.desktop.core.tunnels.support import Answers, echo, say, ssh_tunnel
from tests.support.own_accounts import own_account, why_not_permitted
from tests.support.ssh_server import SshServer, make_key

from codeinterview_desktop.core.tunnels.status import SecretKind, SecretRequest, TunnelState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REASON = why_not_permitted()
pytestmark = pytest.mark.skipif(REASON is not None, reason=str(REASON))

PASSWORD = "correct-horse"
RECONNECTING, FAILED = TunnelState.RECONNECTING, TunnelState.FAILED


def is_written(secret: str, folder: Path) -> bool:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return any(secret in path.read_text(errors="replace") for path in files)


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[SshServer]:
    """An OpenSSH server that knows one user with a password."""
    account = own_account(tmp_path, "ines", PASSWORD)
    server = SshServer(
        tmp_path / "sshd",
        user=account.name,
        wrapper=account.wrapper,
        options=("PasswordAuthentication yes",),
    ).start()
    yield server
    server.kill()


async def test_a_password_is_asked_for_until_it_is_right_and_serves_reconnects(
    sshd: SshServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answers = Answers(["battery-staple", PASSWORD])
    known = sshd.known_by(tmp_path)
    async with (
        echo() as port,
        ssh_tunnel(sshd.target, known, port=port, answers=answers) as each,
    ):
        link = await each.until_up()
        # Each was offered once: a host counts what is wrong.
        assert sum("Failed password" in line for line in sshd.said) == 1
        assert answers.asked == [
            SecretRequest(SecretKind.PASSWORD, str(sshd.target), is_retry=False),
            SecretRequest(SecretKind.PASSWORD, str(sshd.target), is_retry=True),
        ]
        sshd.kill()
        await each.until(RECONNECTING)
        sshd.start()
        await each.until_up()
        assert await say(link, b"hello\n") == b"hello\n"
        assert len(answers.asked) == 2
        told = repr(each.seen)
        await each.tunnel.stop()
        assert PASSWORD not in repr(vars(each.tunnel))
        each.tunnel.start()
        await each.until(FAILED)
        assert len(answers.asked) == 3
    for secret in (PASSWORD, "battery-staple"):
        assert secret not in caplog.text
        assert secret not in told
        assert not is_written(secret, tmp_path)


async def test_keys_go_first_and_the_password_is_asked_for_when_they_are_refused(
    sshd: SshServer, tmp_path: Path
) -> None:
    known = sshd.known_by(tmp_path)
    other = make_key(tmp_path / "other")
    answers = Answers([PASSWORD])
    async with ssh_tunnel(sshd.target, known, port=1, keys=[other], answers=answers) as each:
        await each.until_up()
    answers = Answers()
    async with ssh_tunnel(sshd.target, known, port=1, keys=[sshd.key], answers=answers) as each:
        await each.until_up()
        assert answers.asked == []


@pytest.mark.parametrize("given", [[], ["battery-staple"]])
async def test_without_the_password_it_is_a_failure(
    sshd: SshServer, tmp_path: Path, given: list[str | None]
) -> None:
    known = sshd.known_by(tmp_path)
    async with ssh_tunnel(sshd.target, known, port=1, answers=Answers(given)) as each:
        status = await each.until(FAILED)
        assert "does not let ines in" in str(status.reason)
        assert TunnelState.NEEDS_SECRET in each.states
        assert "battery-staple" not in repr(vars(each.tunnel))


async def test_a_password_is_forgotten_when_the_tunnel_fails(
    sshd: SshServer, tmp_path: Path
) -> None:
    known = sshd.known_by(tmp_path)
    async with ssh_tunnel(sshd.target, known, port=1, answers=Answers([PASSWORD])) as each:
        await each.until_up()
        assert PASSWORD in repr(vars(each.tunnel))
        sshd.kill()
        sshd.renew_host_key()
        sshd.start()
        await each.until(FAILED)
        assert PASSWORD not in repr(vars(each.tunnel))
