"""What there is to know of a tunnel: one value, replaced as a whole with each change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TunnelState(StrEnum):
    """Where a tunnel stands."""

    OFF = "off"
    CONNECTING = "connecting"
    NEEDS_HOST_KEY = "needs_host_key"
    NEEDS_SECRET = "needs_secret"  # noqa: S105 - a state's name
    UP = "up"
    RECONNECTING = "reconnecting"
    FAILED = "failed"


_ASKING = frozenset({TunnelState.NEEDS_HOST_KEY, TunnelState.NEEDS_SECRET})
NEXT: dict[TunnelState, frozenset[TunnelState]] = {
    TunnelState.OFF: frozenset({TunnelState.CONNECTING}),
    TunnelState.CONNECTING: _ASKING | {TunnelState.UP, TunnelState.FAILED, TunnelState.OFF},
    TunnelState.NEEDS_HOST_KEY: frozenset(
        {TunnelState.CONNECTING, TunnelState.RECONNECTING, TunnelState.FAILED, TunnelState.OFF}
    ),
    TunnelState.NEEDS_SECRET: frozenset(
        {TunnelState.CONNECTING, TunnelState.RECONNECTING, TunnelState.FAILED, TunnelState.OFF}
    ),
    TunnelState.UP: frozenset({TunnelState.RECONNECTING, TunnelState.FAILED, TunnelState.OFF}),
    TunnelState.RECONNECTING: _ASKING
    | {TunnelState.RECONNECTING, TunnelState.UP, TunnelState.FAILED, TunnelState.OFF},
    TunnelState.FAILED: frozenset({TunnelState.CONNECTING, TunnelState.OFF}),
}


@dataclass(frozen=True, slots=True)
class HostKey:
    """A key that a host shows and nobody has vouched for yet.

    Attributes:
        name: the host as known-hosts files write it, such as `[gate.example.org]:2222`.
        algorithm: the kind of key, such as `ssh-ed25519`.
        fingerprint: what to compare, as `SHA256:…`.
        line: the known-hosts line that accepts it.
    """

    name: str
    algorithm: str
    fingerprint: str
    line: str


class SecretKind(StrEnum):
    """What kind of secret is asked for."""

    PASSPHRASE = "passphrase"  # noqa: S105 - a kind's name
    PASSWORD = "password"  # noqa: S105 - a kind's name


@dataclass(frozen=True, slots=True)
class SecretRequest:
    """A question that only the user can answer.

    Attributes:
        kind: what is asked for.
        subject: the key file, or `user@host`.
        is_retry: the last answer was wrong.
    """

    kind: SecretKind
    subject: str
    is_retry: bool


@dataclass(frozen=True, slots=True)
class TunnelStatus:
    """What there is to know of a tunnel.

    Attributes:
        state: where it stands.
        link: the public origin, `http(s)://host[:port]`, while UP; while RECONNECTING the one that
            it had and tries to keep.
        reason: a sentence, while RECONNECTING and FAILED.
        host_key: what to ask about, while NEEDS_HOST_KEY.
        secret: what is asked for, while NEEDS_SECRET.
    """

    state: TunnelState
    link: str | None = None
    reason: str | None = None
    host_key: HostKey | None = None
    secret: SecretRequest | None = None
