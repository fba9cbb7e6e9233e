"""Why a database cannot be used at all; the command line turns these into its exit statuses."""

import re
from typing import Final
from urllib.parse import unquote

_PASSWORD_PARAMETER: Final = re.compile(r"(?:^|[?&\s])password=([^&\s]+)")


class DatabaseStartError(Exception):
    """PostgreSQL cannot be reached or started; the text is a sentence without secrets."""


class SchemaNewerError(Exception):
    """The database was written by a newer program; the text is a sentence."""


def without_secrets(text: str, url: str) -> str:
    """Returns the first line of libpq's words on a connection, without the URL's password."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    for secret in _secrets(url):
        line = line.replace(secret, "…")
    return line.rstrip(".")


def _secrets(url: str) -> set[str]:
    found = {match[1] for match in _PASSWORD_PARAMETER.finditer(url)}
    # A password that should have been encoded may hold any of these, and libpq tells of its parts.
    before, at, _ = url.partition("://")[2].rpartition("@")
    if at:
        found.update(before.partition(":")[2].split("@"))
    return {secret for word in found for secret in (word, unquote(word)) if secret}
