"""The app's logic with the real server under QProcess: host, knock, admit, crash, come back."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.desktop.support import until

from codeinterview_desktop.app import DesktopApp
from codeinterview_desktop.core.api import ApiError, ServerApi
from codeinterview_desktop.core.discovery import Discovery
from codeinterview_desktop.core.hosting import HostedRoom, HostRequest
from codeinterview_desktop.core.links import parse_join_text
from codeinterview_desktop.core.paths import AppPaths
from codeinterview_desktop.core.reports import Notice, Problem, Reports
from codeinterview_desktop.core.room_watch import WatchState
from codeinterview_desktop.core.settings import SettingsStore
from codeinterview_desktop.core.values import JoinPolicy, Phase, Role

RunOnQt = Callable[..., Any]
LOOPBACK = "127.0.0.1"


class Home:
    """The directories of one user, and what the app said to them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths = AppPaths(folder / "config", folder / "data", folder / "logs")
        self.problems: list[Problem] = []
        self.notices: list[Notice] = []

    @asynccontextmanager
    async def app(self) -> AsyncIterator[DesktopApp]:
        """The app without its window, on a free port."""
        SettingsStore(self.paths.settings_file).update(name="Ada", presence=3, port=0)
        reports = Reports()
        reports.listen(self.problems.append, self.notices.append)
        app = DesktopApp(self.paths, reports, interfaces=[LOOPBACK])
        app.start_services()
        try:
            await app.supervisor.wait_ready()
            yield app
        finally:
            await app.stop()


@pytest.fixture
def home() -> Iterator[Home]:
    folder = Path(tempfile.mkdtemp(prefix="ci-"))
    yield Home(folder)
    shutil.rmtree(folder)


def free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as server:
        port: int = server.getsockname()[1]
    return port


async def connected(room: HostedRoom) -> None:
    await until(
        room.watch.changed, lambda: room.watch.state.connection is WatchState.CONNECTED, "watch"
    )


async def join(url: str, name: str, invite: str | None = None) -> dict[str, Any]:
    """Join as a browser does, from a link."""
    target = parse_join_text(url)
    body: dict[str, Any] = {"user": {"id": name.lower(), "name": name, "color": "1"}}
    if invite is not None:
        body["invite"] = invite
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        answer = await client.post(
            f"{target.origin}/api/v1/sessions/{target.session_id}/join", json=body
        )
    answer.raise_for_status()
    joined: dict[str, Any] = answer.json()
    return joined


def test_hosting_knocking_admitting_and_ending(on_qt: RunOnQt, home: Home) -> None:
    async def story() -> None:
        async with home.app() as app:
            hosting = app.services.hosting
            counts: list[int] = []
            hosting.rooms_changed.connect(lambda rooms: counts.append(len(rooms)))
            room = await hosting.host(HostRequest(candidate_name="Grace"))
            assert room.session.title == "Interview with Grace"
            assert hosting.rooms == (room,)
            await connected(room)
            me = room.watch.state.me
            assert me is not None
            assert (me.name, me.presence, me.role) == ("Ada", 3, Role.INTERVIEWER)

            knocks: list[str] = []
            room.watch.knocked.connect(lambda entry: knocks.append(entry.id))
            page = room.page_url
            assert page is not None
            code_link = page.replace("/s/", "/i/")
            assert (await join(code_link, "Grace"))["status"] == "waiting"
            await until(room.watch.knocked, lambda: len(knocks) == 1, "knock")
            await room.admit(knocks[0])
            await until(
                room.watch.changed,
                lambda: [each.name for each in room.watch.state.participants] == ["Ada", "Grace"],
                "admitted",
            )
            await until(room.watch.changed, lambda: room.watch.state.lobby == (), "lobby empty")

            assert (await join(code_link, "Mallory"))["status"] == "waiting"
            await until(room.watch.knocked, lambda: len(knocks) == 2, "second knock")
            await room.decline(knocks[1])
            await until(room.watch.changed, lambda: room.watch.state.lobby == (), "declined")

            await room.remove(knocks[0])
            await until(
                room.watch.changed, lambda: len(room.watch.state.participants) == 1, "removed"
            )

            await hosting.end(room.session.id)
            assert not list(hosting.rooms)
            api = ServerApi(page.partition("/s/")[0], None)
            assert (await api.preview(room.session.id)).phase is Phase.ENDED
            await api.aclose()
            assert counts == [1, 0]

    on_qt(story())
    assert home.problems == []


