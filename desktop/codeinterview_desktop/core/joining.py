"""What pressing Join does: from a pasted text to the page to open."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JoinedRoom:
    """Somebody else's session to open in a web view (no credential is handed to its pages)."""

    url: str
    origin: str
    session_id: str | None
    title: str


class Joining:
    """Finds the session that a text or a Nearby entry means."""

    async def resolve(self, text: str) -> JoinedRoom:
        """Understand a link, `host:port` or code; a code alone is looked up nearby.

        Also remembers it among the recent sessions.

        Raises:
            ValueError: the text means nothing, or no session nearby has this code; the sentence
                says what to try.
            ApiError: the server that it names cannot be reached or does not know the session.
        """
        raise NotImplementedError

    async def nearby(self, key: str) -> JoinedRoom:
        """Open an entry of the Nearby list.

        Raises:
            ValueError: it is gone.
            ApiError: it cannot be reached.
        """
        raise NotImplementedError
