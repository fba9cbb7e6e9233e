"""The reverse tunnel against a real OpenSSH server: ways in, ways it ends, ways it comes back."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.desktop.core.tunnels.support import (
    QUICK,
    Answers,
    echo,
    listens,
    open_tunnel,
    say,
    ssh_tunnel,
    until_silent,
)
from tests.desktop.support import until
from tests.support.eventually import eventually
from tests.support.ssh_server import SshServer, free_port, make_key

from codeinterview_desktop.core.tunnels.known_hosts import KnownHosts
from codeinterview_desktop.core.tunnels.ssh_target import (
    SshTarget,
    route_behind_proxy,
    route_by_port,
)
from codeinterview_desktop.core.tunnels.status import SecretKind, TunnelState

if TYPE_CHECKING:
    from pathlib import Path

OFF, CONNECTING, UP = TunnelState.OFF, TunnelState.CONNECTING, TunnelState.UP
RECONNECTING, FAILED = TunnelState.RECONNECTING, TunnelState.FAILED


async def test_a_port_that_the_host_chooses_leads_to_the_app_until_it_is_stopped(
    sshd: SshServer, tmp_path: Path
) -> None:
    async with echo() as port, open_tunnel(sshd, tmp_path, port=port) as each:
        link = await each.until_up()
        assert link.startswith("http://127.0.0.1:")
        assert await say(link, b"hello\n") == b"hello\n"
        await each.tunnel.stop()
        assert not listens(link)
        assert each.states == [CONNECTING, UP, OFF]
        each.tunnel.start()
        assert await say(await each.until_up(), b"again\n") == b"again\n"


async def test_a_fixed_port_and_a_web_server_in_front_make_the_link(
    sshd: SshServer, tmp_path: Path
) -> None:
    wanted = free_port()
    async with echo() as port:
        route = route_by_port(wanted)
        async with open_tunnel(sshd, tmp_path, port=port, route=route) as each:
            assert await each.until_up() == f"http://127.0.0.1:{wanted}"
        route = route_behind_proxy(wanted, "https://interview.test/")
        async with open_tunnel(sshd, tmp_path, port=port, route=route) as each:
            assert await each.until_up() == "https://interview.test"
            assert await say(f"http://127.0.0.1:{wanted}", b"hello\n") == b"hello\n"


async def test_stopping_ends_what_goes_through_it(sshd: SshServer, tmp_path: Path) -> None:
    async with echo() as port, open_tunnel(sshd, tmp_path, port=port) as each:
        host, remote = (await each.until_up()).removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(remote))
        writer.write(b"hello\n")
        assert await reader.readline() == b"hello\n"
        await each.tunnel.stop()
        async with asyncio.timeout(20):
            assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()


async def test_who_arrives_while_it_stops_stays_connected_to_nothing(
    sshd: SshServer, tmp_path: Path
) -> None:
    inside: set[asyncio.StreamWriter] = set()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inside.add(writer)
        await reader.read()
        inside.discard(writer)
        writer.close()

    async def is_empty() -> bool:
        return not inside

    # What is forgotten must not be found by the collector, which comes when it likes.
    gc.disable()
    try:
        async with await asyncio.start_server(hold, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with open_tunnel(sshd, tmp_path, port=port) as each:
                for _ in range(12):
                    host, _, public = (
                        (await each.until_up()).removeprefix("http://").rpartition(":")
                    )
                    guests = await asyncio.gather(
                        *(asyncio.open_connection(host, int(public)) for _ in range(8))
                    )
                    await each.tunnel.stop()
                    await eventually(is_empty, f"{len(inside)} are let go")
                    for _, writer in guests:
                        writer.close()
                    each.tunnel.start()
    finally:
        gc.enable()


async def test_an_unknown_host_is_asked_about_and_then_remembered(
    sshd: SshServer, tmp_path: Path
) -> None:
    known = KnownHosts(tmp_path / "own" / "known_hosts")
    async with (
        echo() as port,
        ssh_tunnel(sshd.target, known, port=port, keys=[sshd.key]) as each,
    ):
        key = (await each.until(TunnelState.NEEDS_HOST_KEY)).host_key
        assert key is not None
        assert key.name == f"[127.0.0.1]:{sshd.port}"
        assert key.algorithm == "ssh-ed25519"
        assert key.fingerprint.startswith("SHA256:")
        assert not known.own.exists()
        # Somebody else's answer changes nothing.
        each.tunnel.accept_host_key(replace(key, line="x"))
        assert not known.own.exists()
        each.tunnel.accept_host_key(key)
        await each.until_up()
        assert each.states == [CONNECTING, TunnelState.NEEDS_HOST_KEY, CONNECTING, UP]
    assert known.own.stat().st_mode & 0o777 == 0o600
    async with ssh_tunnel(sshd.target, known, port=1, keys=[sshd.key]) as each:
        await each.until_up()
        assert each.states == [CONNECTING, UP]


async def test_whoever_does_not_vouch_for_a_host_stops(sshd: SshServer, tmp_path: Path) -> None:
    known = KnownHosts(tmp_path / "known_hosts")
    async with ssh_tunnel(sshd.target, known, port=1, keys=[sshd.key]) as each:
        await each.until(TunnelState.NEEDS_HOST_KEY)
        await each.tunnel.stop()
        assert each.states == [CONNECTING, TunnelState.NEEDS_HOST_KEY, OFF]


async def test_the_users_own_known_hosts_count_and_are_not_written(
    sshd: SshServer, tmp_path: Path
) -> None:
    users = sshd.known_by(tmp_path / "user").own
    before = users.read_text()
    known = KnownHosts(tmp_path / "own", [users])
    async with ssh_tunnel(sshd.target, known, port=1, keys=[sshd.key]) as each:
        await each.until_up()
    assert users.read_text() == before
    assert not known.own.exists()


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
async def test_a_changed_host_key_is_refused_before_anything_is_sent(
    sshd: SshServer, tmp_path: Path, kind: str
) -> None:
    known = sshd.known_by(tmp_path)
    sshd.kill()
    make_key(sshd.host_key, kind)
    sshd.start()
    answers = Answers(["secret"])
    async with ssh_tunnel(sshd.target, known, port=1, keys=[sshd.key], answers=answers) as each:
        status = await each.until(FAILED, UP)
        assert status.state is FAILED
        assert "not the one that is known" in str(status.reason)
        assert answers.asked == []
    assert not any("userauth" in line or "Accepted" in line for line in sshd.said), sshd.said


async def test_a_revoked_key_is_refused(sshd: SshServer, tmp_path: Path) -> None:
    known = sshd.known_by(tmp_path)
    known.own.write_text(f"@revoked {known.own.read_text()}")
    async with ssh_tunnel(sshd.target, known, port=1, keys=[sshd.key]) as each:
        assert "revoked" in str((await each.until(FAILED, UP)).reason)


async def test_a_wrong_key_is_a_sentence(sshd: SshServer, tmp_path: Path) -> None:
    known = sshd.known_by(tmp_path)
    other = make_key(tmp_path / "other")
    async with ssh_tunnel(sshd.target, known, port=1, keys=[other]) as each:
        status = await each.until(FAILED, UP)
        assert f"does not let {sshd.user} in" in str(status.reason)
        assert each.states == [CONNECTING, FAILED]


async def test_a_file_that_is_no_key_is_a_sentence(sshd: SshServer, tmp_path: Path) -> None:
    known = sshd.known_by(tmp_path)
    async with ssh_tunnel(sshd.target, known, port=1, keys=[tmp_path / "none"]) as each:
        assert "cannot be read" in str((await each.until(FAILED, UP)).reason)


async def test_a_passphrase_is_asked_for_until_it_is_right_and_not_again(
    sshd: SshServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    locked = make_key(tmp_path / "locked", passphrase="open sesame")
    with (sshd.folder / "authorized_keys").open("a") as keys:
        keys.write((tmp_path / "locked.pub").read_text())
    answers = Answers(["wrong one", "open sesame"])
    known = sshd.known_by(tmp_path)
    async with (
        echo() as port,
        ssh_tunnel(sshd.target, known, port=port, keys=[locked], answers=answers) as each,
    ):
        link = await each.until_up()
        assert [(one.kind, one.subject, one.is_retry) for one in answers.asked] == [
            (SecretKind.PASSPHRASE, str(locked), False),
            (SecretKind.PASSPHRASE, str(locked), True),
        ]
        sshd.kill()
        await each.until(RECONNECTING)
        sshd.start()
        await each.until_up()
        assert await say(link, b"hello\n") == b"hello\n"
        assert len(answers.asked) == 2
        told = f"{each.seen!r} {each.tunnel.__dict__!r}"
    assert "sesame" not in caplog.text + told
    assert "wrong one" not in caplog.text + told


async def test_without_the_passphrase_it_is_a_failure(sshd: SshServer, tmp_path: Path) -> None:
    locked = make_key(tmp_path / "locked", passphrase="open sesame")
    known = sshd.known_by(tmp_path)
    async with ssh_tunnel(sshd.target, known, port=1, keys=[locked]) as each:
        await each.until(FAILED)
        assert each.states == [CONNECTING, TunnelState.NEEDS_SECRET, CONNECTING, FAILED]


async def test_a_key_of_the_agent_is_enough(sshd: SshServer, tmp_path: Path, agent: None) -> None:
    known = sshd.known_by(tmp_path)
    async with ssh_tunnel(sshd.target, known, port=1) as each:
        await each.until_up()
    async with ssh_tunnel(sshd.target, known, port=1, use_agent=False) as each:
        await each.until(FAILED)


async def test_a_taken_port_is_a_sentence(sshd: SshServer, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        route = route_by_port(taken.getsockname()[1])
        async with open_tunnel(sshd, tmp_path, port=1, route=route) as each:
            status = await each.until(FAILED, UP)
            assert f"does not listen on port {route.port}" in str(status.reason)


async def test_a_host_that_forbids_forwarding_is_a_sentence(tmp_path: Path) -> None:
    sshd = SshServer(tmp_path / "sshd", options=("AllowTcpForwarding no",)).start()
    try:
        async with open_tunnel(sshd, tmp_path, port=1) as each:
            assert "does not allow forwarding" in str((await each.until(FAILED, UP)).reason)
    finally:
        sshd.kill()


@pytest.mark.parametrize(
    ("host", "words"),
    [("127.0.0.1", "Nothing answers"), ("nowhere.invalid", "cannot be found")],
)
async def test_a_host_that_is_not_there_is_a_sentence(
    tmp_path: Path, host: str, words: str
) -> None:
    target = SshTarget(host, free_port(), "ines")
    async with ssh_tunnel(target, KnownHosts(tmp_path / "known_hosts"), port=1) as each:
        status = await each.until(FAILED)
        assert words in str(status.reason)


async def test_something_else_than_ssh_is_a_sentence(tmp_path: Path) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.0 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        target = SshTarget("127.0.0.1", server.sockets[0].getsockname()[1], "ines")
        async with ssh_tunnel(target, KnownHosts(tmp_path / "known_hosts"), port=1) as each:
            assert str((await each.until(FAILED)).reason).endswith(".")


async def test_a_server_that_was_killed_is_waited_for_and_the_link_stays(
    sshd: SshServer, tmp_path: Path
) -> None:
    async with echo() as port, open_tunnel(sshd, tmp_path, port=port) as each:
        link = await each.until_up()
        for _ in range(2):
            sshd.kill()
            status = await each.until(RECONNECTING)
            assert status.link == link
            assert str(status.reason).endswith(".")
            sshd.start()
            assert await each.until_up() == link
            assert await say(link, b"back\n") == b"back\n"
    await until_silent(link)


async def test_a_host_that_lets_nobody_in_while_it_starts_is_waited_for(
    sshd: SshServer, tmp_path: Path
) -> None:
    answers = Answers(["secret"])
    async with open_tunnel(sshd, tmp_path, port=1, answers=answers) as each:
        link = await each.until_up()
        sshd.kill()
        allowed = sshd.folder / "authorized_keys"
        allowed.rename(tmp_path / "kept")
        sshd.start()
        await until(
            each.tunnel.changed,
            lambda: "does not let" in str(each.tunnel.status.reason),
            f"a refusal; {each.seen}",
        )
        assert each.tunnel.status.state is RECONNECTING
        (tmp_path / "kept").rename(allowed)
        assert await each.until_up() == link
        assert answers.asked == []


async def test_a_port_that_is_taken_meanwhile_is_waited_for_then_replaced(
    sshd: SshServer, tmp_path: Path
) -> None:
    pace = replace(QUICK, same_port_tries=3)
    async with echo() as port, open_tunnel(sshd, tmp_path, port=port, pace=pace) as each:
        link = await each.until_up()
        sshd.kill()
        await each.until(RECONNECTING)
        with socket.create_server(("127.0.0.1", int(link.rsplit(":", 1)[1]))):
            sshd.start()
            other = await each.until_up()
            assert other != link
            assert await say(other, b"hello\n") == b"hello\n"
        refused = [one for one in each.seen if "does not listen" in str(one.reason)]
        assert len(refused) == pace.same_port_tries


async def test_a_key_that_changed_while_away_ends_it(sshd: SshServer, tmp_path: Path) -> None:
    async with open_tunnel(sshd, tmp_path, port=1) as each:
        await each.until_up()
        sshd.kill()
        sshd.renew_host_key()
        sshd.start()
        assert "not the one that is known" in str((await each.until(FAILED)).reason)


async def test_a_host_that_stops_answering_is_noticed(sshd: SshServer, tmp_path: Path) -> None:
    pace = replace(QUICK, keepalive_s=0.1)
    async with open_tunnel(sshd, tmp_path, port=1, pace=pace) as each:
        link = await each.until_up()
        # The kernel takes what is sent; only the program does not answer any more.
        with sshd.frozen():
            assert (await each.until(RECONNECTING)).link == link
        assert (await each.until_up()).startswith("http://127.0.0.1:")


async def test_it_can_be_stopped_in_every_state(sshd: SshServer, tmp_path: Path) -> None:
    async with asyncio.timeout(60):
        known = sshd.known_by(tmp_path)
        async with ssh_tunnel(sshd.target, known, port=1, keys=[sshd.key]):
            pass
        async with ssh_tunnel(sshd.target, known, port=1, keys=[sshd.key]) as each:
            await each.until_up()
            sshd.kill()
            await each.until(RECONNECTING)
        asked = asyncio.Event()
        sshd.start()

        class Silent(Answers):
            async def __call__(self, request: object) -> str | None:
                asked.set()
                await asyncio.Event().wait()
                return None

        locked = make_key(tmp_path / "locked", passphrase="open sesame")
        async with ssh_tunnel(sshd.target, known, port=1, keys=[locked], answers=Silent()) as each:
            await asked.wait()
            assert each.tunnel.status.state is TunnelState.NEEDS_SECRET


async def test_what_it_exposes_is_said_beforehand(sshd: SshServer, tmp_path: Path) -> None:
    async with open_tunnel(sshd, tmp_path, port=1, route=route_by_port(8022)) as each:
        text = each.tunnel.exposes
    assert "port 8022 at 127.0.0.1" in text
    assert "Nothing else on this computer" in text
    assert "can read and change it" in text
    assert "begins with http:" in text
