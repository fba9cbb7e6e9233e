"""What a tunnel opens to whom, in words for whoever is about to start one."""

from __future__ import annotations


def exposure(way: str, carrier: str, *, encrypted: bool) -> str:
    """Sentences to show before a tunnel starts.

    Args:
        way: what the public uses, such as `a port of gate.example.org`.
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
