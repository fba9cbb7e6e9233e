"""Tokens and invites: making, hashing, deriving and comparing them without leaking by timing."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping

from codeinterview_server.domain.roles import Role

_INVITE_BYTES = 16


def new_token() -> str:
    """Returns 256 random bits as base64url without padding (43 characters)."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> bytes:
    """Returns the SHA-256 that the database holds in a token's place (32 bytes).

    A plain hash is enough: tokens are 256 random bits, so there is nothing to guess.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def derive_invite(host_secret: str, session_id: str, role: Role, generation: int) -> str:
    """Returns the invite of one session, role and generation (22 characters).

    It is the first 128 bits of an HMAC-SHA256 under the host's secret, so a link can be shown
    again without being stored, and renewing it only raises the generation.
    """
    message = f"invite:v1:{session_id}:{role.value}:{generation}"
    digest = hmac.digest(host_secret.encode(), message.encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:_INVITE_BYTES]).rstrip(b"=").decode("ascii")


def match_invite(
    host_secret: str,
    session_id: str,
    generations: Mapping[Role, int],
    invite: str,
    *,
    revoked: Collection[Role] = (),
) -> Role | None:
    """Returns the role that the invite opens, or None; the time taken tells nothing of it.

    Args:
        host_secret: What the invites are derived from.
        session_id: The session that is to be joined.
        generations: The present generation of each role's invite; a missing one counts as 0.
        invite: What the joining person presented.
        revoked: The roles whose invites open nothing.
    """
    matched: Role | None = None
    for role in Role:
        expected = derive_invite(host_secret, session_id, role, generations.get(role, 0))
        if same_secret(expected, invite):
            matched = role
    return None if matched in revoked else matched


def same_secret(a: str, b: str) -> bool:
    """Tells whether two secrets are equal, in constant time for equal lengths."""
    return hmac.compare_digest(
        a.encode("utf-8", "surrogatepass"), b.encode("utf-8", "surrogatepass")
    )