def test_links_admit_by_role_and_can_be_renewed(on_qt: RunOnQt, home: Home) -> None:
    async def story() -> None:
        async with home.app() as app:
            room = await app.services.hosting.host(HostRequest(title="Backend"))
            links = room.links(Role.CANDIDATE)
            assert links
            for link in links:
                target = parse_join_text(link.url)
                assert (target.session_id, target.invite) == (
                    room.session.id,
                    room.invites.candidate,
                )
            page = room.page_url
            assert page is not None
            old = room.invites.observer
            joined = await join(page, "Olive", old)
            assert (joined["status"], joined["participant"]["role"]) == ("admitted", "observer")
            changes: list[bool] = []
            room.changed.connect(lambda: changes.append(True))
            await room.renew_invite(Role.OBSERVER)
            assert changes
            assert room.invites.observer != old
            with pytest.raises(httpx.HTTPStatusError):
                await join(page, "Late", old)
            assert (await join(page, "New", room.invites.observer))["status"] == "admitted"

    on_qt(story())


def test_what_is_done_in_the_app_is_done_by_the_interviewer(on_qt: RunOnQt, home: Home) -> None:
    async def story() -> None:
        async with home.app() as app:
            room = await app.services.hosting.host(HostRequest())
            await connected(room)
            credential = room.web_credential
            page = room.page_url
            assert credential is not None
            assert page is not None
            code_link = page.replace("/s/", "/i/")
            admitted = (await join(code_link, "Grace"))["participant"]["id"]
            declined = (await join(code_link, "Mallory"))["participant"]["id"]
            await room.admit(admitted)
            await room.decline(declined)
            await room.set_role(admitted, Role.OBSERVER)
            await room.remove(admitted)
            await room.revoke_invite(Role.OBSERVER)
            assert room.invites.observer is None
            assert room.links(Role.OBSERVER) == ()
            await room.renew_invite(Role.OBSERVER)
            assert room.links(Role.OBSERVER)
            await room.set_policy(JoinPolicy.KNOCK)
            await room.list_observers(listed=False)
            await room.rename("Renamed")
            assert (room.session.join_policy, room.session.observers_listed) == (
                JoinPolicy.KNOCK,
                False,
            )
            await room.end()
            done_by.append((room.session.id, credential.participant_id))

    done_by: list[tuple[str, str]] = []
    on_qt(story())
    ((session_id, me),) = done_by
    acts = {
        "admitted", "declined", "role", "removed", "invite_revoked", "invite_renewed",
        "join_policy", "observers_listed", "title", "ended",
    }  # fmt: skip
    events = events_of(home, session_id)
    assert {(each["kind"], each["actor_id"]) for each in events if each["kind"] in acts} == {
        (kind, me) for kind in acts
    }


def events_of(home: Home, session_id: str) -> list[dict[str, Any]]:
    """What the app's database has of a session's acts, as its export tells."""
    exported = home.folder / "exported.zip"
    command = Path(sys.executable).with_name("codeinterview")
    subprocess.run(
        [command, "export", session_id, "--data-dir", home.paths.data, "--output", exported],
        check=True,
        capture_output=True,
        timeout=60,
    )
    with zipfile.ZipFile(exported) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith("events.jsonl"))
        return [json.loads(line) for line in archive.read(name).splitlines()]


