"""The table of who may do what, walked cell by cell."""

from dataclasses import dataclass

import pytest

from codeinterview_server.domain.errors import (
    Declined,
    DomainError,
    InvalidToken,
    NotAllowed,
    NotAuthenticated,
    Removed,
    SessionEnded,
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


OPEN = State()
LOCKED = State(locked=True)
ENDED = State(phase=Phase.ENDED)


def person(
    role: Role, status: ParticipantStatus = ParticipantStatus.ADMITTED, session_id: str = OPEN.id
) -> Principal:
    return Principal(Kind.PARTICIPANT, session_id, "p1", role, status)


COLUMNS = {
    "H": HOST,
    "I": person(Role.INTERVIEWER),
    "C": person(Role.CANDIDATE),
    "O": person(Role.OBSERVER),
    "W": person(Role.CANDIDATE, ParticipantStatus.WAITING),
    "A": ANONYMOUS,
}

# Written down a second time on purpose: action → who may while open, locked, ended.
TABLE = {
    Action.CREATE_SESSION: ("H", "H", "H"),
    Action.LIST_SESSIONS: ("H", "H", "H"),
    Action.DELETE_SESSION: ("H", "H", "H"),
    Action.READ_SESSION: ("HICO", "HICO", "HI"),
    Action.CHANGE_SESSION: ("HI", "HI", "HI"),
    Action.END_SESSION: ("HI", "HI", "HI"),
    Action.EDIT_CODE: ("HIC", "HI", ""),
    Action.SWITCH_LANGUAGE: ("HIC", "HI", ""),
    Action.RUN_CODE: ("HIC", "HIC", ""),
    Action.OPEN_SOCKET: ("ICOW", "ICOW", "I"),
    Action.PING: ("ICOW", "ICOW", "I"),
    Action.SHOW_CURSOR: ("ICO", "ICO", "I"),
    Action.LIST_PARTICIPANTS: ("HICO", "HICO", "HI"),
    Action.UPDATE_SELF: ("ICOW", "ICOW", "I"),
    Action.LEAVE: ("ICOW", "ICOW", "ICOW"),
    Action.MANAGE_PARTICIPANTS: ("HI", "HI", "HI"),
    Action.SEE_SILENT_OBSERVERS: ("HIO", "HIO", "HIO"),
    Action.SEE_LOBBY: ("HI", "HI", "HI"),
    Action.ADMIT: ("HI", "HI", ""),
    Action.READ_INVITES: ("HI", "HI", "HI"),
    Action.RENEW_INVITES: ("HI", "HI", ""),
    Action.WHO_AM_I: ("HICOW", "HICOW", "HICOW"),
}


def test_the_table_is_complete() -> None:
    assert set(TABLE) == set(Action) == set(ALLOWED)
    assert set(AFTER_END) <= set(Action)
    assert set(LOCKED_OUT) <= set(Action)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("action", Action)
def test_each_cell(action: Action, column: str) -> None:
    answers = tuple(may(COLUMNS[column], action, state) for state in (OPEN, LOCKED, ENDED))
    assert answers == tuple(column in cell for cell in TABLE[action])
    for state, answer in zip((OPEN, LOCKED, ENDED), answers, strict=True):
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
