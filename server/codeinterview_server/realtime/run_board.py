"""The newest runs of one room: bounded records of who ran what and what it printed."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from codeinterview_server.db.events import EventKind
from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.errors import TooManyRequests
from codeinterview_server.domain.limits import Limits
from codeinterview_server.domain.runs import Output, Run, RunStatus, Stream
from codeinterview_server.domain.sessions import Participant
from codeinterview_server.realtime.connection import Budget, Connection
from codeinterview_server.realtime.controls import RunEvent, RunFinished, RunOutput, RunStarted
from codeinterview_server.realtime.line import Line
from codeinterview_server.realtime.peers import Peers
from codeinterview_server.realtime.stores import Records

_VIEW_BYTES: Final = 1024 * 1024
"""Output of all records that a welcome carries; what is older is left out."""
_PIECES_MAX: Final = 20_000
"""Changes of stream within one run's output."""
_PIECE_CHARACTERS: Final = 4096
_LATELY_MS: Final = 10_000
"""For so long, a run that is over may not be in the database yet."""
_UNCLAIMED: Final = -1
"""In place of the replica that a run runs on, while none has said that it is its own."""


class _Record:
    """One run while it is kept at hand; its output grows piece by piece."""

    def __init__(self, run: Run, left_bytes: int, runner: int | None = None) -> None:
        self.runner = runner
        """The replica that it runs on; None for this server."""
        self.head = replace(run, output=())
        self._pieces: list[tuple[Stream, list[str]]] = [
            (piece.stream, [piece.text]) for piece in run.output
        ]
        self._left_bytes = left_bytes

    @property
    def is_running(self) -> bool:
        return self.head.status is RunStatus.RUNNING

    def add(self, stream: Stream, text: str) -> str:
        """Add output, and return how much of the text there was room for."""
        kept = _cut(text, self._left_bytes)
        self._left_bytes -= _size_bytes(kept)
        if self._pieces and self._pieces[-1][0] is stream:
            self._pieces[-1][1].append(kept)
        elif len(self._pieces) < _PIECES_MAX:
            self._pieces.append((stream, [kept]))
        else:
            kept = ""
        if len(kept) < len(text):
            self.head = replace(self.head, truncated=True)
        return kept

    def finish(self, status: RunStatus, duration_ms: int, *, truncated: bool) -> None:
        self.head = replace(
            self.head,
            status=status,
            duration_ms=duration_ms,
            truncated=truncated or self.head.truncated,
        )

    def run(self) -> Run:
        pieces = tuple(Output(stream, "".join(texts)) for stream, texts in self._pieces)
        return replace(self.head, output=pieces)