def test_the_web_view_gets_a_credential_that_works(on_qt: RunOnQt, home: Home) -> None:
    async def story() -> None:
        async with home.app() as app:
            room = await app.services.hosting.host(HostRequest())
            credential = room.web_credential
            assert credential is not None
            assert credential.host_key is not None
            assert credential.token not in repr(credential)
            assert credential.host_key not in repr(credential)
            async with ServerApi(credential.origin, credential.host_key) as api:
                assert (await api.me()).is_host
            async with ServerApi(credential.origin, credential.token) as api:
                identity = await api.me()
            assert identity.participant is not None
            assert identity.participant.id == credential.participant_id
            assert credential.session_id == room.session.id

    on_qt(story())
    for file in home.paths.logs.iterdir():
        assert "Bearer" not in file.read_text()


def test_a_killed_server_comes_back_and_the_room_goes_on(on_qt: RunOnQt, home: Home) -> None:
    async def story() -> None:
        async with home.app() as app:
            room = await app.services.hosting.host(HostRequest(title="Goes on"))
            await connected(room)
            before = (app.supervisor.status.port, room.page_url, room.web_credential)
            pid = app.supervisor.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            await until(
                room.watch.changed,
                lambda: room.watch.state.connection is WatchState.RECONNECTING,
                "lost",
            )
            await connected(room)
            assert (app.supervisor.status.port, room.page_url, room.web_credential) == before
            assert app.supervisor.pid != pid
            await room.rename("Went on")
            assert room.session.title == "Went on"

    on_qt(story())
    assert home.problems == []


def test_earlier_sessions_are_listed_and_open_on_the_same_seat(on_qt: RunOnQt, home: Home) -> None:
    async def first() -> tuple[str, str]:
        async with home.app() as app:
            room = await app.services.hosting.host(HostRequest(title="Yesterday"))
            credential = room.web_credential
            assert credential is not None
            assert await app.services.hosting.reopen(room.session.id) is room
            return room.session.id, credential.participant_id

    async def again(session_id: str) -> str:
        async with home.app() as app:
            assert app.services.hosting.rooms == ()
            (found,) = await app.services.recent.search("yester")
            assert (found.session_id, found.hosted, found.phase) == (session_id, True, Phase.OPEN)
            assert await app.services.recent.search("nothing like it") == ()
            room = await app.services.hosting.reopen(session_id)
            await connected(room)
            credential = room.web_credential
            assert credential is not None
            return credential.participant_id

    async def ended(session_id: str) -> None:
        async with home.app() as app:
            await app.services.hosting.reopen(session_id)
            await app.services.hosting.end(session_id)
            room = await app.services.hosting.reopen(session_id)
            await connected(room)
            assert room.session.phase is Phase.ENDED
            assert not room.is_open
            with pytest.raises(ApiError, match=r"\.$"):
                await app.services.hosting.reopen("00000000")

    session_id, seat = on_qt(first())
    assert on_qt(again(session_id)) == seat
    home.paths.recent_file.unlink()
    assert on_qt(again(session_id)) != seat
    on_qt(ended(session_id))


