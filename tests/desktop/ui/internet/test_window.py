"""The window's way in from the internet, with the real server and a real OpenSSH server."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from PySide6.QtGui import QGuiApplication
from tests.desktop.core.tunnels.support import listens
from tests.desktop.process.test_quick_tunnel import install
from tests.desktop.support import seen
from tests.desktop.ui.conftest import host, press, said
from tests.support.ssh_server import SshServer, free_port, make_key

from codeinterview_desktop.core.tunnels.choice import TunnelChoice
from codeinterview_desktop.core.tunnels.status import TunnelState
from codeinterview_desktop.ui.internet.desk import BACK, LOST
from codeinterview_desktop.ui.rooms import COPIED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.desktop.ui.conftest import House

    from codeinterview_desktop.ui.internet.desk import InternetDesk
    from codeinterview_desktop.ui.internet.host_key_dialog import HostKeyDialog
    from codeinterview_desktop.ui.internet.secret_dialog import SecretDialog
    from codeinterview_desktop.ui.internet.section import InternetSection
    from codeinterview_desktop.ui.internet.setup_dialog import SetupDialog
    from codeinterview_desktop.ui.session.page import HostedPage

PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def sshd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SshServer]:
    """A server whose key is locked; nothing else of whoever runs the tests takes part."""
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    server = SshServer(tmp_path / "sshd")
    make_key(server.key, passphrase=PASSPHRASE)
    (server.folder / "authorized_keys").write_text(
        server.key.with_name(f"{server.key.name}.pub").read_text()
    )
    server.start()
    yield server
    server.kill()


@pytest.fixture(autouse=True)
def no_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked of a name in the internet ends at a proxy that is not there."""
    for scheme in ("http", "https"):
        monkeypatch.setenv(f"{scheme}_proxy", f"http://127.0.0.1:{free_port()}")


def choice_of(sshd: SshServer) -> TunnelChoice:
    return TunnelChoice(host=f"127.0.0.1:{sshd.port}", user=sshd.user, key_file=str(sshd.key))


async def start(section: InternetSection, desk: InternetDesk, choice: TunnelChoice) -> None:
    """Fill in the form as a person does, and start."""
    press(section.setup)
    await seen(lambda: desk.setup is not None, "form")
    setup: SetupDialog | None = desk.setup
    assert setup is not None
    setup.form.host.setText(choice.host)
    setup.form.user.setText(choice.user)
    setup.form.key_file.setText(choice.key_file)
    setup.form.port.setText(str(choice.port or ""))
    setup.form.host.textEdited.emit(choice.host)
    assert setup.exposes.text() == choice.exposes
    press(setup.start)


async def asked_for_host(desk: InternetDesk) -> HostKeyDialog:
    await seen(lambda: desk.host_key is not None, "question about the host")
    assert desk.host_key is not None
    return desk.host_key


async def asked_for_secret(desk: InternetDesk) -> SecretDialog:
    await seen(lambda: desk.secret is not None, "question for a secret")
    assert desk.secret is not None
    return desk.secret


async def shows(section: InternetSection, word: str) -> None:
    await seen(lambda: section.state.status is not None and section.state.status.word == word, word)


def test_a_tunnel_is_set_up_shared_survives_a_loss_and_ends_with_the_interview(
    on_qt: Callable[..., Any], house: House, sshd: SshServer
) -> None:
    async def story() -> None:
        async with house.served() as app:
            window, desk = app.window, app.window.internet
            page = await host(window)
            section, link = page.panel.internet, page.panel.link
            here = link.link.text()
            known_hosts = house.paths.config / "known_hosts"

            # Whoever does not vouch for the host connects to nothing.
            await start(section, desk, choice_of(sshd))
            question = await asked_for_host(desk)
            await shows(section, "Waits for your answer")
            press(question.cancel)
            await shows(section, "Off")
            assert desk.host_key is None
            assert not known_hosts.exists()

            await start(section, desk, choice_of(sshd))
            press((await asked_for_host(desk)).trust)
            wrong = await asked_for_secret(desk)
            assert desk.host_key is None
            assert known_hosts.read_text().startswith(f"[127.0.0.1]:{sshd.port} ")
            wrong.typed.setText("wrong")
            wrong.typed.textEdited.emit("wrong")
            press(wrong.submit)
            await seen(lambda: desk.secret not in (None, wrong), "asked again")
            right = await asked_for_secret(desk)
            assert right.field.error != ""
            right.typed.setText(PASSPHRASE)
            right.typed.textEdited.emit(PASSPHRASE)
            press(right.submit)
            await shows(section, "On")
            url = section.public.link.text()
            origin = url.partition("/i/")[0]
            assert url.endswith(here.partition("/i/")[2])

            # Only by choice it is the link that is handed out.
            window.commands.copy_link.trigger()
            assert QGuiApplication.clipboard().text() == here
            section.invite.click()
            window.commands.copy_link.trigger()
            assert (QGuiApplication.clipboard().text(), said(window)) == (url, COPIED)
            assert link.link.text() == link.qr.text == url
            assert link.reach.status is not None
            assert link.reach.status.word == "Over the internet"

            # A second interview is on the same tunnel.
            window.commands.home.trigger()
            second = await host(window, "Another")
            await shows(second.panel.internet, "On")
            assert second.panel.internet.public.link.text().startswith(f"{origin}/i/")
            assert second.panel.internet.invite.isChecked()

            sshd.kill()
            await shows(section, "Reconnecting…")
            assert section.public.link.text() == url
            assert said(window) == LOST
            sshd.start()
            await shows(section, "On")
            assert section.public.link.text() == url
            assert said(window) == BACK

            hosting = app.services.hosting
            await hosting.end(second.room.session.id)
            await shows(section, "On")
            assert page.panel.link.link.text() == url
            window.rooms.show_hosted(page.room)
            await hosting.end(page.room.session.id)
            await seen(
                lambda: app.services.internet.status.state is TunnelState.OFF, "tunnel's end"
            )
            assert not await asyncio.to_thread(listens, origin)
            # Neither passphrase nor anything like it was written.
            for file in house.folder.rglob("*"):
                if file.is_file() and "pgdata" not in file.parts:
                    assert PASSPHRASE.encode() not in file.read_bytes(), file

    on_qt(story())


