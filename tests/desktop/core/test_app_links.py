"""`codeinterview:` links: which arguments are one, and what they say to join."""

from __future__ import annotations

import pytest

from codeinterview_desktop.core.app_links import invitation_in, is_app_link
from codeinterview_desktop.core.links import JoinTarget, parse_join_text

INVITE = "A" * 22


@pytest.mark.parametrize(
    ("link", "target"),
    [
        (
            f"codeinterview:http://192.168.1.20:8765/i/1a2b3c4d#{INVITE}",
            JoinTarget("http://192.168.1.20:8765", "1a2b3c4d", INVITE),
        ),
        (
            f"codeinterview:https://rooms.example/i/1a2b3c4d#{INVITE}",
            JoinTarget("https://rooms.example", "1a2b3c4d", INVITE),
        ),
        (
            "codeinterview://192.168.1.20:8765/i/1a2b3c4d",
            JoinTarget("http://192.168.1.20:8765", "1a2b3c4d", None),
        ),
        ("CodeInterview:1a2b-3c4d", JoinTarget(None, "1a2b3c4d", None)),
    ],
)
def test_a_link_names_an_invitation(link: str, target: JoinTarget) -> None:
    assert is_app_link(link)
    assert parse_join_text(invitation_in(link)) == target


@pytest.mark.parametrize(
    "link",
    ["codeinterview:", "codeinterview:file:///etc/passwd", "codeinterview:javascript:alert(1)"],
)
def test_what_is_no_invitation_is_refused_like_a_pasted_text(link: str) -> None:
    assert is_app_link(link)
    with pytest.raises(ValueError, match="neither an invitation link nor a code"):
        parse_join_text(invitation_in(link))


@pytest.mark.parametrize("argument", ["serve", "--version", "codeinterview", "http://host/i/1"])
def test_commands_are_no_links(argument: str) -> None:
    assert not is_app_link(argument)
