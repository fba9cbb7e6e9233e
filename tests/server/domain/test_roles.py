"""The table of who may do what, walked cell by cell."""

from dataclasses import dataclass, replace

import pytest

from codeinterview_server.domain.errors import (
    Declined,
    DomainError,
    InvalidToken,
    NotAllowed,
    NotAuthenticated,
    Removed,
    SessionEnded,
    SessionNotFound,
    WaitingForAdmission,
)
from codeinterview_server.domain.roles import (
    AFTER_END,
    ALLOWED,
    ANONYMOUS,
    HOST,
    LOCKED_OUT,
    MESSAGE_ACTIONS,
    PUBLIC,
    ROUTE_ACTIONS,
    Action,
    Kind,
    ParticipantStatus,
    Phase,
    Principal,
    Role,
    may,
    require,
)


@dataclass(frozen=True)
class State:
    id: str = "1a2b3c4d"
    phase: Phase = Phase.OPEN
    locked: bool = False
    owner_key_id: str | None = None
    shared: bool = False


OPEN = State()
LOCKED = State(locked=True)
ENDED = State(phase=Phase.ENDED)


def person(
    role: Role, status: ParticipantStatus = ParticipantStatus.ADMITTED, session_id: str = OPEN.id
) -> Principal:
    return Principal(Kind.PARTICIPANT, session_id, "p1", role, status)


ADA = Principal(Kind.HOST, key_id="k1", key_name="ada")
GRACE = Principal(Kind.HOST, key_id="k2", key_name="grace")

# "K" is another's key, on a session that is shared.
COLUMNS = {
    "H": HOST,
    "K": ADA,
    "I": person(Role.INTERVIEWER),
    "C": person(Role.CANDIDATE),
    "O": person(Role.OBSERVER),
    "W": person(Role.CANDIDATE, ParticipantStatus.WAITING),
    "A": ANONYMOUS,
}

# Written down a second time on purpose: action → who may while open, locked, ended.
TABLE = {
    # These concern no session that there is.
    Action.CREATE_SESSION: ("H", "H", "H"),
    Action.LIST_SESSIONS: ("H", "H", "H"),
    Action.READ_ACCOUNT: ("H", "H", "H"),
    Action.READ_LINKS: ("H", "H", "H"),
    Action.CHANGE_LINKS: ("H", "H", "H"),
    Action.SHOW_SESSIONS: ("H", "H", "H"),
    Action.ADD_COPY: ("H", "H", "H"),
    Action.COPY_SESSION: ("HK", "HK", "HK"),
    Action.SHARE_SESSION: ("H", "H", "H"),
    Action.DELETE_SESSION: ("HK", "HK", "HK"),
    Action.READ_SESSION: ("HKICO", "HKICO", "HKI"),
    Action.CHANGE_SESSION: ("HKI", "HKI", "HKI"),
    Action.END_SESSION: ("HKI", "HKI", "HKI"),
    Action.EDIT_CODE: ("HKIC", "HKI", ""),
    Action.SWITCH_LANGUAGE: ("HKIC", "HKI", ""),
    Action.RUN_CODE: ("HKIC", "HKIC", ""),
    Action.OPEN_SOCKET: ("ICOW", "ICOW", "I"),
    Action.PING: ("ICOW", "ICOW", "I"),
    Action.SHOW_CURSOR: ("ICO", "ICO", "I"),
    Action.LIST_PARTICIPANTS: ("HKICO", "HKICO", "HKI"),
    Action.UPDATE_SELF: ("ICOW", "ICOW", "I"),
    Action.LEAVE: ("ICOW", "ICOW", "ICOW"),
    Action.MANAGE_PARTICIPANTS: ("HKI", "HKI", "HKI"),
    Action.SEE_SILENT_OBSERVERS: ("HKIO", "HKIO", "HKIO"),
    Action.SEE_LOBBY: ("HKI", "HKI", "HKI"),
    Action.ADMIT: ("HKI", "HKI", ""),
    Action.READ_INVITES: ("HKI", "HKI", "HKI"),
    Action.RENEW_INVITES: ("HKI", "HKI", ""),
    Action.WHO_AM_I: ("HKICOW", "HKICOW", "HKICOW"),
}


SERVERS_OWN = {Action.READ_LINKS, Action.CHANGE_LINKS}
"""What is the administrator's alone."""


def test_the_table_is_complete() -> None:
    assert set(TABLE) == set(Action) == set(ALLOWED)
    assert set(AFTER_END) <= set(Action)
    assert set(LOCKED_OUT) <= set(Action)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("action", Action)
