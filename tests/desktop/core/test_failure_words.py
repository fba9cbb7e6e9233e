"""Why the server does not start, in words that help in a window."""

from __future__ import annotations

from pathlib import Path

import pytest

from codeinterview_desktop.core.failure_words import failure_words
from codeinterview_desktop.core.server_lines import ErrorLine
from codeinterview_desktop.core.supervisor import ServerOptions

DATA = Path("/home/ada/interviews")
OWN = ServerOptions(8765, True, None)
OTHER = ServerOptions(8765, True, "postgresql://db.example/rooms")


@pytest.mark.parametrize(
    ("code", "said", "options", "begin", "end"),
    [
        (
            "DATA_DIR",
            "The data directory /home/ada/interviews cannot be written: Permission denied. "
            "Check its owner and permissions, or choose another one with --data-dir.",
            OWN,
            "The data directory /home/ada/interviews cannot be written: Permission denied. ",
            "then try again.",
        ),
        (
            "ALREADY_RUNNING",
            "Another CodeInterview uses the data directory /home/ada/interviews. "
            "Close that one, or choose another directory with --data-dir.",
            OWN,
            "Another CodeInterview keeps its interviews in /home/ada/interviews ",
            "Close it, then try again.",
        ),
        (
            "DATABASE",
            "The embedded PostgreSQL did not start: No space left on device (/home/ada/x). "
            "Check the data directory, or choose another one with --data-dir.",
            OWN,
            "The embedded PostgreSQL did not start: No space left on device (/home/ada/x). ",
            "choose an existing PostgreSQL in Settings.",
        ),
        (
            "DATABASE",
            "PostgreSQL cannot be used: connection refused. "
            "Check that it runs, and the database URL's host, user and password.",
            OTHER,
            "PostgreSQL cannot be used: connection refused. ",
            "or choose the app's own database.",
        ),
        (
            "PORT_BUSY",
            "Port 80 is reserved by the system. "
            "Choose another one with --port, or close what uses it.",
            OWN,
            "Port 80 is reserved by the system. ",
            "Choose another port in Settings, or close what uses it.",
        ),
    ],
)
def test_the_reason_stays_and_the_advice_is_the_apps(
    code: str, said: str, options: ServerOptions, begin: str, end: str
) -> None:
    words = failure_words(ErrorLine(code, said), options, DATA)
    assert words.startswith(begin)
    assert words.endswith(end)
    assert "--" not in words


def test_what_the_app_has_no_words_for_stays_as_it_is() -> None:
    said = "The database was written by a newer version. Use that version."
    assert failure_words(ErrorLine("SCHEMA_NEWER", said), OWN, DATA) == said
    assert failure_words(ErrorLine("DATA_DIR", "It is full."), OWN, DATA).startswith("It is full. ")
