"""What people paste as a team server's address and key."""

from __future__ import annotations

import pytest

from codeinterview_desktop.core.team_address import parse_key, parse_team_address


@pytest.mark.parametrize(
    ("text", "origin", "is_plain"),
    [
        ("https://team.example.com", "https://team.example.com", False),
        ("  team.example.com\n", "https://team.example.com", False),
        ("team.example.com:8443/", "https://team.example.com:8443", False),
        ("HTTPS://Team.Example.com:443", "https://team.example.com", False),
        ("http://team.example.com", "http://team.example.com", True),
        ("http://192.168.1.20:8765", "http://192.168.1.20:8765", True),
        ("192.168.1.20:8765", "https://192.168.1.20:8765", False),
        ("localhost:8765", "http://localhost:8765", False),
        ("127.0.0.1:8765", "http://127.0.0.1:8765", False),
        ("http://[::1]:8765", "http://[::1]:8765", False),
        ("http://[fd00::1]:8765", "http://[fd00::1]:8765", True),
        ("https://münchen.example", "https://xn--mnchen-3ya.example", False),
        ("team", "https://team", False),
        ("team.example/interviews/", "https://team.example/interviews", False),
        ("http://team.example:80/in/ter.views", "http://team.example/in/ter.views", True),
    ],
)
def test_addresses(text: str, origin: str, is_plain: bool) -> None:
    address = parse_team_address(text)
    assert (address.origin, address.is_plain) == (origin, is_plain)
    assert parse_team_address(address.origin) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "ftp://team.example.com",
        "https://",
        "https://user:secret@team.example.com",
        "https://team.example.com:99999",
        "https://team_!.example.com",
        "https://localhost.evil.example@team.example.com",
        "javascript:alert(1)",
        "https://team.example.com/i/1a2b3c4d#abc",
        "https://team.example.com/i/1a2b3c4d",
        "https://team.example.com/interviews/s/1a2b3c4d/",
        "https://team.example.com/a//b",
        "https://team.example.com/a/../b",
        "https://team.example.com/a%20b",
        "https://team.example.com/interviews#abc",
        "https://team.example.com?x=1",
    ],
)
def test_others_are_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as refused:
        parse_team_address(text)
    assert "secret" not in str(refused.value)


def test_a_name_that_looks_like_loopback_is_not() -> None:
    assert parse_team_address("http://localhost.example.com").is_plain
    assert parse_team_address("http://127.0.0.1.example.com").is_plain


def test_a_key_is_taken_as_it_was_pasted() -> None:
    assert parse_key("  “abc-DEF_123”\n".replace("“", '"').replace("”", '"')) == "abc-DEF_123"


@pytest.mark.parametrize("text", ["", " \n", "two words", "a\nb", "schlüssel", "x" * 300])
def test_what_can_be_no_key(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        parse_key(text)
