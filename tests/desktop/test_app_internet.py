"""The app's way in from the internet: opened, told to the server, offered to rooms, closed."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.desktop.core.tunnels.support import Answers, listens
from tests.desktop.support import until
from tests.support.ssh_server import SshServer, free_port
from tests.support.web_proxy import WebProxy

from codeinterview_desktop.app import DesktopApp
from codeinterview_desktop.core.addresses import AddressKind
from codeinterview_desktop.core.hosting import HostedRoom, HostRequest
from codeinterview_desktop.core.paths import AppPaths
from codeinterview_desktop.core.reports import Reports
from codeinterview_desktop.core.settings import SettingsStore
from codeinterview_desktop.core.supervisor import ServerState
from codeinterview_desktop.core.tunnels.choice import ChoiceError, RouteKind, TunnelChoice
from codeinterview_desktop.core.tunnels.status import TunnelState
from codeinterview_desktop.core.values import Role

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from codeinterview_desktop.core.tunnels.internet import Internet

NAME = "interview.test"


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[SshServer]:
    server = SshServer(tmp_path / "sshd").start()
    yield server
    server.kill()


@pytest.fixture(autouse=True)
def no_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked of a name in the internet ends at a proxy that is not there."""
    for scheme in ("http", "https"):
        monkeypatch.setenv(f"{scheme}_proxy", f"http://127.0.0.1:{free_port()}")


@dataclass
class Story:
    """The app without a window, one interview in it, and the user's answers."""

    app: DesktopApp
    room: HostedRoom
    sshd: SshServer
    answers: Answers = field(default_factory=Answers)

    @property
    def internet(self) -> Internet:
        return self.app.services.internet

    @property
    def choice(self) -> TunnelChoice:
        """A tunnel to the test's own SSH server."""
        return TunnelChoice(
            host=f"127.0.0.1:{self.sshd.port}", user=self.sshd.user, key_file=str(self.sshd.key)
        )

    async def until(self, condition: Callable[[], bool], what: str = "") -> None:
        await until(self.internet.changed, condition, f"{what}; {self.internet.status}")

    async def open(self, choice: TunnelChoice) -> str:
        """Open a tunnel as somebody does who accepts the host's key; the link that rooms offer."""
        await self.internet.open(choice, self.answers)
        public = self.internet.public
        await self.until(
            lambda: public.origin is not None or self.internet.status.host_key is not None, "asked"
        )
        if self.internet.status.host_key is not None:
            self.internet.accept_host_key(self.internet.status.host_key)
        await self.until(lambda: public.origin is not None, "link")
        assert public.origin is not None
        return public.origin

    def kinds(self) -> list[AddressKind]:
        return [each.address.kind for each in self.room.links(Role.CANDIDATE)]

    async def ask(self, origin: str, host: str = "", path: str = "/api/v1/health") -> int:
        """The status of an answer; `host` is the name that a browser believes to be at."""
        async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
            headers = {"Host": host} if host else {}
            return (await http.get(f"{origin}{path}", headers=headers)).status_code

    async def told(self) -> list[dict[str, Any]]:
        """The links that the server was told of."""
        credential = self.room.web_credential
        assert credential is not None
        async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
            answer = await http.get(
                f"{credential.origin}/api/v1/links",
                headers={"Authorization": f"Bearer {credential.host_key}"},
            )
        links: list[dict[str, Any]] = answer.json()["links"]
        return links


@asynccontextmanager
async def hosted(sshd: SshServer) -> AsyncIterator[Story]:
    folder = Path(tempfile.mkdtemp(prefix="ci-"))
    paths = AppPaths(folder / "config", folder / "data", folder / "logs")
    SettingsStore(paths.settings_file).update(name="Ada", port=0, allow_network=False)
    failures: list[str] = []
    app = DesktopApp(
        paths,
        Reports(),
        interfaces=["127.0.0.1"],
        on_task_failure=lambda name, error: failures.append(f"{name}: {error!r}"),
    )
    app.start_services()
    try:
        await app.supervisor.wait_ready()
        yield Story(app, await app.services.hosting.host(HostRequest(title="Pairing")), sshd)
    finally:
        await app.stop()
        shutil.rmtree(folder)
    assert failures == []


