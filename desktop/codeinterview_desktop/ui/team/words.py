"""How the team server's account is said in words."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from codeinterview_desktop.core.places import Place
from codeinterview_desktop.core.team import TeamState
from codeinterview_desktop.ui.widgets.status import Status

if TYPE_CHECKING:
    from codeinterview_desktop.core.team import TeamStatus


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
            return Status(f"Signed in as {person}", "check-circle", "success", host_of(status))
        case TeamState.UNREACHABLE:
            return Status("Not reachable", "alert", "warning", status.problem)
        case TeamState.REFUSED:
            return Status("Key revoked", "error", "danger", status.problem)


def place_word(place: Place) -> str:
    """A place in the middle of a sentence."""
    return "the team server" if place is Place.TEAM else "this computer"