def test_a_failure_is_said_tried_again_and_mended_in_the_form(
    on_qt: Callable[..., Any], house: House, sshd: SshServer
) -> None:
    async def story() -> None:
        make_key(sshd.key)
        (sshd.folder / "authorized_keys").write_text(
            sshd.key.with_name(f"{sshd.key.name}.pub").read_text()
        )
        sshd.known_by(house.paths.config)
        async with house.served() as app:
            window, desk = app.window, app.window.internet
            page = await host(window)
            section = page.panel.internet
            nobody = replace(choice_of(sshd), host=f"127.0.0.1:{free_port()}")
            await start(section, desk, nobody)
            await shows(section, "Failed")
            assert section.banner.text.startswith("Nothing answers at port")
            assert said(window) == f"Over the internet: {section.banner.text}"
            press(section.retry)
            await shows(section, "Failed")
            press(section.setup)
            await seen(lambda: desk.setup is not None, "form")
            setup = desk.setup
            assert setup is not None
            # What was tried is still filled in.
            assert setup.form.choice == nobody
            setup.form.host.setText(f"127.0.0.1:{sshd.port}")
            press(setup.start)
            await shows(section, "On")
            press(section.stop)
            await shows(section, "Off")
            # And the next start of the app knows it.
            assert app.settings.current.tunnel == choice_of(sshd)

    on_qt(story())


def test_cloudflareds_link_is_believed_about_visitors_and_its_next_one_is_announced(
    on_qt: Callable[..., Any], house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async with house.served() as app:
            window, desk = app.window, app.window.internet
            page = await host(window)
            section = page.panel.internet
            press(section.setup)
            await seen(lambda: desk.setup is not None, "form")
            assert desk.setup is not None
            desk.setup.quick.click()
            press(desk.setup.start)
            await shows(section, "On")
            first = "https://quiet-lake-0.trycloudflare.com"
            assert section.public.link.text().startswith(f"{first}/i/")
            assert await links(page) == [{"url": first, "kind": "tunnel", "forwarded": True}]
            assert section.banner.text == ""

            # It dies, and its next run has another link, which has to be sent again.
            started = json.loads((tmp_path / "starts").read_text().splitlines()[-1])
            os.kill(started["pid"], signal.SIGKILL)
            second = "https://quiet-lake-1.trycloudflare.com"
            await seen(
                lambda: section.public.link.text().startswith(f"{second}/i/"), "another link"
            )
            assert "new one" in section.banner.text
            assert [each["url"] for each in await links(page)] == [second]
            press(section.stop)
            await shows(section, "Off")
            await seen(lambda: not app.services.internet.is_told, "taken back")
            assert await links(page) == []

    install(tmp_path, "up")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    on_qt(story())


async def links(page: HostedPage) -> list[dict[str, Any]]:
    """What the server was told of."""
    credential = page.room.web_credential
    assert credential is not None
    headers = {"Authorization": f"Bearer {credential.host_key}"}
    async with httpx.AsyncClient(trust_env=False, timeout=20, headers=headers) as http:
        told: list[dict[str, Any]] = (await http.get(f"{credential.origin}/api/v1/links")).json()[
            "links"
        ]
    return told


def test_quitting_while_a_question_is_open_leaves_nothing(
    on_qt: Callable[..., Any], house: House, sshd: SshServer
) -> None:
    async def story() -> None:
        sshd.known_by(house.paths.config)
        async with house.served() as app:
            page = await host(app.window)
            await start(page.panel.internet, app.window.internet, choice_of(sshd))
            await asked_for_secret(app.window.internet)

    on_qt(story())