def test_a_tunnel_is_offered_to_rooms_by_choice_and_ends_with_the_interview(
    on_qt: Callable[..., Any], sshd: SshServer
) -> None:
    async def tell() -> None:
        async with hosted(sshd) as story:
            internet, public = story.internet, story.internet.public
            with pytest.raises(ChoiceError):
                await internet.open(TunnelChoice(), story.answers)
            assert internet.status.state is TunnelState.OFF
            public.put_first(first=True)
            assert not public.is_first

            link = await story.open(story.choice)
            assert await story.ask(link) == 200
            assert story.kinds() == [AddressKind.LOOPBACK, AddressKind.TUNNEL]
            public.put_first(first=True)
            assert story.kinds() == [AddressKind.TUNNEL, AddressKind.LOOPBACK]
            (first, *_) = story.room.links(Role.CANDIDATE)
            assert first.url == f"{link}/i/{story.room.session.id}#{story.room.invites.candidate}"
            assert await story.told() == [{"url": link, "kind": "tunnel", "forwarded": False}]
            # It is remembered, and nothing of it is secret.
            assert story.app.settings.current.tunnel == story.choice
            assert story.answers.asked == []

            await story.app.services.hosting.end(story.room.session.id)
            await story.until(lambda: internet.status.state is TunnelState.OFF, "off")
            assert public.origin is None
            assert not public.is_first
            assert not await asyncio.to_thread(listens, link)
            with pytest.raises(ValueError, match="Host an interview first"):
                await internet.open(story.choice, story.answers)

    on_qt(tell())


def test_the_server_answers_to_the_links_name_while_the_tunnel_is_on(
    on_qt: Callable[..., Any], sshd: SshServer
) -> None:
    async def tell() -> None:
        async with hosted(sshd) as story:
            port = free_port()
            behind = replace(
                story.choice,
                route=RouteKind.PROXY,
                proxy_port=port,
                link=f"https://{NAME}",
                tells_visitors=True,
            )
            here = f"http://127.0.0.1:{port}"
            own = story.app.supervisor.status.url
            assert own is not None
            assert await story.ask(own, NAME) == 400
            assert await story.open(behind) == f"https://{NAME}"
            assert await story.ask(here, NAME) == 200
            assert await story.told() == [
                {"url": f"https://{NAME}", "kind": "tunnel", "forwarded": True}
            ]

            # A server that was killed knows nothing of it, and is told again.
            pid = story.app.supervisor.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            supervisor = story.app.supervisor
            await until(supervisor.changed, lambda: supervisor.pid not in (pid, None), "restart")
            await until(
                supervisor.changed, lambda: supervisor.status.state is ServerState.READY, "ready"
            )
            assert story.internet.public.origin == f"https://{NAME}"
            await story.until(lambda: story.internet.is_told, "told again")
            assert await story.ask(here, NAME) == 200

            await story.internet.close()
            await story.until(lambda: not story.internet.is_told, "taken back")
            assert await story.told() == []
            assert await story.ask(own, NAME) == 400

    on_qt(tell())


@pytest.mark.parametrize("tells_visitors", [True, False])
def test_a_web_server_in_front_is_believed_about_visitors_where_the_user_says_so(
    on_qt: Callable[..., Any], sshd: SshServer, tmp_path: Path, tells_visitors: bool
) -> None:
    async def tell() -> None:
        async with hosted(sshd) as story:
            port = free_port()
            with WebProxy(tmp_path, port, free_port()).running() as proxy:
                await story.open(
                    replace(
                        story.choice,
                        route=RouteKind.PROXY,
                        proxy_port=port,
                        link=proxy.url,
                        tells_visitors=tells_visitors,
                    )
                )
                browser = httpx.AsyncHTTPTransport(
                    verify=proxy.pair.trusting(), local_address="127.0.0.5"
                )
                async with httpx.AsyncClient(transport=browser, timeout=20) as http:
                    answer = await http.get(
                        f"{proxy.url}/api/v1/connection",
                        headers={"X-Forwarded-For": "203.0.113.9"},
                    )
                came = answer.json()
                assert came["path"] == "tunnel"
                # Whatever a visitor says of themselves, it is not believed.
                assert came["address"] == ("127.0.0.5" if tells_visitors else "127.0.0.1")

    on_qt(tell())


def test_the_link_stays_through_a_loss_and_leads_on_to_another_port_of_the_server(
    on_qt: Callable[..., Any], sshd: SshServer
) -> None:
    async def tell() -> None:
        async with hosted(sshd) as story:
            link = await story.open(story.choice)
            public = story.internet.public
            public.put_first(first=True)
            sshd.kill()
            await story.until(
                lambda: story.internet.status.state is TunnelState.RECONNECTING, "lost"
            )
            assert public.origin == link
            assert story.kinds()[0] is AddressKind.TUNNEL
            sshd.start()
            await story.until(lambda: story.internet.status.state is TunnelState.UP, "back")
            assert await story.ask(link) == 200
            assert story.internet.replaced is None

            with socket.create_server(("127.0.0.1", 0)) as probe:
                other = probe.getsockname()[1]
            story.app.settings.update(port=other)
            supervisor = story.app.supervisor
            await until(
                supervisor.changed,
                lambda: (
                    supervisor.status.port == other and supervisor.status.state is ServerState.READY
                ),
                "moved",
            )
            assert await story.ask(link) == 200
            assert public.origin == link

    on_qt(tell())
