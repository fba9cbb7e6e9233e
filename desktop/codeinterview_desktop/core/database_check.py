"""Settings' Test connection: can this PostgreSQL be used?"""

from __future__ import annotations


async def check_database(url: str, timeout_s: float = 5.0) -> str:
    """Connect once and answer a sentence such as `Connected: PostgreSQL 16.4.`.

    Raises:
        ValueError: it cannot be used; the sentence says what to try.
    """
    raise NotImplementedError
