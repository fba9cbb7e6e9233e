"""Browsers on the network: by the host's `.local` name, and where only IPv6's own addresses are."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect
from tests.lan.apps import app
from tests.support.browser import chromium, new_person
from tests.support.namespaces import Host, switch, why_not_permitted
from tests.support.room_page import RoomPage

if TYPE_CHECKING:
    from collections.abc import Iterator

REASON = why_not_permitted()
pytestmark = [
    pytest.mark.lan,
    pytest.mark.skipif(REASON is not None, reason=REASON or "network namespaces are permitted"),
]

PEER = Path(__file__).with_name("peer.py")
HOSTILE = '<img src=x onerror="alert(1)"> ' + "W" * 120


@pytest.fixture
def hosts() -> Iterator[tuple[Host, ...]]:
    with switch("10.79.0.1", "10.79.0.2") as two:
        yield two


def browser_on(host: Host, folder: Path) -> str:
    """A Chromium that runs on this host."""
    wrapper = folder / f"chromium-{host.namespace}"
    wrapper.write_text(f'#!/bin/sh\nexec {" ".join(host.wrapper)} chromium "$@"\n')
    wrapper.chmod(0o755)
    return str(wrapper)


def resolve(host: Host, name: str) -> list[str]:
    """Where a `.local` name leads for this host."""
    done = subprocess.run(
        [*host.wrapper, sys.executable, str(PEER), "resolve", name],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    addresses: list[str] = json.loads(done.stdout)
    return addresses


async def test_the_page_at_the_hosts_name_lists_what_the_host_shows_and_leads_to_its_lobby(
    hosts: tuple[Host, ...], tmp_path: Path
) -> None:
    a, b = hosts
    with app(a) as one:
        shown, hostile, hidden = [
            one.do("host", title) for title in ("Backend interview", HOSTILE, "Hidden")
        ]
        one.do("show", hidden, False)
        one.until(lambda: one.name, "a local name")
        name = one.name
        assert name is not None
        assert a.address in await asyncio.to_thread(resolve, b, name)
        rule = f"--host-resolver-rules=MAP {name} {a.address}"
        origin = f"http://{name}:{one.port}"
        async with chromium(browser_on(b, tmp_path), (rule,)) as browser:
            cem = RoomPage(await new_person(browser))
            await cem.page.goto(f"{origin}/")
            listed = cem.page.get_by_role("region", name="Open on this network")
            await expect(listed.get_by_role("link")).to_have_count(2)
            titles = await listed.get_by_role("link").all_inner_texts()
            assert "Backend interview" in titles
            assert any(title.startswith("<img src=x") for title in titles)
            assert await listed.locator("img").count() == 0
            # What ends is listed no more, without anybody touching the page.
            one.do("end", hostile)
            await expect(listed.get_by_role("link")).to_have_count(1)
            await listed.get_by_role("link", name="Backend interview").click()
            await expect(cem.page.get_by_label("Your name")).to_be_visible()
            assert cem.page.url == f"{origin}/i/{shown}"
            assert cem.complaints() == []
            assert cem.person.foreign_requests(origin) == []


async def test_where_there_is_nothing_but_link_local_ipv6_one_joins_from_nearby(
    tmp_path: Path,
) -> None:
    with switch("", "") as (a, b), app(a) as one, app(b, "Cem") as viewer:
        hosted = one.do("host", "No router here")
        viewer.until(lambda: viewer.nearby, "something nearby")
        ((session_id, title, host, address),) = viewer.nearby
        assert (session_id, title, host) == (hosted, "No router here", "Ines")
        plain, _, zone = address.partition("%")
        assert plain == a.link_local()
        assert zone
        # Browsers know no zones, so the app goes between.
        url = viewer.do("join", hosted)
        assert urlsplit(url).hostname == "127.0.0.1"
        invite = urlsplit(one.do("links", hosted)[0]).fragment
        async with chromium(browser_on(b, tmp_path)) as browser:
            cem = RoomPage(await new_person(browser))
            await cem.enter(f"{url}#{invite}", "Cem")
            await cem.focus_editor()
            await cem.type("# typed by link-local IPv6")
            await expect(cem.status("saved")).to_have_text("Saved")
            assert cem.complaints() == []