class RunBoard:
    """The runs of one room. A run's events count only from the participant who started it.

    Args:
        session_id: Whose they are.
        runs: The newest ones as the database has them.
        limits: Their bounds.
        peers: Whom they are told to.
        records: Where they are kept.
        line: Where they are told as well.
    """

    def __init__(
        self,
        session_id: str,
        runs: Iterable[Run],
        limits: Limits,
        peers: Peers,
        records: Records,
        line: Line,
    ) -> None:
        self._session_id = session_id
        self._line = line
        self._limits = limits
        self._peers = peers
        self._records = records
        self._board: dict[str, _Record] = {}
        self._budgets: dict[str, Budget] = {}
        for run in runs:
            self._board[run.run_id] = record = _Record(run, 0, _UNCLAIMED)
            if record.is_running and not line.leads_somewhere:
                # The server went down under it, and with it whoever ran it.
                self._finish(record, RunStatus.STOPPED, _age_ms(run), truncated=run.truncated)

    def take(self, event: RunEvent, participant: Participant, sender: Connection) -> None:
        """Take in what happened to a run, and tell the others.

        Raises:
            TooManyRequests: The participant starts runs too often.
        """
        if isinstance(event, RunStarted):
            self._start(event, participant, sender)
            return
        record = self._board.get(event.run_id)
        if record is None or not record.is_running or record.head.participant_id != participant.id:
            return
        # Whoever runs it may have come here from another replica.
        record.runner = None
        if isinstance(event, RunOutput):
            stream = Stream(event.stream)
            text = _cut(event.text, self._limits.run_message_bytes)
            if len(text) < len(event.text):
                record.head = replace(record.head, truncated=True)
            kept = record.add(stream, text)
            if kept:
                self._tell(record, _printed(Output(stream, kept)), sender)
        else:
            self._end(record, event, sender)

    def stop_all(self, participant_id: str | None = None) -> None:
        """Finish runs here that nobody will finish any more: one participant's, or everybody's."""
        for record in self._board.values():
            is_theirs = participant_id in (None, record.head.participant_id)
            if record.is_running and record.runner is None and is_theirs:
                self._end(record, _stopped(record), None)

    # Runs on other replicas.

    def introduction(self) -> Iterator[Mapping[str, Any]]:
        """Yield what another replica has to know of what runs here."""
        for record in self._board.values():
            if record.runner is None and (record.is_running or _ended_lately(record)):
                yield {"type": "run_record", "record": _view(record.run())}

    def hear(self, sender: int, news: Mapping[str, Any]) -> None:
        """Take in what happened to a run on another replica, and tell it here."""
        message = {key: value for key, value in news.items() if key != "started_at"}
        record = self._board.get(news["run_id"])
        if news["event"] == "started":
            if record is not None:
                return
            self._board[news["run_id"]] = record = _Record(
                self._run_of(news), self._limits.run_output_bytes, sender
            )
            self._forget_oldest()
        elif record is None or not record.is_running:
            return
        elif news["event"] == "output":
            record.add(Stream(news["stream"]), news["text"])
        else:
            status = RunStatus(news["status"])
            record.finish(status, news["duration_ms"], truncated=news["truncated"])
        record.runner = sender
        self._peers.tell(message)

    def hear_record(self, sender: int, view: Mapping[str, Any]) -> None:
        """Take in all that there is of a run on another replica, and tell what is new of it."""
        held = self._board.get(view["run_id"])
        if held is not None and (not held.is_running or held.runner in (None, sender)):
            return
        run = replace(
            self._run_of(view),
            status=RunStatus(view["status"]),
            duration_ms=view["duration_ms"],
            truncated=view["truncated"],
            output=tuple(
                Output(Stream(piece["stream"]), piece["text"]) for piece in view["output"]
            ),
        )
        used_bytes = sum(_size_bytes(piece.text) for piece in run.output)
        left_bytes = max(0, self._limits.run_output_bytes - used_bytes)
        self._board[run.run_id] = record = _Record(run, left_bytes, sender)
        self._forget_oldest()
        if held is None:
            self._peers.tell(_message(record, _started(record)))
        known = 0 if held is None else sum(len(piece.text) for piece in held.run().output)
        for piece in _behind(run.output, known):
            self._peers.tell(_message(record, _printed(piece)))
        if not record.is_running:
            self._peers.tell(_message(record, _finished(record)))

    def disown(self) -> None:
        """Take note that nothing is heard of the other replicas, nor of what runs there."""
        for record in self._board.values():
            if record.runner is not None:
                record.runner = _UNCLAIMED

    def orphan(self, sender: int | None, *, is_heir: bool) -> None:
        """Stop what ran on a replica that is gone, or what none says to be its own.

        Only the heir writes it down: one does for all.
        """
        runner = _UNCLAIMED if sender is None else sender
        for record in self._board.values():
            if record.is_running and record.runner == runner:
                stopped = _stopped(record)
                if is_heir:
                    self._finish(record, RunStatus.STOPPED, stopped.duration_ms, truncated=False)
                else:
                    record.finish(RunStatus.STOPPED, stopped.duration_ms, truncated=False)
                self._peers.tell(_message(record, _finished(record)))

    def _run_of(self, news: Mapping[str, Any]) -> Run:
        return Run(
            session_id=self._session_id,
            run_id=news["run_id"],
            participant_id=news["participant_id"],
            name=news["name"],
            language=news["language"],
            path=news["path"],
            started_at=news["started_at"],
            status=RunStatus.RUNNING,
            duration_ms=None,
            truncated=False,
            output=(),
        )

    def view(self) -> list[dict[str, Any]]:
        """Show the records, the earliest first; the output of old ones may be left out."""
        left_bytes = _VIEW_BYTES
        shown: list[dict[str, Any]] = []
        for record in reversed(self._board.values()):
            run = record.run()
            view = _view(run)
            left_bytes -= len(
                json.dumps(view["output"], ensure_ascii=False).encode(errors="replace")
            )
            if left_bytes < 0:
                view |= {"output": [], "truncated": True}
            shown.append(view)
        shown.reverse()
        return shown

    def _start(self, event: RunStarted, participant: Participant, sender: Connection) -> None:
        if event.run_id in self._board:
            return
        self._spend(participant.id)
        run = Run(
            session_id=self._session_id,
            run_id=event.run_id,
            participant_id=participant.id,
            name=participant.name,
            language=event.language,
            path=event.path,
            started_at=now_ms(),
            status=RunStatus.RUNNING,
            duration_ms=None,
            truncated=False,
            output=(),
        )
        self._board[run.run_id] = record = _Record(run, self._limits.run_output_bytes)
        self._forget_oldest()
        self._records.run(run)
        self._records.event(EventKind.RUN_STARTED, participant.id, {"run_id": run.run_id})
        self._tell(record, _started(record), sender)

    def _spend(self, participant_id: str) -> None:
        """Charge a start to its participant, whichever of their sockets it comes from."""
        budget = self._budgets.get(participant_id)
        if budget is None:
            budget = self._budgets[participant_id] = Budget(self._limits.runs_per_minute / 60)
        if not budget.spend(1):
            raise TooManyRequests(10, "You start runs too often. Wait a few seconds.")

    def _end(self, record: _Record, event: RunFinished, sender: Connection | None) -> None:
        status = RunStatus(event.status)
        self._finish(record, status, event.duration_ms, truncated=event.truncated)
        self._tell(record, _finished(record), sender)

    def _finish(
        self, record: _Record, status: RunStatus, duration_ms: int, *, truncated: bool
    ) -> None:
        record.finish(status, duration_ms, truncated=truncated)
        self._records.run(record.run())
        self._records.event(
            EventKind.RUN_FINISHED,
            record.head.participant_id,
            {"run_id": record.head.run_id, "status": status.value},
        )

    def _forget_oldest(self) -> None:
        for run_id in list(self._board)[: -self._limits.runs_kept]:
            record = self._board.pop(run_id)
            if record.is_running and record.runner is None:
                self._finish(record, RunStatus.STOPPED, _age_ms(record.head), truncated=True)

    def _tell(self, record: _Record, body: dict[str, Any], sender: Connection | None) -> None:
        message = _message(record, body)
        self._peers.tell(message, sender=sender)
        self._line.tell({**message, "started_at": record.head.started_at})


