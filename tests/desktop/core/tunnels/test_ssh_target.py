"""What people write as a host, a port, a service."""

from __future__ import annotations

import getpass

import pytest

from codeinterview_desktop.core.tunnels.ssh_target import (
    SshTarget,
    parse_ssh_target,
    route_behind_proxy,
    route_by_port,
    route_by_service,
)

ME = getpass.getuser()


@pytest.mark.parametrize(
    ("text", "target", "known_name"),
    [
        ("ines@gate.test", SshTarget("gate.test", 22, "ines"), "gate.test"),
        (" ines@Gate.Test:2222 ", SshTarget("gate.test", 2222, "ines"), "[gate.test]:2222"),
        ("gate", SshTarget("gate", 22, ME), "gate"),
        ("ssh://ines@gate.test:22/", SshTarget("gate.test", 22, "ines"), "gate.test"),
        ("ines@192.0.2.7", SshTarget("192.0.2.7", 22, "ines"), "192.0.2.7"),
        ("[2001:DB8::1]:2222", SshTarget("2001:db8::1", 2222, ME), "[2001:db8::1]:2222"),
        ("ines@[2001:db8::1]", SshTarget("2001:db8::1", 22, "ines"), "2001:db8::1"),
    ],
)
def test_a_host_is_understood(text: str, target: SshTarget, known_name: str) -> None:
    assert parse_ssh_target(text) == target
    assert target.known_name == known_name
    assert parse_ssh_target(str(target)) == target


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@gate.test",
        "ines@",
        "ines@gate.test:0",
        "ines@gate.test:65536",
        "ines@gate.test:x",
        "ines@gate test",
        "-oProxyCommand=x@gate.test",
        "ines@-gate.test",
        "ines@gate-",
        "ines:secret@gate.test",
        "http://gate.test",
        "ines@gate.test/path",
        "ines@[::zz]",
        "2001:db8::1",
        "ines@gate.test\nother",
        "ines@" + "a" * 600,
    ],
)
def test_anything_else_is_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"Write it as user@host"):
        parse_ssh_target(text)


def test_links_are_composed() -> None:
    gate = parse_ssh_target("ines@gate.test:2222")
    v6 = parse_ssh_target("ines@[2001:db8::1]")
    assert route_by_port(8022).link_of(gate, 8022) == "http://gate.test:8022"
    assert route_by_port().link_of(v6, 40000) == "http://[2001:db8::1]:40000"
    assert route_by_port(80).link_of(gate, 80) == "http://gate.test"
    behind = route_behind_proxy(8022, "https://interview.test/")
    assert behind.link_of(gate, 8022) == "https://interview.test"
    assert behind.bind == "localhost"
    service = route_by_service("Tunnel.Test", "Quiet-Lake")
    assert (service.port, service.bind, service.domain) == (80, "quiet-lake", "tunnel.test")


def test_routes_that_cannot_be_are_sentences() -> None:
    for port in (-1, 65536):
        with pytest.raises(ValueError, match="A port is a number"):
            route_by_port(port)
    with pytest.raises(ValueError, match="A port is a number"):
        route_behind_proxy(0, "https://interview.test")
    for link in ("nothing at all", "https://interview.test/i/1a2b3c4d"):
        with pytest.raises(ValueError, match=r"link|address"):
            route_behind_proxy(8022, link)
    for domain in ("", "com", "a b.test", "*.test", "x." * 150 + "test"):
        with pytest.raises(ValueError, match="not a domain"):
            route_by_service(domain)
    for name in ("a.b", "-a", "a" * 64):
        with pytest.raises(ValueError, match="not a name"):
            route_by_service("tunnel.test", name)