def test_open_sessions_are_advertised_until_they_end(on_qt: RunOnQt, home: Home) -> None:
    async def story() -> None:
        other = Discovery([LOOPBACK], addresses=lambda: [LOOPBACK])
        await other.start()

        def titles() -> list[str]:
            return [each.title for each in other.nearby if each.session_id == room.session.id]

        try:
            async with home.app() as app:
                room = await app.services.hosting.host(HostRequest(title="Seen"))
                await connected(room)
                await until(other.nearby_changed, lambda: titles() == ["Seen"], "advertised")
                await room.rename("Renamed")
                await until(other.nearby_changed, lambda: titles() == ["Renamed"], "renamed")
                colleague = await join(
                    str(room.page_url).replace("/s/", "/i/"), "Bob", room.invites.interviewer
                )
                async with ServerApi(str(app.supervisor.status.url), colleague["token"]) as own:
                    await own.rename_session(room.session.id, "By a colleague")
                await until(other.nearby_changed, lambda: titles() == ["By a colleague"], "theirs")
                await room.rename("Renamed")
                await until(other.nearby_changed, lambda: titles() == ["Renamed"], "back")
                entry = next(each for each in other.nearby if each.session_id == room.session.id)
                assert entry.address == LOOPBACK
                async with ServerApi(f"http://{LOOPBACK}:{entry.port}", None) as api:
                    assert (await api.preview(room.session.id)).title == "Renamed"
                app.settings.update(allow_network=False)
                await until(other.nearby_changed, lambda: titles() == [], "private")
                await app.supervisor.wait_ready()
                app.settings.update(allow_network=True)
                await until(other.nearby_changed, lambda: titles() == ["Renamed"], "public again")
                room.show_nearby(shown=False)
                await until(other.nearby_changed, lambda: titles() == [], "hidden")
                room.show_nearby(shown=True)
                await until(other.nearby_changed, lambda: titles() == ["Renamed"], "shown again")
                await room.set_policy(JoinPolicy.INVITE_ONLY)
                await until(other.nearby_changed, lambda: titles() == [], "by links only")
                await room.set_policy(JoinPolicy.KNOCK)
                await until(other.nearby_changed, lambda: titles() == ["Renamed"], "to knock at")
                assert app.supervisor.pid is not None
                os.kill(app.supervisor.pid, signal.SIGKILL)
                # A started server shows nothing until it is told.
                await until(app.supervisor.changed, lambda: app.supervisor.status.url is None)
                await app.supervisor.wait_ready()
                await until(other.nearby_changed, lambda: titles() == ["Renamed"], "started again")
                await app.services.hosting.end(room.session.id)
                await until(other.nearby_changed, lambda: titles() == [], "ended")
                again = await app.services.hosting.host(HostRequest(title="Seen"))
                room = again
                await until(other.nearby_changed, lambda: titles() == ["Seen"], "second")
            await until(other.nearby_changed, lambda: titles() == [], "app stopped")
        finally:
            await other.stop()

    on_qt(story(), timeout_s=90)


def test_joining_by_link_by_code_and_from_nearby(on_qt: RunOnQt, home: Home) -> None:
    async def story() -> None:
        async with home.app() as app:
            room = await app.services.hosting.host(HostRequest(title="Open house"))
            page = room.page_url
            assert page is not None
            services = app.services
            link = f"{page.replace('/s/', '/i/')}#{room.invites.candidate}"
            joined = await services.joining.resolve(f" {link}\n")
            assert (joined.url, joined.title) == (link, "Open house")
            by_code = await services.joining.resolve(room.session.code_label.upper())
            assert by_code.session_id == room.session.id
            bare = await services.joining.resolve(page.partition("/s/")[0])
            assert bare.session_id is None
            remembered = [each for each in await services.recent.search() if not each.hosted]
            assert [each.url for each in remembered] == [link.partition("#")[0]]
            with pytest.raises(ApiError):
                await services.joining.resolve(link.replace(room.session.id, "00000000"))

    on_qt(story())


def test_another_port_in_the_settings_moves_the_server(on_qt: RunOnQt, home: Home) -> None:
    async def story() -> None:
        async with home.app() as app:
            room = await app.services.hosting.host(HostRequest())
            await connected(room)
            before = app.supervisor.status.port
            changed = asyncio.Event()
            app.supervisor.changed.connect(lambda _, now: changed.set() if now.url else None)
            port = free_port()
            app.settings.update(port=port)
            async with asyncio.timeout(30):
                await changed.wait()
            await connected(room)
            assert app.supervisor.status.port == port != before
            assert all(f":{port}/" in link.url for link in room.links(Role.CANDIDATE))

    on_qt(story())
