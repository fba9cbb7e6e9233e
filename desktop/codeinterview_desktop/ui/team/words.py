"""How the team server's account is said in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from codeinterview_desktop.core.places import Place
from codeinterview_desktop.core.team import TeamState
from codeinterview_desktop.ui.widgets.status import Status
from codeinterview_desktop.ui.wording import short

if TYPE_CHECKING:
    from codeinterview_desktop.core.team import TeamStatus


# What fits beside an icon in Home's first column.
_NAME_CHARS: Final = 28


def host_of(status: TeamStatus) -> str:
    """The server's host, for a few words; empty without one."""
    return urlsplit(status.origin or "").netloc


def person_of(status: TeamStatus) -> str:
    """Whose account it is."""
    if status.account is None:
        return ""
    return status.account.name or "the administrator"


def team_word(status: TeamStatus) -> Status:
    """Where the app stands with the server."""
    match status.state:
        case TeamState.SIGNED_OUT:
            return Status("Not signed in", "end", "muted", status.problem)
        case TeamState.CHECKING:
            return Status("Signing in…", "progress", "muted", host_of(status))
        case TeamState.READY:
            person = person_of(status)
            return Status(
                f"Signed in as {short(person, _NAME_CHARS)}",
                "check-circle",
                "success",
                f"{person}, at {host_of(status)}",
            )
        case TeamState.UNREACHABLE:
            return Status("Not reachable", "alert", "warning", status.problem)
        case TeamState.REFUSED:
            return Status("Key revoked", "error", "danger", status.problem)


def place_word(place: Place) -> str:
    """A place in the middle of a sentence."""
    return "the team server" if place is Place.TEAM else "this computer"