def test_each_cell(action: Action, column: str) -> None:
    states = [OPEN, LOCKED, ENDED]
    if column == "K":
        states = [replace(state, owner_key_id="k2", shared=True) for state in states]
    answers = tuple(may(COLUMNS[column], action, state) for state in states)
    assert answers == tuple(column in cell for cell in TABLE[action])
    for state, answer in zip(states, answers, strict=True):
        if answer:
            require(COLUMNS[column], action, state)
        else:
            with pytest.raises(DomainError):
                require(COLUMNS[column], action, state)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize(
    "status", [ParticipantStatus.DECLINED, ParticipantStatus.REMOVED, ParticipantStatus.LEFT]
)
def test_who_is_out_may_nothing(action: Action, status: ParticipantStatus) -> None:
    for role in Role:
        for state in (OPEN, LOCKED, ENDED, None):
            assert not may(person(role, status), action, state)


@pytest.mark.parametrize("action", Action)
def test_a_token_is_worth_nothing_in_another_session(action: Action) -> None:
    for role in Role:
        assert not may(person(role, session_id="99999999"), action, OPEN)


@pytest.mark.parametrize("action", Action)
def test_a_named_key_is_the_host_of_its_own_sessions_and_knows_of_no_others(
    action: Action,
) -> None:
    for state in (OPEN, LOCKED, ENDED):
        hers = replace(state, owner_key_id="k1")
        assert may(ADA, action, hers) is (may(HOST, action, hers) and action not in SERVERS_OWN)
        for theirs in (state, replace(state, owner_key_id="k2")):
            assert not may(ADA, action, theirs)
            with pytest.raises(SessionNotFound):
                require(ADA, action, theirs)


def test_the_name_of_a_key_is_part_of_what_events_call_its_acts() -> None:
    assert [each.actor for each in (HOST, ADA, GRACE)] == ["@host", "@host:ada", "@host:grace"]


@pytest.mark.parametrize(
    ("principal", "action", "state", "error"),
    [
        (ANONYMOUS, Action.READ_SESSION, OPEN, NotAuthenticated),
        (ANONYMOUS, Action.EDIT_CODE, ENDED, NotAuthenticated),
        (person(Role.INTERVIEWER, session_id="99999999"), Action.ADMIT, OPEN, InvalidToken),
        (person(Role.CANDIDATE, ParticipantStatus.DECLINED), Action.PING, OPEN, Declined),
        (person(Role.CANDIDATE, ParticipantStatus.REMOVED), Action.PING, ENDED, Removed),
        (person(Role.CANDIDATE, ParticipantStatus.LEFT), Action.PING, OPEN, InvalidToken),
        (
            person(Role.CANDIDATE, ParticipantStatus.WAITING),
            Action.READ_SESSION,
            OPEN,
            WaitingForAdmission,
        ),
        (person(Role.CANDIDATE, ParticipantStatus.WAITING), Action.PING, ENDED, SessionEnded),
        (person(Role.CANDIDATE), Action.READ_SESSION, ENDED, SessionEnded),
        (
            person(Role.CANDIDATE, ParticipantStatus.WAITING),
            Action.READ_SESSION,
            ENDED,
            SessionEnded,
        ),
        (person(Role.CANDIDATE), Action.READ_INVITES, ENDED, NotAllowed),
        (person(Role.CANDIDATE), Action.END_SESSION, ENDED, NotAllowed),
        (person(Role.OBSERVER), Action.EDIT_CODE, ENDED, NotAllowed),
        (HOST, Action.RUN_CODE, ENDED, SessionEnded),
        (person(Role.INTERVIEWER), Action.EDIT_CODE, ENDED, SessionEnded),
        (person(Role.CANDIDATE), Action.EDIT_CODE, LOCKED, NotAllowed),
        (person(Role.OBSERVER), Action.EDIT_CODE, OPEN, NotAllowed),
        (person(Role.INTERVIEWER), Action.CREATE_SESSION, None, NotAllowed),
        (ADA, Action.CHANGE_LINKS, None, NotAllowed),
    ],
)
def test_the_reason_is_named(
    principal: Principal, action: Action, state: State | None, error: type[DomainError]
) -> None:
    with pytest.raises(error):
        require(principal, action, state)


def test_the_locked_candidate_reads_that_it_is_locked() -> None:
    with pytest.raises(NotAllowed, match="locked"):
        require(person(Role.CANDIDATE), Action.EDIT_CODE, LOCKED)
    with pytest.raises(NotAllowed, match="role"):
        require(person(Role.OBSERVER), Action.EDIT_CODE, LOCKED)


def test_routes_and_messages_name_known_actions() -> None:
    for actions in ROUTE_ACTIONS.values():
        assert actions == PUBLIC or (isinstance(actions, frozenset) and actions <= set(Action))
    assert set(MESSAGE_ACTIONS.values()) <= set(Action)
