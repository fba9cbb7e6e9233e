"""Links and codes: what is handed out, and what people paste."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JoinTarget:
    """What a pasted text names.

    Attributes:
        origin: `http(s)://host[:port]`, or None for a code alone.
        session_id: 8 hex characters, or None for a server alone.
        invite: the invite of a full link, or None.
    """

    origin: str | None
    session_id: str | None
    invite: str | None

    @property
    def url(self) -> str | None:
        """The page to open, or None for a code alone."""
        raise NotImplementedError


def join_link(host: str, port: int, session_id: str, invite: str | None = None) -> str:
    """The link that lets a browser join: `http://<host>:<port>/i/<id>#<invite>`."""
    raise NotImplementedError


def parse_join_text(text: str) -> JoinTarget:
    """Understand what a user pasted: a link, `host:port`, or a code, however it is written.

    Raises:
        ValueError: it is none of these; the sentence says what to paste.
    """
    raise NotImplementedError
