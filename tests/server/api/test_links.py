"""A server that is told of its tunnels answers to their names, and says how a request came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.server.stage import Stage, error, staged
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

if TYPE_CHECKING:
    from pathlib import Path

    from codeinterview_server.db.engine import Database

TUNNEL = "https://quiet-river.trycloudflare.example"
PORT = "http://203.0.113.9:9001"


def link(url: str, *, forwarded: bool = False) -> dict[str, Any]:
    return {"url": url, "kind": "tunnel", "forwarded": forwarded}


async def put(stage: Stage, *links: dict[str, Any]) -> None:
    await stage.ask("PUT", "/links", stage.run_key, json={"links": list(links)})


async def came(stage: Stage, host: str | None = None, **headers: str) -> tuple[str, bool, str]:
    """What the server says of how a request came."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if host is not None:
        given["Host"] = host
    answer = await stage.ask("GET", "/connection", headers=given)
    assert answer.pop("success") is True
    assert set(answer) == {"path", "secure", "address"}
    return answer["path"], answer["secure"], answer["address"]


async def test_links_are_replaced_whole(stage: Stage) -> None:
    assert await stage.ask("GET", "/links", stage.host_key) == {"success": True, "links": []}
    body = {"links": [link(TUNNEL.upper() + ":443/", forwarded=True), {"url": PORT}]}
    answer = await stage.ask("PUT", "/links", stage.host_key, json=body)
    assert answer == {"success": True, "links": [link(TUNNEL, forwarded=True), link(PORT)]}
    assert await stage.ask("GET", "/links", stage.host_key) == answer
    await put(stage, link(PORT))
    assert (await stage.ask("GET", "/links", stage.host_key))["links"] == [link(PORT)]
    await put(stage)
    assert (await stage.ask("GET", "/links", stage.host_key))["links"] == []


@pytest.mark.parametrize(
    "links",
    [
        [link("https://a.example/path")],
        [link("https://me@a.example")],
        [link("a.example")],
        [link("https://" + "a" * 3000)],
        [{**link(TUNNEL), "kind": "bridge"}],
        [{**link(TUNNEL), "forwarded": "yes"}],
        [{"kind": "tunnel"}],
        [link(TUNNEL)] * 9,
        "none",
    ],
    ids=lambda links: str(links)[:40],
)
async def test_what_is_no_link_changes_nothing(stage: Stage, links: object) -> None:
    await put(stage, link(PORT))
    answer = await stage.call("PUT", "/links", stage.host_key, json={"links": links})
    assert error(answer) == (422, "VALIDATION_FAILED")
    assert (await stage.ask("GET", "/links", stage.host_key))["links"] == [link(PORT)]


async def test_a_links_name_and_pages_are_the_servers_own_while_there_is_the_link(
    stage: Stage,
) -> None:
    body = {"creator": {"id": "c", "name": "C", "color": ""}}
    own = {"Host": TUNNEL.removeprefix("https://"), "Origin": TUNNEL}
    port = int(stage.origin.rsplit(":", 1)[1])

    async def create(headers: dict[str, str]) -> int:
        answer = await stage.call("POST", "/sessions", stage.host_key, json=body, headers=headers)
        return answer.status_code

    async def opens() -> bool:
        try:
            url = f"ws://{own['Host']}/ws/sessions/00000000"
            socket = await connect(url, origin=Origin(TUNNEL), host="127.0.0.1", port=port)
        except InvalidStatus:
            return False
        await socket.close()
        return True

    assert await create(own) == 400
    assert not await opens()
    await put(stage, link(TUNNEL), link(PORT))
    assert await create(own) == 201
    assert await create({**own, "Host": own["Host"] + ":443"}) == 201
    # A tunnel's end may call the server by another name than the browser did.
    assert await create({"Origin": TUNNEL}) == 201
    assert await create({**own, "Host": own["Host"] + ":8443"}) == 400
    assert await create({"Origin": TUNNEL + ".evil.example"}) == 403
    assert await create({"Origin": TUNNEL.replace("https", "http")}) == 403
    assert await opens()
    await put(stage)
    assert await create(own) == 400
    assert not await opens()


async def test_the_way_here_is_told(stage: Stage) -> None:
    here = ("this_device", False, "127.0.0.1")
    assert await came(stage) == here
    assert await came(stage, X_Forwarded_For="192.0.2.7", X_Forwarded_Proto="https") == here
    await put(stage, link(TUNNEL, forwarded=True), link(PORT))
    assert await came(stage) == here
    assert await came(stage, X_Forwarded_For="192.0.2.7", X_Forwarded_Proto="https") == here
    name = TUNNEL.removeprefix("https://")
    assert await came(stage, name) == ("tunnel", True, "127.0.0.1")
    headers = {"X_Forwarded_For": "192.0.2.7", "X_Forwarded_Proto": "http"}
    assert await came(stage, name, **headers) == ("tunnel", False, "192.0.2.7")
    # An SSH tunnel hands on what the browser says, so nothing of it is believed.
    plain = ("tunnel", False, "127.0.0.1")
    headers = {"X_Forwarded_For": "192.0.2.7", "X_Forwarded_Proto": "https"}
    assert await came(stage, "203.0.113.9:9001", **headers) == plain
    assert await came(stage, "203.0.113.9", **headers) == here


async def test_whoever_comes_through_a_tunnel_that_says_who_is_counted_for_themselves(
    database: Database, data_dir: Path
) -> None:
    async with staged(database, data_dir, previews_per_minute=1) as stage:
        interview = await stage.create()
        await put(stage, link(TUNNEL, forwarded=True))

        async def look(address: str, host: str | None = TUNNEL.removeprefix("https://")) -> int:
            headers = {"X-Forwarded-For": f"198.51.100.1, {address}"}
            if host is not None:
                headers["Host"] = host
            path = f"/sessions/{interview.id}/preview"
            return (await stage.call("GET", path, headers=headers)).status_code

        assert await look("192.0.2.7") == 200
        assert await look("192.0.2.7") == 429
        assert await look("192.0.2.8") == 200
        # By another name the same headers are anybody's claim.
        assert await look("192.0.2.9", None) == 200
        assert await look("192.0.2.10", None) == 429
