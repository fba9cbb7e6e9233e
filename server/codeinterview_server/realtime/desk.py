"""Where a room's control messages arrive: judged by the roles, done, or refused."""

import time
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from codeinterview_server.domain.errors import DomainError, TooManyRequests
from codeinterview_server.domain.roles import (
    MESSAGE_ACTIONS,
    Action,
    ParticipantStatus,
    require,
)
from codeinterview_server.domain.sessions import Participant, Session
from codeinterview_server.realtime.connection import Connection
from codeinterview_server.realtime.controls import (
    Answer,
    Ping,
    SwitchLanguage,
    parse_control,
)
from codeinterview_server.realtime.protocol import read_control
from codeinterview_server.realtime.run_board import RunBoard
from codeinterview_server.realtime.tasks import Tasks

_REFUSAL_PAUSE_S: Final = 1.0


class Chair(Protocol):
    """What control messages can change in a room."""

    @property
    def session(self) -> Session:
        """The session as it is now."""

    def participant(self, connection: Connection) -> Participant:
        """Return whose connection it is."""

    def switch_language(self, language: str, by: str | None) -> None:
        """Switch the session to another language."""

    async def answer_knock(
        self, participant_id: str, status: ParticipantStatus, by: str | None
    ) -> None:
        """Admit or decline somebody who waits."""


class Desk:
    """Reads control messages of one room's connections."""

    def __init__(self, chair: Chair, runs: RunBoard, tasks: Tasks) -> None:
        self._chair = chair
        self._runs = runs
        self._tasks = tasks

    def receive(self, connection: Connection, payload: bytes) -> None:
        """Do what a control message asks for, or say why not.

        Raises:
            ValueError: It is malformed.
        """
        message = read_control(payload)
        control = parse_control(message)
        if control is None:
            return
        participant = self._chair.participant(connection)
        action = MESSAGE_ACTIONS[message["type"]]
        try:
            require(participant.principal(), action, self._chair.session)
        except DomainError as error:
            refuse(connection, action, error)
            return
        match control:
            case Ping(ping_id, ahead):
                # Behind a pong that kept its place, a client takes its edits for done.
                if connection.owes_refusal and not ahead:
                    self.refuse_edit(connection, at_once=True)
                connection.tell({"type": "pong", "id": ping_id}, ahead=ahead)
            case Answer(participant_id, admit):
                status = ParticipantStatus.ADMITTED if admit else ParticipantStatus.DECLINED
                self._later(
                    connection,
                    action,
                    lambda: self._chair.answer_knock(participant_id, status, participant.id),
                )
            case SwitchLanguage(language):
                self._chair.switch_language(language, participant.id)
            case _:
                try:
                    self._runs.take(control, participant, connection)
                except TooManyRequests as error:
                    refuse(connection, action, error)

    def refuse_edit(self, connection: Connection, *, at_once: bool = False) -> None:
        """Say that an edit was not done, at most once a second, or before the next pong."""
        now_s = time.monotonic()
        if not at_once and now_s - connection.refused_at < _REFUSAL_PAUSE_S:
            connection.owes_refusal = True
            return
        connection.refused_at = now_s
        connection.owes_refusal = False
        principal = self._chair.participant(connection).principal()
        try:
            require(principal, Action.EDIT_CODE, self._chair.session)
        except DomainError as error:
            refuse(connection, Action.EDIT_CODE, error)
        else:
            # It may edit again by now, but what it wrote before is not here.
            refuse(connection, Action.EDIT_CODE, DomainError("An edit was not accepted."))

    def _later(
        self, connection: Connection, action: Action, work: Callable[[], Awaitable[None]]
    ) -> None:
        """Do what waits for the database without keeping back the connection's next frames."""

        async def do() -> None:
            try:
                await work()
            except DomainError as error:
                refuse(connection, action, error)

        self._tasks.start(do(), f"{action} in session {self._chair.session.id}")


def refuse(connection: Connection, action: Action, error: DomainError) -> None:
    """Say that something was not done, and why."""
    connection.tell(
        {
            "type": "refused",
            "action": action.value,
            "code": error.code,
            "error": error.sentence,
        }
    )
