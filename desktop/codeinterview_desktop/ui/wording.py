"""How values are said in words: times, roles, languages, states."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from codeinterview_desktop.core.addresses import Address, AddressKind
from codeinterview_desktop.core.hosted_room import NearbyReach
from codeinterview_desktop.core.room_watch import RoomState, WatchState
from codeinterview_desktop.core.supervisor import ServerState, ServerStatus
from codeinterview_desktop.core.values import JoinPolicy, Role, SavedState
from codeinterview_desktop.ui.widgets.status import Status
from codeinterview_server.domain.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

ROLE_WORDS: Final[Mapping[Role, str]] = {
    Role.INTERVIEWER: "Interviewer",
    Role.CANDIDATE: "Candidate",
    Role.OBSERVER: "Observer",
}

ROLE_ICONS: Final[Mapping[Role, str]] = {
    Role.INTERVIEWER: "interviewer",
    Role.CANDIDATE: "code",
    Role.OBSERVER: "eye",
}

POLICY_WORDS: Final[Mapping[JoinPolicy, str]] = {
    JoinPolicy.INVITE: "Links let in, the code knocks",
    JoinPolicy.KNOCK: "Everybody knocks",
    JoinPolicy.INVITE_ONLY: "Links only",
}

POLICY_SENTENCES: Final[Mapping[JoinPolicy, str]] = {
    JoinPolicy.INVITE: (
        "Whoever has a link comes in at once. Whoever types the code waits until you admit them."
    ),
    JoinPolicy.KNOCK: "Everybody waits until you admit them, also those who have a link.",
    JoinPolicy.INVITE_ONLY: "Whoever has a link comes in at once. The code alone opens nothing.",
}

_NEARBY_SENTENCES: Final[Mapping[NearbyReach, str]] = {
    NearbyReach.POSSIBLE: (
        "Its title is listed under Nearby and on this computer’s join page. Whoever picks it there"
        " waits until you admit them."
    ),
    NearbyReach.ELSEWHERE: "",
    NearbyReach.LINKS_ONLY: "Only links lead in, so it is not shown.",
    NearbyReach.THIS_COMPUTER: "Others on the network cannot reach this computer.",
}
_NOT_NEARBY: Final = (
    "Its title is listed nowhere. Links work as ever, as does the code on the join page."
)


def nearby_sentence(reach: NearbyReach, *, wanted: bool) -> str:
    """What becomes of the wish to show a session to the local network."""
    if reach is NearbyReach.POSSIBLE and not wanted:
        return _NOT_NEARBY
    return _NEARBY_SENTENCES[reach]


CODE_HINTS: Final[Mapping[JoinPolicy, str]] = {
    JoinPolicy.INVITE: "You let whoever uses it in yourself.",
    JoinPolicy.KNOCK: "You let everybody in yourself.",
}

LINK_IS_OFF: Final = "This link is off"
OFF: Final = Status(LINK_IS_OFF, "end", "muted", "Links that were sent before open nothing.")

_SAVED: Final[Mapping[SavedState, Status]] = {
    SavedState.SAVED: Status("Saved", "check-circle", "success", "Everything is in the database."),
    SavedState.SAVING: Status(
        "Saving…", "progress", "muted", "The newest edits are on their way to the database."
    ),
    SavedState.UNSAVED: Status(
        "Not saved yet",
        "alert",
        "warning",
        "The database does not answer. The room goes on, and edits are saved as soon as it does.",
    ),
}


def language_word(language: str) -> str:
    """A language's name for people; unknown ones as they are."""
    known = LANGUAGES.get(language)
    return known.label if known is not None else language


def server_word(status: ServerStatus) -> Status:
    """The server's state for the status bar."""
    where = f"Port {status.port}" if status.port is not None else ""
    match status.state:
        case ServerState.STARTING:
            return Status("Server starting…", "progress", "muted", where)
        case ServerState.READY:
            return Status("Server ready", "check-circle", "success", where)
        case ServerState.RESTARTING:
            return Status(
                "Server restarting…", "renew", "warning", "Rooms come back by themselves."
            )
        case ServerState.STOPPING:
            return Status("Server stopping…", "progress", "muted")
        case ServerState.STOPPED:
            return Status("Server stopped", "end", "muted")
        case ServerState.FAILED:
            return Status("Server failed", "error", "danger", status.problem or "")


def saved_word(state: RoomState) -> Status | None:
    """A room's saved state; None while nothing is known of it."""
    match state.connection:
        case WatchState.OVER:
            return None
        case WatchState.RECONNECTING:
            return Status(
                "Reconnecting…", "renew", "warning", "The room is not reachable right now."
            )
        case _:
            return _SAVED[state.saved] if state.saved is not None else None


def reach_word(address: Address | None) -> Status:
    """Who can use a link under this address."""
    if address is None:
        return Status("No link yet", "progress", "muted", "The server is still starting.")
    match address.kind:
        case AddressKind.LOOPBACK:
            return Status(
                "Only on this computer", "lock", "warning", "Nobody else can open this link."
            )
        case AddressKind.PUBLIC:
            return Status("From the internet", "globe", "success", "Under a public address.")
        case AddressKind.TUNNEL:
            return Status(
                "Over the internet", "globe", "success", "Through the tunnel, while it is on."
            )
        case AddressKind.TEAM:
            return Status("On the team server", "team", "success", f"At {address.host}.")
        case AddressKind.VIRTUAL:
            return Status("On a virtual network", "network", "muted", address.label)
        case _:
            return Status("On this network", "network", "success", address.label)


def short(title: str, limit: int = 40) -> str:
    """A title that may be a part of a sentence, cut where it is too long for that."""
    return title if len(title) <= limit else f"{title[: limit - 1].rstrip()}…"


def ago(at_ms: int, now_ms: int) -> str:
    """When something was, as people say it: `just now`, `12 min ago`, `yesterday 14:05`."""
    minutes = max(0, now_ms - at_ms) // 60_000
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    at = datetime.fromtimestamp(at_ms / 1000).astimezone()
    now = datetime.fromtimestamp(now_ms / 1000).astimezone()
    days = (now.date() - at.date()).days
    if days == 0:
        return f"today {at:%H:%M}"
    if days == 1:
        return f"yesterday {at:%H:%M}"
    if at.year == now.year:
        return f"{at.day} {at:%B} {at:%H:%M}"
    return f"{at.day} {at:%B %Y}"


def people_word(count: int) -> str:
    """`1 person`, `3 people`."""
    return "1 person" if count == 1 else f"{count} people"
