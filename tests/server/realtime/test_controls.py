"""What clients say in JSON is read once, strictly, into values."""

from __future__ import annotations

from typing import Any

import pytest

from codeinterview_server.domain.roles import MESSAGE_ACTIONS
from codeinterview_server.domain.runs import RunStatus, Stream
from codeinterview_server.realtime.controls import (
    OUTCOMES,
    STREAMS,
    TYPES,
    Answer,
    Ping,
    RunFinished,
    RunOutput,
    RunStarted,
    SwitchLanguage,
    parse_control,
)

RUN = {"type": "run", "run_id": "r-1"}


@pytest.mark.parametrize(
    ("message", "value"),
    [
        ({"type": "ping", "id": "x" * 64}, Ping("x" * 64)),
        ({"type": "ping", "id": ""}, Ping("")),
        ({"type": "admit", "participant_id": "u_1"}, Answer("u_1", admit=True)),
        ({"type": "decline", "participant_id": "u-1"}, Answer("u-1", admit=False)),
        ({"type": "language", "language": "html"}, SwitchLanguage("html")),
        (
            {**RUN, "event": "started", "language": "html", "path": "style.css"},
            RunStarted("r-1", "html", "style.css"),
        ),
        (
            {**RUN, "event": "output", "stream": "stderr", "text": "no\n"},
            RunOutput("r-1", "stderr", "no\n"),
        ),
        (
            {**RUN, "event": "finished", "status": "timeout", "duration_ms": 0},
            RunFinished("r-1", "timeout", 0, truncated=False),
        ),
        (
            {**RUN, "event": "finished", "status": "ok", "duration_ms": 12, "truncated": True},
            RunFinished("r-1", "ok", 12, truncated=True),
        ),
        ({"type": "ping", "id": "1", "more": [1]}, Ping("1")),
        ({"type": "ping", "id": "1", "ahead": False}, Ping("1")),
        ({"type": "ping", "id": "1", "ahead": True}, Ping("1", ahead=True)),
    ],
    ids=str,
)
def test_each_message_is_read(message: dict[str, Any], value: object) -> None:
    assert parse_control(message) == value


@pytest.mark.parametrize(
    "message",
    [
        {"type": "welcome"},
        {"type": ""},
        {"type": "PING", "id": "1"},
        {**RUN, "event": "paused"},
        RUN,
    ],
    ids=str,
)
def test_what_a_newer_client_may_say_is_ignored(message: dict[str, Any]) -> None:
    assert parse_control(message) is None


@pytest.mark.parametrize(
    "message",
    [
        {"type": "ping"},
        {"type": "ping", "id": 1},
        {"type": "ping", "id": "x" * 65},
        {"type": "ping", "id": "1", "ahead": 1},
        {"type": "ping", "id": "1", "ahead": None},
        {"type": "admit"},
        {"type": "admit", "participant_id": ""},
        {"type": "admit", "participant_id": "a b"},
        {"type": "decline", "participant_id": "x" * 65},
        {"type": "decline", "participant_id": None},
        {"type": "language"},
        {"type": "language", "language": "cobol"},
        {"type": "language", "language": ["html"]},
        {"type": "run", "event": "started"},
        {"type": "run", "run_id": "../x", "event": "started"},
        {**RUN, "event": "started", "language": "python"},
        {**RUN, "event": "started", "language": "python", "path": "main.js"},
        {**RUN, "event": "started", "language": "python", "path": "/etc/passwd"},
        {**RUN, "event": "started", "language": "cobol", "path": "main.py"},
        {**RUN, "event": "output", "text": "x"},
        {**RUN, "event": "output", "stream": "stdin", "text": "x"},
        {**RUN, "event": "output", "stream": "stdout", "text": 1},
        {**RUN, "event": "output", "stream": "stdout"},
        {**RUN, "event": "finished", "status": "running", "duration_ms": 1},
        {**RUN, "event": "finished", "status": "ok"},
        {**RUN, "event": "finished", "status": "ok", "duration_ms": -1},
        {**RUN, "event": "finished", "status": "ok", "duration_ms": 1.5},
        {**RUN, "event": "finished", "status": "ok", "duration_ms": True},
        {**RUN, "event": "finished", "status": "ok", "duration_ms": 2**53},
        {**RUN, "event": "finished", "status": "ok", "duration_ms": 1, "truncated": 1},
    ],
    ids=str,
)
def test_a_field_that_is_not_as_it_must_be_is_refused(message: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        parse_control(message)


def test_every_type_is_judged_by_the_table_of_who_may_do_what() -> None:
    assert set(MESSAGE_ACTIONS) - {"sync", "awareness"} == TYPES


def test_streams_and_outcomes_are_those_that_are_kept() -> None:
    assert set(Stream) == STREAMS
    assert set(RunStatus) - {RunStatus.RUNNING} == OUTCOMES
