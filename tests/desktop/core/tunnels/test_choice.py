"""What the form of a tunnel holds: what it leads to, what is wrong with it, what is kept of it."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codeinterview_desktop.core.settings import SettingsStore
from codeinterview_desktop.core.tunnels.choice import (
    ChoiceError,
    RouteKind,
    TunnelChoice,
    TunnelKind,
    parse_choice,
)
from codeinterview_desktop.core.tunnels.ssh_target import (
    SshTarget,
    route_behind_proxy,
    route_by_port,
    route_by_service,
)

if TYPE_CHECKING:
    from typing import Any

GATE = TunnelChoice(host="gate.example.org:2222", user="ines")
PROXY = replace(GATE, route=RouteKind.PROXY, proxy_port=8080, link="https://interview.example.org")
SERVICE = replace(GATE, route=RouteKind.SERVICE, domain="example.org", name="ines")


def test_a_choice_leads_where_the_form_says() -> None:
    assert GATE.target == SshTarget("gate.example.org", 2222, "ines")
    assert GATE.ssh_route == route_by_port(0)
    assert PROXY.ssh_route == route_behind_proxy(8080, "https://interview.example.org")
    assert SERVICE.ssh_route == route_by_service("example.org", "ines")
    assert GATE.key_path is None
    assert replace(GATE, key_file="/keys/gate").key_path == Path("/keys/gate")
    # Who pastes `user@host` need not fill in the user, and one that is filled in counts.
    assert replace(GATE, host="ada@gate", user="").target.user == "ada"
    assert replace(GATE, host="ada@gate").target.user == "ines"


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        (TunnelChoice(), "host"),
        (replace(GATE, host="two words"), "host"),
        (replace(GATE, host="gate:99999"), "host"),
        (replace(GATE, user="a b"), "user"),
        (replace(GATE, port=65536), "port"),
        (replace(PROXY, link=""), "link"),
        (replace(PROXY, link="https://a.example/path"), "link"),
        (replace(PROXY, proxy_port=0), "proxy_port"),
        (replace(SERVICE, domain=""), "domain"),
        (replace(SERVICE, name="a.b"), "name"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(choice: TunnelChoice, field: str) -> None:
    with pytest.raises(ChoiceError, match=r"^[A-Z].+\.$") as refused:
        _ = choice.exposes
    assert refused.value.field == field


def test_what_is_exposed_is_said_before() -> None:
    assert "a port of its choice at gate.example.org" in GATE.exposes
    assert "read along" in GATE.exposes
    assert "https://interview.example.org" in PROXY.exposes
    assert "read along" not in PROXY.exposes
    assert "ends in trycloudflare.com" in TunnelChoice(kind=TunnelKind.CLOUDFLARED).exposes


def test_forwarding_headers_are_believed_of_those_who_are_known_to_replace_them() -> None:
    assert TunnelChoice(kind=TunnelKind.CLOUDFLARED).is_forwarded
    assert not GATE.is_forwarded
    assert not SERVICE.is_forwarded
    assert not PROXY.is_forwarded
    assert replace(PROXY, tells_visitors=True).is_forwarded
    assert not replace(PROXY, tells_visitors=True, route=RouteKind.PORT).is_forwarded


@pytest.mark.parametrize("choice", [TunnelChoice(), GATE, PROXY, SERVICE])
def test_a_choice_is_kept_in_the_settings(choice: TunnelChoice, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    SettingsStore(path).update(tunnel=choice)
    read = SettingsStore(path)
    assert read.current.tunnel == choice
    assert read.notice is None


@pytest.mark.parametrize(
    "hostile",
    [
        {"link": "https://ines:hunter2@example.org"},
        {"host": "ines:hunter2@gate.example.org"},
        {"host": "gate\x1b[31m"},
        {"host": "x" * 600},
        {"port": True},
        {"proxy_port": -1},
        {"route": "teleport"},
        {"kind": 7},
        {"domain": "../.."},
        {"name": "hunter2 "},
        {"unknown": "hunter2"},
        {"tells_visitors": "yes"},
    ],
)
def test_what_cannot_be_used_is_not_kept(hostile: dict[str, Any]) -> None:
    kept = parse_choice({**asdict(PROXY), **hostile})
    (field,) = hostile
    assert "hunter2@" not in str(asdict(kept))
    if field != "name":
        others = {name: value for name, value in asdict(PROXY).items() if name != field}
        if field == "host":
            del others["user"]
        assert {name: asdict(kept)[name] for name in others} == others
    with pytest.raises(ValueError, match="object"):
        parse_choice([hostile])