def _message(record: _Record, body: dict[str, Any]) -> dict[str, Any]:
    head = record.head
    return {
        "type": "run",
        "run_id": head.run_id,
        **body,
        "participant_id": head.participant_id,
        "name": head.name,
    }


def _started(record: _Record) -> dict[str, Any]:
    return {"event": "started", "language": record.head.language, "path": record.head.path}


def _printed(piece: Output) -> dict[str, Any]:
    return {"event": "output", "stream": piece.stream.value, "text": piece.text}


def _behind(pieces: Iterable[Output], known: int) -> Iterator[Output]:
    """Yield output behind so many characters of it, in pieces of the size of a message's."""
    for piece in pieces:
        text = piece.text[known:]
        known = max(0, known - len(piece.text))
        for at in range(0, len(text), _PIECE_CHARACTERS):
            yield Output(piece.stream, text[at : at + _PIECE_CHARACTERS])


def _ended_lately(record: _Record) -> bool:
    head = record.head
    return now_ms() - head.started_at - (head.duration_ms or 0) < _LATELY_MS


def _finished(record: _Record) -> dict[str, Any]:
    head = record.head
    return {
        "event": "finished",
        "status": head.status.value,
        "duration_ms": head.duration_ms,
        "truncated": head.truncated,
    }


def _stopped(record: _Record) -> RunFinished:
    head = record.head
    return RunFinished(head.run_id, RunStatus.STOPPED, _age_ms(head), truncated=False)


def _view(run: Run) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "participant_id": run.participant_id,
        "name": run.name,
        "language": run.language,
        "path": run.path,
        "started_at": run.started_at,
        "status": run.status.value,
        "duration_ms": run.duration_ms,
        "truncated": run.truncated,
        "output": [{"stream": piece.stream.value, "text": piece.text} for piece in run.output],
    }


def _age_ms(run: Run) -> int:
    return max(0, now_ms() - run.started_at)


def _size_bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _cut(text: str, limit_bytes: int) -> str:
    """Return as much of a text's beginning as fits, without half a character."""
    if len(text) * 4 <= limit_bytes or _size_bytes(text) <= limit_bytes:
        return text
    return text.encode("utf-8", "replace")[:limit_bytes].decode("utf-8", "ignore")
