"""A machine's `.local` name with real multicast on loopback: found, given, or another one."""

from __future__ import annotations

import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from tests.desktop.support import until
from zeroconf import AddressResolver, DNSQuestionType  # type: ignore[attr-defined]
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from codeinterview_desktop.core.local_name import LocalName, host_label
from codeinterview_desktop.core.tasks import BackgroundTasks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PORT = 8765


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("ines-laptop", "ines-laptop"),
        ("Ines-MacBook.local", "ines-macbook"),
        ("DESKTOP_7", "desktop-7"),
        ("Inés’ Büro", "in-s-b-ro"),
        ("build.example.org", "build"),
        ("a" * 80, "a" * 56),
        ("-x-", "x"),
        ("localhost", None),
        ("localhost.localdomain", None),
        ("", None),
        ("東京", None),
    ],
)
def test_a_host_name_as_a_label(name: str, label: str | None) -> None:
    assert host_label(name) == label


@asynccontextmanager
async def network() -> AsyncIterator[AsyncZeroconf]:
    zeroconf = AsyncZeroconf(interfaces=["127.0.0.1"])
    await zeroconf.zeroconf.async_wait_for_start()
    yield zeroconf
    await zeroconf.async_unregister_all_services()
    await zeroconf.async_close()


@asynccontextmanager
async def machine(label: str, address: str) -> AsyncIterator[LocalName]:
    """A machine of this name and address that shows sessions."""
    tasks = BackgroundTasks()
    async with network() as zeroconf:
        name = LocalName(tasks, lambda: [address], label)
        name.open(zeroconf)
        await name.want(PORT)
        yield name
        await name.close()
        await name.close()
    await tasks.stop()


async def named(name: LocalName, wanted: str | None) -> None:
    await until(name.changed, lambda: name.name == wanted, f"{wanted}, not {name.name}")


async def holders(label: str) -> list[str]:
    """Where the name leads, as any machine asks."""
    async with network() as zeroconf:
        resolver = AddressResolver(f"{label}.local.")
        await resolver.async_request(zeroconf.zeroconf, 2000, DNSQuestionType.QM)
        addresses: list[str] = resolver.parsed_addresses()
        return addresses


@pytest.fixture
def label() -> str:
    """A name that no other test has."""
    return f"test-{secrets.token_hex(4)}"


async def test_a_name_is_given_while_there_is_something_to_find(label: str) -> None:
    async with machine(label, "10.1.1.1") as name:
        await named(name, f"{label}.local")
        assert await holders(label) == ["10.1.1.1"]
        await name.want(None)
        assert name.name is None
        assert await holders(label) == []
        await name.want(PORT)
        await named(name, f"{label}.local")
    assert name.name is None
    assert await holders(label) == []


async def test_a_name_that_another_machine_has_is_left_to_it(label: str) -> None:
    async with machine(label, "10.1.1.1") as first:
        await named(first, f"{label}.local")
        async with machine(label, "10.1.1.2") as second:
            await named(second, f"{label}-2.local")
            async with machine(label, "10.1.1.3") as third:
                await named(third, f"{label}-3.local")
        assert first.name == f"{label}.local"


@pytest.mark.parametrize("by", ["10.1.1.1", "127.0.0.1"])
async def test_a_name_that_the_system_gives_already_is_used_and_not_touched(
    label: str, by: str
) -> None:
    """On each interface a system answers with the addresses that it has there."""
    async with network() as system:
        info = AsyncServiceInfo(
            "_workstation._tcp.local.",
            f"{label}._workstation._tcp.local.",
            port=9,
            server=f"{label}.local.",
            parsed_addresses=[by],
        )
        await (await system.async_register_service(info, cooperating_responders=True))
        async with machine(label, "10.1.1.1") as name:
            await named(name, f"{label}.local")
        # Had it been ours too, our leaving would have taken it along.
        assert await holders(label) == [by]


async def test_of_two_that_took_a_name_at_the_same_moment_one_takes_another(label: str) -> None:
    async with machine(label, "10.1.1.1") as one, machine(label, "10.1.1.2") as two:
        await until(two.changed, lambda: two.name == f"{label}.local")
        await until(one.changed, lambda: one.name == f"{label}-2.local")
        assert sorted(await holders(label)) == ["10.1.1.2"]
