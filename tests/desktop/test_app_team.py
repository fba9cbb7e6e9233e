"""The app's logic with a team's server: signing in, hosting there, copying both ways."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.desktop.keyrings import MemoryKeyring, used
from tests.desktop.support import seen, until
from tests.desktop.team_server import Team, team_server
from tests.desktop.test_app_hosting import Home, connected, home, join

from codeinterview_desktop.core.addresses import AddressKind
from codeinterview_desktop.core.api import ApiError, ServerApi
from codeinterview_desktop.core.copying import CopyProgress, CopyStep
from codeinterview_desktop.core.hosting import HostRequest
from codeinterview_desktop.core.key_store import SERVICE, KeyringUnusableError
from codeinterview_desktop.core.places import Place, SessionRef
from codeinterview_desktop.core.supervisor import ServerAwayError
from codeinterview_desktop.core.team import TeamState
from codeinterview_desktop.core.team_address import parse_team_address
from codeinterview_desktop.core.values import Phase, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codeinterview_desktop.app import DesktopApp

    RunOnQt = Callable[..., Any]

__all__ = ["home"]


@pytest.fixture(scope="module")
def team() -> Iterator[Team]:
    with team_server() as made:
        yield made


async def sign_in(app: DesktopApp, team: Team, key: str, *, keep: bool = True) -> None:
    await app.services.team.sign_in(parse_team_address(team.origin), key, keep=keep)


def test_signing_in_is_kept_in_the_keyring_and_nowhere_else(
    on_qt: RunOnQt, home: Home, team: Team, keyring: MemoryKeyring
) -> None:
    key = team.add_key("ada")

    async def first() -> None:
        async with home.app() as app:
            status = app.services.team.status
            assert (status.state, status.is_signed_in) == (TeamState.SIGNED_OUT, False)
            with pytest.raises(ServerAwayError, match="Sign in"):
                await app.services.hosting.host(HostRequest(place=Place.TEAM))
            await sign_in(app, team, key)
            status = app.services.team.status
            assert status.account is not None
            assert (status.state, status.account.name) == (TeamState.READY, "ada")
            assert not status.account.administrator
            assert status.version_note == ""
            assert keyring.kept == {(SERVICE, team.origin): key}

    async def again() -> None:
        async with home.app() as app:
            signed = app.services.team
            await until(signed.changed, lambda: signed.status.state is TeamState.READY, "ready")
            assert signed.status.account is not None
            assert signed.status.account.name == "ada"
            await signed.sign_out()
            assert signed.status.state is TeamState.SIGNED_OUT
            assert signed.url is None
            assert keyring.kept == {}

    async def out() -> None:
        async with home.app() as app:
            assert app.services.team.status.origin is None

    on_qt(first())
    on_qt(again())
    on_qt(out())
    assert_nowhere(home, key)


def assert_nowhere(home: Home, *secrets: str) -> None:
    for file in home.folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert not any(each.encode() in content for each in secrets), file


def test_without_a_keyring_it_is_for_this_run_only(on_qt: RunOnQt, home: Home, team: Team) -> None:
    key = team.add_key("no-keyring")

    async def first() -> None:
        async with home.app() as app:
            with pytest.raises(KeyringUnusableError, match="no keyring"):
                await sign_in(app, team, key)
            assert not app.services.team.status.is_signed_in
            await sign_in(app, team, key, keep=False)
            assert app.services.team.status.state is TeamState.READY
            assert not app.services.team.status.is_kept

    async def again() -> None:
        async with home.app() as app:
            # The address is no secret, and is there to sign in again.
            status = app.services.team.status
            assert (status.state, status.origin) == (TeamState.SIGNED_OUT, team.origin)

    on_qt(first())
    on_qt(again())
    assert_nowhere(home, key)


def test_what_is_no_good_key_or_server_changes_nothing(
    on_qt: RunOnQt, home: Home, team: Team, keyring: MemoryKeyring, unused_tcp_port: int
) -> None:
    key = team.add_key("grace")

    async def story() -> None:
        async with home.app() as app:
            await sign_in(app, team, key)
            before = app.services.team.status
            with pytest.raises(ApiError, match="does not know this key"):
                await sign_in(app, team, "made-up")
            with pytest.raises(ApiError, match="does not answer"):
                await app.services.team.sign_in(
                    parse_team_address(f"http://127.0.0.1:{unused_tcp_port}"), key, keep=True
                )
            assert app.services.team.status == before
            assert keyring.kept == {(SERVICE, team.origin): key}

    on_qt(story())


def test_a_locked_keyring_at_the_start_is_said(
    on_qt: RunOnQt, home: Home, team: Team, keyring: MemoryKeyring
) -> None:
    key = team.add_key("locked")

    async def first() -> None:
        async with home.app() as app:
            await sign_in(app, team, key)

    async def again() -> None:
        keyring.is_locked = True
        async with home.app() as app:
            signed = app.services.team
            await until(signed.changed, lambda: bool(signed.status.problem), "problem")
            assert "Unlock" in signed.status.problem
            keyring.is_locked = False
            await signed.restore()
            assert signed.status.state is TeamState.READY

    on_qt(first())
    on_qt(again())


@pytest.fixture(params=["at the root", "below a path"])
def some_team(request: pytest.FixtureRequest, team: Team) -> Iterator[Team]:
    if request.param == "at the root":
        yield team
        return
    with team_server("/inter/views") as below:
        yield below


def test_an_interview_on_the_team_server(
    on_qt: RunOnQt, home: Home, some_team: Team, keyring: MemoryKeyring
) -> None:
    team = some_team
    key = team.add_key("hedy")

    async def story() -> None:
        async with home.app() as app:
            await sign_in(app, team, key)
            hosting = app.services.hosting
            request = HostRequest(title="On the team server", place=Place.TEAM)
            room = await hosting.host(request)
            assert room.ref == SessionRef(room.session.id, Place.TEAM)
            await connected(room)
            (link,) = room.links(Role.CANDIDATE)
            assert link.url.startswith(f"{team.public_url}/i/{room.session.id}#")
            assert link.address.kind is AddressKind.TEAM
            assert room.page_url == f"{team.origin}/s/{room.session.id}"

            # Its page gets the seat there, and no key.
            credential = room.web_credential
            assert credential is not None
            assert (credential.origin, credential.host_key) == (team.origin, None)
            async with ServerApi(team.origin, credential.token) as seat:
                me = await seat.me()
                assert (me.is_host, me.session_id) == (False, room.session.id)

            waiting = await join(f"{team.origin}/i/{room.session.id}", "Grace")
            assert waiting["status"] == "waiting"
            await until(room.watch.changed, lambda: bool(room.watch.state.lobby), "knock")
            await room.admit(waiting["participant"]["id"])
            await until(
                room.watch.changed, lambda: len(room.watch.state.participants) == 2, "admitted"
            )

            # It is nobody else's, and not on this computer.
            found = await app.services.recent.search("team server")
            assert [(each.ref, each.owner) for each in found] == [(room.ref, None)]
            own = await app.services.recent._server(5.0)
            with pytest.raises(ApiError):
                await own.session(room.session.id)
            assert (await hosting.reopen(room.session.id, Place.TEAM)) is room

            await hosting.close(room.session.id, Place.TEAM)
            again = await hosting.reopen(room.session.id, Place.TEAM)
            assert again.web_credential is not None
            assert again.web_credential.token == credential.token
            await hosting.end(room.session.id, Place.TEAM)
            assert hosting.rooms == ()
            async with ServerApi(team.origin, None) as anybody:
                assert (await anybody.preview(room.session.id)).phase is Phase.ENDED
            await hosting.delete(room.session.id, Place.TEAM)
            assert await app.services.recent.search("team server") == ()

    on_qt(story())


def test_signing_out_closes_what_is_open_there_and_forgets_its_seats(
    on_qt: RunOnQt, home: Home, team: Team, keyring: MemoryKeyring
) -> None:
    key = team.add_key("out")

    async def story() -> None:
        async with home.app() as app:
            await sign_in(app, team, key)
            hosting = app.services.hosting
            here = await hosting.host(HostRequest(title="Here"))
            there = await hosting.host(HostRequest(title="There", place=Place.TEAM))
            seat = there.web_credential
            assert seat is not None
            await app.services.team.sign_out()
            await until(hosting.rooms_changed, lambda: hosting.rooms == (here,), "closed")
            assert [each.title for each in await app.services.recent.search()] == ["Here"]
            seats.append(seat.token)
            # It goes on for whoever is in it.
            async with ServerApi(team.origin, None) as anybody:
                assert (await anybody.preview(there.session.id)).phase is Phase.OPEN

    seats: list[str] = []
    on_qt(story())
    assert_nowhere(home, key, *seats)


def test_a_revoked_key_ends_the_account(
    on_qt: RunOnQt, home: Home, team: Team, keyring: MemoryKeyring
) -> None:
    key = team.add_key("mallory")

    async def story() -> None:
        async with home.app() as app:
            signed = app.services.team
            await sign_in(app, team, key)
            room = await app.services.hosting.host(HostRequest(place=Place.TEAM))
            await connected(room)
            await asyncio.to_thread(team.revoke, "mallory")
            # Whatever is asked next finds out.
            with pytest.raises(ApiError):
                await app.services.hosting.host(HostRequest(place=Place.TEAM))
            await until(signed.changed, lambda: signed.status.state is TeamState.REFUSED, "refused")
            assert "revoked" in signed.status.problem
            assert not signed.status.is_signed_in
            assert signed.url is None
            assert keyring.kept == {}
            await seen(lambda: app.services.hosting.rooms == (), "rooms closed")
            with pytest.raises(ServerAwayError, match="revoked"):
                await app.services.hosting.host(HostRequest(place=Place.TEAM))

    on_qt(story())
    assert_nowhere(home, key)


def test_a_server_that_is_away_is_reached_again(
    on_qt: RunOnQt, home: Home, keyring: MemoryKeyring
) -> None:
    async def story(team: Team, key: str) -> None:
        async with home.app() as app:
            signed = app.services.team
            signed._retry_every_s = 0.1
            await sign_in(app, team, key)
            room = await app.services.hosting.host(HostRequest(title="Goes on", place=Place.TEAM))
            await connected(room)
            await asyncio.to_thread(team.server.stop)
            with pytest.raises(ApiError, match="does not answer"):
                await app.services.hosting.host(HostRequest(place=Place.TEAM))
            await until(
                signed.changed, lambda: signed.status.state is TeamState.UNREACHABLE, "away"
            )
            assert signed.status.is_signed_in
            # What is on this computer is listed without it.
            await app.services.hosting.host(HostRequest(title="Here"))
            assert [each.title for each in await app.services.recent.search()] == ["Here"]
            await asyncio.to_thread(team.server.start)
            await until(signed.changed, lambda: signed.status.state is TeamState.READY, "back")
            await connected(room)
            assert len(await app.services.recent.search()) == 2

    with team_server() as team:
        on_qt(story(team, team.add_key("ada")), timeout_s=90)


def test_sessions_are_copied_both_ways(
    on_qt: RunOnQt, home: Home, team: Team, keyring: MemoryKeyring
) -> None:
    key = team.add_key("copy")

    async def code_of(origin: str, token: str, session_id: str) -> str:
        async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
            answer = await client.get(
                f"{origin}/api/v1/sessions/{session_id}",
                headers={"Authorization": f"Bearer {token}"},
            )
        answer.raise_for_status()
        text: str = answer.json()["data"]["code"]
        return text

    async def story() -> None:
        async with home.app() as app:
            await sign_in(app, team, key)
            hosting, copying = app.services.hosting, app.services.copying
            room = await hosting.host(HostRequest(title="Copied", place=Place.TEAM))
            seat = room.web_credential
            assert seat is not None
            async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
                written = await client.put(
                    f"{team.origin}/api/v1/sessions/{room.session.id}/code",
                    headers={"Authorization": f"Bearer {seat.token}"},
                    json={"code": "typed a moment ago"},
                )
                written.raise_for_status()

            steps: list[CopyProgress] = []
            down = await copying.copy(room.ref, steps.append)
            assert down == SessionRef(room.session.id, Place.HERE)
            order = list(dict.fromkeys(each.step for each in steps))
            assert order == list(CopyStep)
            fetched = [each for each in steps if each.step is CopyStep.FETCHING]
            assert fetched[-1].done_bytes == fetched[-1].total_bytes

            # Both are open under the same code, and are different rooms.
            here = await hosting.reopen(down.session_id)
            assert here is not room
            assert {each.ref for each in hosting.rooms} == {room.ref, down}
            own = here.web_credential
            assert own is not None
            assert await code_of(own.origin, own.token, down.session_id) == "typed a moment ago"
            assert own.token != seat.token

            up = await copying.copy(down, steps.append)
            assert up.place is Place.TEAM
            assert up.session_id != down.session_id
            found = await app.services.recent.search("Copied")
            assert {each.ref for each in found} == {room.ref, down, up}
            there = await hosting.reopen(up.session_id, Place.TEAM)
            theirs = there.web_credential
            assert theirs is not None
            text = await code_of(theirs.origin, theirs.token, up.session_id)
            assert text == "typed a moment ago"
            assert not list(home.paths.data.glob("tmp*"))

    on_qt(story())


def test_a_copy_that_is_cancelled_or_refused_leaves_everything(
    on_qt: RunOnQt, home: Home, team: Team, keyring: MemoryKeyring
) -> None:
    key = team.add_key("cancel")

    async def story() -> None:
        async with home.app() as app:
            await sign_in(app, team, key)
            hosting, copying = app.services.hosting, app.services.copying
            room = await hosting.host(HostRequest(title="Stays", place=Place.TEAM))

            def stop(progress: CopyProgress) -> None:
                if progress.step is CopyStep.FETCHING:
                    copy.cancel()

            copy = asyncio.create_task(copying.copy(room.ref, stop))
            with pytest.raises(asyncio.CancelledError):
                await copy
            with pytest.raises(ApiError):
                await copying.copy(SessionRef("00000000", Place.TEAM), print)
            assert [each.ref for each in await app.services.recent.search()] == [room.ref]
            await app.services.team.sign_out()
            with pytest.raises(ServerAwayError, match="Sign in"):
                await copying.copy(room.ref, print)

    on_qt(story())


def test_without_any_keyring_nothing_is_asked_of_one_at_the_start(
    on_qt: RunOnQt, home: Home, team: Team
) -> None:
    """A key from a time with a keyring is gone with it, and the app says nothing of it."""
    kept = MemoryKeyring()

    async def first() -> None:
        async with home.app() as app:
            await sign_in(app, team, team.add_key("lost"))

    async def again() -> None:
        async with home.app() as app:
            await app.services.team.restore()
            status = app.services.team.status
            assert (status.state, status.problem) == (TeamState.SIGNED_OUT, "")

    with used(kept):
        on_qt(first())
    on_qt(again())
