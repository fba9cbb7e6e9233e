"""The app's words for why its server does not start: in a window nobody has a command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from .server_lines import ErrorLine
    from .supervisor import ServerOptions


def failure_words(failure: ErrorLine, options: ServerOptions, data: Path) -> str:
    """What happened, as the server has it, and what to try next in the app.

    Args:
        failure: the server's own line, whose advice may name options of its command line.
        options: what the server was started with.
        data: the server's data directory.
    """
    what = _first_sentence(failure.sentence)
    match failure.code:
        case "DATA_DIR":
            return (
                f"{what} CodeInterview keeps interviews there: make sure that it is a folder which"
                " you may write to and that its disk is not full, then try again."
            )
        case "ALREADY_RUNNING":
            return (
                f"Another CodeInterview keeps its interviews in {data} at the moment, perhaps one"
                " that was started in a terminal. Close it, then try again."
            )
        case "DATABASE" if options.database_url is None:
            return (
                f"{what} The app's own database is in {data}. Try again; if it stays like this,"
                " look into the log, or choose an existing PostgreSQL in Settings."
            )
        case "DATABASE":
            return (
                f"{what} Check in Settings that the address is right and that PostgreSQL runs"
                " there, or choose the app's own database."
            )
        case "PORT_BUSY":
            return f"{what} Choose another port in Settings, or close what uses it."
        case _:
            return failure.sentence


def _first_sentence(text: str) -> str:
    first, stop, _advice = text.partition(". ")
    return f"{first}." if stop else text
