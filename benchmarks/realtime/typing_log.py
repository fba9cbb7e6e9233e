"""What a person typing sends: real Yjs updates, one character each."""

from __future__ import annotations

import itertools
from functools import cache

from pycrdt import Doc, Text

FILE = "file:main.py"
"""The shared text that everybody types into."""
_FIRST_CLIENT = 2**28
"""From here on, client ids take the five bytes that most of Yjs's random ones take."""
_LINE = "    total += price * count  # as on the invoice\n"


def typed_by(client: int, count: int) -> list[bytes]:
    """Return what the `client`-th person sends while typing `count` characters."""
    own = client_bytes(client)
    template = client_bytes(0)
    return [update.replace(template, own) for update in _typed(count)]


def client_bytes(client: int) -> bytes:
    """Return the `client`-th person's Yjs client id as it is encoded in an update."""
    number = _FIRST_CLIENT + client
    encoded = bytearray()
    while number > 127:
        encoded.append(128 | number & 127)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


@cache
def _typed(count: int) -> list[bytes]:
    updates: list[bytes] = []
    doc = Doc[Text](client_id=_FIRST_CLIENT)
    text = doc.get(FILE, type=Text)
    subscription = doc.observe(lambda event: updates.append(event.update))
    for place, character in enumerate(itertools.islice(itertools.cycle(_LINE), count)):
        text.insert(place, character)
    doc.unobserve(subscription)
    return updates
