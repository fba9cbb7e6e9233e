"""Addresses that are written down are read in one way; what is more than an address is refused."""

from __future__ import annotations

import pytest

from codeinterview_server.domain.web_address import parse_web_address, plain_host


@pytest.mark.parametrize(
    ("text", "written", "origin", "path"),
    [
        ("https://a.example", "https://a.example", "https://a.example", ""),
        ("HTTPS://A.Example/", "https://a.example", "https://a.example", ""),
        ("https://a.example.:443", "https://a.example", "https://a.example", ""),
        ("https://a.example:0443/", "https://a.example", "https://a.example", ""),
        ("http://a.example:80", "http://a.example", "http://a.example", ""),
        ("http://a.example:443", "http://a.example:443", "http://a.example:443", ""),
        ("http://192.0.2.1:8765", "http://192.0.2.1:8765", "http://192.0.2.1:8765", ""),
        ("http://[2001:DB8::0:1]:80", "http://[2001:db8::1]", "http://[2001:db8::1]", ""),
        (
            "https://a.example/in/ter-views/",
            "https://a.example/in/ter-views",
            None,
            "/in/ter-views",
        ),
    ],
)
def test_what_is_an_address(text: str, written: str, origin: str | None, path: str) -> None:
    address = parse_web_address(text)
    assert str(address) == written
    assert address.origin == (origin or "https://a.example")
    assert address.path == path
    assert parse_web_address(str(address)) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.example",
        "//a.example",
        "ftp://a.example",
        "javascript:alert(1)",
        "https://",
        "https://.",
        "https:///path",
        "https://a.example:",
        "https://a.example:0",
        "https://a.example:65536",
        "https://a.example:port",
        "https://me@a.example",
        "https://me:secret@a.example",
        "https://[::g]",
        "https://[::1",
        "https://[fe80::1%25eth0]",
        "https://a.example/?",
        "https://a.example/?q=1",
        "https://a.example/#",
        "https://a.example/#invite",
        "https://a.example/a//b",
        "https://a.example/../b",
        "https://a.example/./b",
        "https://a.example/%2e%2e",
        "https://a.example/a;b",
        'https://a.example/"',
        "https://a.example/a b",
        "https://a.example\n",
        "https://a.exämple",
        "https://a.example/" + "a" * 2048,
    ],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="must look like https://"):
        parse_web_address(text)


def test_a_host_is_compared_without_the_port_that_goes_without_saying() -> None:
    assert plain_host("https", "A.example:443") == "a.example"
    assert plain_host("http", "a.example:443") == "a.example:443"
    assert plain_host("http", "a.example:80") == "a.example"
    assert plain_host("http", "a b") is None
