"""Tokens are random, invites are derived, and neither opens another door."""

import base64
import hashlib
import hmac

import pytest

from codeinterview_server.domain.roles import Role
from codeinterview_server.domain.secrets import (
    derive_invite,
    hash_token,
    match_invite,
    new_token,
    same_secret,
)

SECRET = "host-secret"


def test_tokens_are_long_and_different() -> None:
    first, second = new_token(), new_token()
    assert first != second
    assert len(base64.urlsafe_b64decode(first + "=")) == 32
    assert hash_token(first) == hashlib.sha256(first.encode()).digest()


def test_an_invite_is_what_the_protocol_says() -> None:
    mac = hmac.new(SECRET.encode(), b"invite:v1:1a2b3c4d:candidate:3", hashlib.sha256).digest()
    expected = base64.urlsafe_b64encode(mac[:16]).decode().rstrip("=")
    assert derive_invite(SECRET, "1a2b3c4d", Role.CANDIDATE, 3) == expected
    assert len(expected) == 22


@pytest.mark.parametrize("role", Role)
def test_an_invite_opens_its_own_role_only(role: Role) -> None:
    generations = {Role.CANDIDATE: 2}
    invite = derive_invite(SECRET, "1a2b3c4d", role, generations.get(role, 0))
    assert match_invite(SECRET, "1a2b3c4d", generations, invite) is role
    assert match_invite(SECRET, "1a2b3c4e", generations, invite) is None
    assert match_invite("other", "1a2b3c4d", generations, invite) is None
    assert match_invite(SECRET, "1a2b3c4d", {role: 9}, invite) is None


@pytest.mark.parametrize("invite", ["", "x", "é", "\ud800", "A" * 10_000])
def test_garbage_is_no_invite(invite: str) -> None:
    assert match_invite(SECRET, "1a2b3c4d", {}, invite) is None
    assert hash_token(invite) != hash_token(SECRET)


def test_same_secret() -> None:
    assert same_secret("ä", "ä")
    assert not same_secret("a", "b")
    assert not same_secret("a", "aa")
