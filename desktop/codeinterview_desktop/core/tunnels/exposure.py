"""What a tunnel opens to whom, in words for whoever is about to start one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .quick_lines import DOMAIN

if TYPE_CHECKING:
    from .ssh_target import SshRoute, SshTarget


def ssh_exposure(target: SshTarget, route: SshRoute) -> str:
    """What a tunnel over SSH opens, in sentences."""
    if route.domain is not None:
        way = f"a link that ends in {route.domain}"
    elif route.link is not None:
        way = route.link
    else:
        port = f"port {route.port}" if route.port else "a port of its choice"
        way = f"{port} at {target.host}"
    encrypted = route.domain is not None or (route.link or "").startswith("https:")
    return _exposure(way, target.host, encrypted=encrypted)


def quick_exposure() -> str:
    """What a tunnel by cloudflared opens, in sentences."""
    return _exposure(f"a link that ends in {DOMAIN}", "Cloudflare", encrypted=True)


def _exposure(way: str, carrier: str, *, encrypted: bool) -> str:
    """Sentences to show before a tunnel starts.

    Args:
        way: what the public uses, such as `port 8022 at gate.example.org`.
        carrier: who ends the encryption and passes everything on.
        encrypted: whether the public's own part of the way is encrypted.
    """
    who = (
        f"While the tunnel is on, anybody on the internet can reach this app's server through"
        f" {way}: the pages for joining, and rooms for those who are let in. Nothing else on this"
        f" computer or in its network can be reached through it."
    )
    carried = f"{carrier} carries everything, and whoever runs it can read and change it."
    if not encrypted:
        carried += (
            " The link begins with http: on the way to that host others can read along as well."
        )
    return f"{who} {carried} The tunnel ends with the interview."
