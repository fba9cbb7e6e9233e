"""Discovery with real multicast on loopback, of sessions that a server shows."""

from __future__ import annotations

import gc
import secrets
from typing import TYPE_CHECKING

import pytest
from tests.desktop.listing_server import ListingServer, listing_server
from tests.desktop.support import until
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from codeinterview_desktop.core.advertisement import SERVICE_TYPE
from codeinterview_desktop.core.discovery import Discovery, NearbySession
from codeinterview_desktop.core.nearby_watch import NearbyPace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LOOPBACK = "127.0.0.1"
QUICK = NearbyPace(every_s=0.05, again_s=0.05, unanswered_s=(0.05,))


def make() -> Discovery:
    return Discovery([LOOPBACK], addresses=lambda: [LOOPBACK], pace=QUICK)


@pytest.fixture
async def server() -> AsyncIterator[ListingServer]:
    """The server of whatever is advertised here."""
    async with listing_server() as made:
        yield made


@pytest.fixture
async def here() -> AsyncIterator[Discovery]:
    discovery = make()
    await discovery.start()
    yield discovery
    await discovery.stop()


@pytest.fixture
async def there() -> AsyncIterator[Discovery]:
    discovery = make()
    await discovery.start()
    yield discovery
    await discovery.stop()


def seen(discovery: Discovery, session_id: str) -> NearbySession | None:
    """Other tests may advertise at the same time: only this one counts."""
    return next((each for each in discovery.nearby if each.session_id == session_id), None)


def new_id(*servers: ListingServer) -> str:
    """A session that these servers show."""
    session_id = secrets.token_hex(4)
    for each in servers:
        each.ids.append(session_id)
    return session_id


async def test_others_see_a_session_from_advertising_to_withdrawing(
    here: Discovery, there: Discovery, server: ListingServer
) -> None:
    session_id = new_id(server)
    await here.advertise(session_id, "Backend interview", "Ada", server.port)
    await until(there.nearby_changed, lambda: seen(there, session_id) is not None, "added")
    entry = seen(there, session_id)
    assert entry is not None
    assert (entry.title, entry.host_name) == ("Backend interview", "Ada")
    assert (entry.address, entry.port) == (LOOPBACK, server.port)

    await here.advertise(session_id, "Frontend interview", "Ada", server.port)

    def updated() -> bool:
        now = seen(there, session_id)
        return now is not None and now.title == "Frontend interview"

    await until(there.nearby_changed, updated, "updated")
    now = seen(there, session_id)
    assert now is not None
    assert now.key == entry.key

    await here.withdraw(session_id)
    await until(there.nearby_changed, lambda: seen(there, session_id) is None, "removed")
    assert seen(here, session_id) is None


async def test_a_title_that_comes_back_at_once_is_seen(
    here: Discovery, there: Discovery, server: ListingServer
) -> None:
    session_id = new_id(server)
    for title in ("One", "Two", "One", "Two"):
        await here.advertise(session_id, title, "Ada", server.port)

        def said(title: str = title) -> bool:
            entry = seen(there, session_id)
            return entry is not None and entry.title == title

        await until(there.nearby_changed, said, title)


async def test_what_the_server_at_the_address_does_not_show_is_not_nearby(
    here: Discovery, there: Discovery, server: ListingServer
) -> None:
    claimed, shown = new_id(), new_id(server)
    await here.advertise(claimed, "Claimed", "Ada", server.port)
    await here.advertise(shown, "Shown", "Ada", server.port)
    await until(there.nearby_changed, lambda: seen(there, shown) is not None)
    assert seen(there, claimed) is None
    server.ids.append(claimed)
    await until(there.nearby_changed, lambda: seen(there, claimed) is not None)


async def test_ones_own_sessions_are_not_nearby(
    here: Discovery, there: Discovery, server: ListingServer
) -> None:
    mine, theirs = new_id(server), new_id(server)
    await here.advertise(mine, "Mine", "Ada", server.port)
    await there.advertise(theirs, "Theirs", "Bob", server.port)
    await until(here.nearby_changed, lambda: seen(here, theirs) is not None)
    await until(there.nearby_changed, lambda: seen(there, mine) is not None)
    assert seen(here, mine) is None
    assert seen(there, theirs) is None


async def test_who_starts_later_sees_what_is_advertised_already(
    here: Discovery, server: ListingServer
) -> None:
    session_id = new_id(server)
    await here.advertise(session_id, "Early", "Ada", server.port)
    late = make()
    await late.start()
    try:
        await until(late.nearby_changed, lambda: seen(late, session_id) is not None)
    finally:
        await late.stop()


