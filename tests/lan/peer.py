"""What one host of the LAN tests does, run inside its network namespace.

`peer.py request METHOD URL KEY [JSON]` prints the answer's body; `peer.py advertise ID TITLE HOST
PORT` prints `advertised` and withdraws when stdin closes; `peer.py browse` prints the sessions of
others as one JSON line after every change, until stdin closes; `peer.py resolve NAME` prints the
addresses of a `.local` name.
"""

from __future__ import annotations

import asyncio
import json
import sys
from functools import partial

import httpx
from zeroconf import AddressResolver, InterfaceChoice  # type: ignore[attr-defined]
from zeroconf.asyncio import AsyncZeroconf

from codeinterview_desktop.core.addresses import advertised_addresses
from codeinterview_desktop.core.discovery import Discovery, NearbySession


async def _stdin_closes() -> None:
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


async def _advertise(session_id: str, title: str, host_name: str, port: str) -> None:
    discovery = Discovery(addresses=partial(advertised_addresses, ipv6=True))
    await discovery.start()
    await discovery.advertise(session_id, title, host_name, int(port))
    print("advertised", flush=True)
    await _stdin_closes()
    own = [entry for entry in discovery.nearby if entry.session_id == session_id]
    await discovery.stop()
    print(f"own sessions nearby: {len(own)}", flush=True)


async def _browse() -> None:
    discovery = Discovery()

    def show(entries: tuple[NearbySession, ...]) -> None:
        line = [[each.session_id, each.title, each.host_name, each.address] for each in entries]
        print(json.dumps(line), flush=True)

    discovery.nearby_changed.connect(show)
    await discovery.start()
    print("[]", flush=True)
    await _stdin_closes()
    await discovery.stop()


async def _resolve(name: str) -> None:
    """Print where a `.local` name leads, as a system with mDNS finds it."""
    async with AsyncZeroconf(interfaces=InterfaceChoice.All) as zeroconf:
        resolver = AddressResolver(f"{name}.")
        await resolver.async_request(zeroconf.zeroconf, 5000)
        print(json.dumps(resolver.parsed_addresses()))


def _request(method: str, url: str, key: str, body: str = "null") -> None:
    response = httpx.request(
        method,
        url,
        headers={"Authorization": f"Bearer {key}"} if key else {},
        json=json.loads(body),
        timeout=30,
        trust_env=False,
    )
    response.raise_for_status()
    print(response.text)


def main(words: list[str]) -> None:
    match words:
        case ["request", *rest]:
            _request(*rest)
        case ["advertise", *rest]:
            asyncio.run(_advertise(*rest))
        case ["resolve", name]:
            asyncio.run(_resolve(name))
        case ["browse"]:
            asyncio.run(_browse())


main(sys.argv[1:])
