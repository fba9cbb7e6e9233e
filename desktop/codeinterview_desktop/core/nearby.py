"""Sessions of others on the local network: as they are advertised, and as they answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .advertisement import from_txt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from zeroconf.asyncio import AsyncServiceInfo


@dataclass(frozen=True, slots=True)
class NearbyRecord:
    """What somebody advertises, as far as it makes sense; whether it is so is another question.

    Attributes:
        key: tells entries apart and stays the same across updates.
        addresses: where it may be asked, the likeliest first; link-local IPv6 ones with a zone.
    """

    key: str
    session_id: str
    title: str
    host_name: str
    addresses: tuple[str, ...]
    port: int


@dataclass(frozen=True, slots=True)
class NearbySession:
    """A session that another machine advertises, and that answers.

    Attributes:
        key: tells entries apart and stays the same across updates.
        address: the best address that answers; a link-local IPv6 one has a zone.
        addresses: every one that answers.
    """

    key: str
    session_id: str
    title: str
    host_name: str
    address: str
    addresses: tuple[str, ...]
    port: int


def read_record(
    key: str,
    info: AsyncServiceInfo,
    may_ask: Callable[[Iterable[str]], tuple[str, ...]],
) -> NearbyRecord:
    """Read an entry that anybody on the network may have written.

    Args:
        key: the entry's name.
        info: what was heard of it.
        may_ask: picks the addresses that may be asked, the likeliest first.

    Raises:
        ValueError: it is not one of ours, or nothing in it may be asked.
    """
    advertisement = from_txt(info.properties)
    if not info.port:
        raise ValueError("no port")
    addresses = may_ask(info.parsed_scoped_addresses())
    if not addresses:
        raise ValueError("no address on a network of ours")
    return NearbyRecord(
        key=key,
        session_id=advertisement.session_id,
        title=advertisement.title,
        host_name=advertisement.host_name,
        addresses=addresses,
        port=info.port,
    )


def order(sessions: Iterable[NearbySession]) -> tuple[NearbySession, ...]:
    """Sorts by title; what two entries say of one session at one place is listed once."""
    ranked = sorted(
        sessions,
        key=lambda each: (each.title.casefold(), each.host_name.casefold(), each.key),
    )
    seen: dict[tuple[str, str, int], NearbySession] = {}
    for each in ranked:
        seen.setdefault((each.session_id, each.address, each.port), each)
    return tuple(seen.values())