async def test_stopping_withdraws_everything(there: Discovery, server: ListingServer) -> None:
    here = make()
    await here.start()
    ids = [new_id(server), new_id(server)]
    for session_id in ids:
        await here.advertise(session_id, "Gone soon", "Ada", server.port)
    await until(there.nearby_changed, lambda: all(seen(there, each) for each in ids))
    await here.stop()
    await here.stop()
    await until(there.nearby_changed, lambda: not any(seen(there, each) for each in ids))


async def test_after_a_change_of_networks_sessions_are_advertised_again(there: Discovery) -> None:
    addresses = [LOOPBACK]
    here = Discovery([LOOPBACK], addresses=lambda: addresses)
    await here.start()
    try:
        async with listing_server(host="0.0.0.0") as server:
            session_id = new_id(server)
            await here.advertise(session_id, "Moves", "Ada", server.port)
            await until(there.nearby_changed, lambda: seen(there, session_id) is not None)
            addresses[:] = ["127.0.0.2"]
            await here.refresh()

            def moved() -> bool:
                entry = seen(there, session_id)
                return entry is not None and entry.address == "127.0.0.2"

            await until(there.nearby_changed, moved)
    finally:
        await here.stop()


async def test_after_a_change_of_networks_others_are_found_again(
    here: Discovery, there: Discovery, server: ListingServer
) -> None:
    session_id = new_id(server)
    await here.advertise(session_id, "Stays", "Ada", server.port)
    await until(there.nearby_changed, lambda: seen(there, session_id) is not None)
    heard: list[bool] = []
    there.nearby_changed.connect(lambda _: heard.append(seen(there, session_id) is not None))
    await there.refresh()
    await until(there.nearby_changed, lambda: seen(there, session_id) is not None)
    assert heard[0] is False


async def test_two_hosts_of_the_same_name_show_sessions_of_the_same_title(
    here: Discovery, there: Discovery, server: ListingServer
) -> None:
    late = make()
    await late.start()
    try:
        async with listing_server() as other:
            one, two = new_id(server), new_id(other)
            await here.advertise(one, "Backend interview", "Ada", server.port)
            await there.advertise(two, "Backend interview", "Ada", other.port)
            await until(late.nearby_changed, lambda: bool(seen(late, one) and seen(late, two)))
            await here.withdraw(one)
            await until(late.nearby_changed, lambda: seen(late, one) is None)
            assert seen(late, two) is not None
    finally:
        await late.stop()


async def test_hostile_entries_are_ignored_and_harm_nothing(
    here: Discovery, there: Discovery, server: ListingServer
) -> None:
    """Advertised by plain zeroconf, as anybody on the network can."""
    good, marker = new_id(server), secrets.token_hex(4)
    records: list[dict[str, str | bytes | None]] = [
        {"v": "1", "id": "../../etc", "title": marker, "host": "x"},
        {"v": "9", "id": new_id(), "title": marker, "host": "x"},
        {"v": "1", "id": new_id(), "title": b"\xff\xfe" + marker.encode(), "host": "x"},
        {"v": "1", "id": new_id()},
        {},
    ]
    other = AsyncZeroconf(interfaces=[LOOPBACK])
    try:
        for number, record in enumerate(records):
            info = AsyncServiceInfo(
                SERVICE_TYPE,
                f"{marker}-{number}.{SERVICE_TYPE}",
                port=server.port,
                properties=record,
                server=f"{marker}.local.",
                parsed_addresses=[LOOPBACK],
            )
            await (await other.async_register_service(info, cooperating_responders=True))
        await there.advertise(good, "Good", "Bob", server.port)
        await until(here.nearby_changed, lambda: seen(here, good) is not None)
        assert not [each for each in here.nearby if marker in each.title or marker in each.key]
    finally:
        await other.async_unregister_all_services()
        await other.async_close()


# zeroconf leaves a socket to the garbage collector when it cannot start.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
async def test_without_a_network_it_says_so_and_goes_on() -> None:
    discovery = Discovery(["192.0.2.77"])
    heard: list[str] = []
    discovery.failed.connect(heard.append)
    await discovery.start()
    await discovery.advertise(new_id(), "Nobody hears", "Ada", 8765)
    await discovery.stop()
    assert len(heard) == 1
    assert heard[0].endswith(".")
    assert not discovery.nearby
    gc.collect()
