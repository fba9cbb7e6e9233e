"""Settings' Test connection: can this PostgreSQL be used?"""

from __future__ import annotations

import asyncio
import math

from .settings import parse_database_url

_OLDEST_MAJOR = 14


async def check_database(url: str, timeout_s: float = 5.0) -> str:
    """Connect once and answer a sentence such as `Connected: PostgreSQL 16.4.`.

    Safe to cancel: the attempt then ends by itself within the time limit.

    Raises:
        ValueError: it cannot be used; the sentence says what to try.
    """
    parsed = parse_database_url(url)
    if parsed is None:
        raise ValueError("Enter the database's address, or choose the app's own database.")
    return await asyncio.to_thread(_check, parsed, timeout_s)


def _check(url: str, timeout_s: float) -> str:
    # Loaded here because most starts of the app never need it.
    import psycopg

    try:
        with psycopg.connect(
            url, connect_timeout=max(2, math.ceil(timeout_s)), autocommit=True
        ) as connection:
            version = connection.info.server_version
            allowed = connection.execute(
                "SELECT has_database_privilege(current_database(), 'CREATE')"
            ).fetchone()
    except psycopg.errors.InvalidPassword:
        raise ValueError("The database refuses this user or password. Check both.") from None
    except psycopg.OperationalError as error:
        raise ValueError(_reason(str(error))) from None
    except psycopg.Error as error:
        raise ValueError(
            f"The database refused ({type(error).__name__}). Check the address."
        ) from None
    shown = f"{version // 10000}.{version % 10000}"
    if version // 10000 < _OLDEST_MAJOR:
        raise ValueError(
            f"That is PostgreSQL {shown}. CodeInterview needs {_OLDEST_MAJOR} or newer."
        )
    if not (allowed and allowed[0]):
        raise ValueError(
            "This user may not create tables in that database. Grant it CREATE, or name another."
        )
    return f"Connected: PostgreSQL {shown}."


def _reason(text: str) -> str:
    """A sentence for libpq's words, which may hold a user's name but never a password."""
    lowered = text.lower()
    if "password" in lowered or "authentication" in lowered or "no pg_hba.conf entry" in lowered:
        return "The database refuses this user or password. Check both."
    if "does not exist" in lowered:
        return "There is no such database or user there. Check the address's last part."
    if "resolve" in lowered or "name or service" in lowered or "nodename" in lowered:
        return "There is no computer of that name. Check the address, or that you are online."
    if "timeout" in lowered or "timed out" in lowered:
        return "The database does not answer. Check host and port, and any firewall between."
    if "refused" in lowered or "no such file" in lowered:
        return "Nothing listens there. Check host and port, and that PostgreSQL runs."
    return "The database cannot be reached. Check its address."
