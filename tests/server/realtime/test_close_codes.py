"""Each refusal closes a socket with the code and reason of docs/protocol.md."""

from __future__ import annotations

import pytest

from codeinterview_server.domain import errors
from codeinterview_server.realtime.close_codes import CloseCode, close_for

CASES = [
    (errors.BadRequest(), 4400, "malformed"),
    (errors.ValidationFailed({"x": "y"}), 4400, "malformed"),
    (errors.NotAuthenticated(), 4401, "not_authenticated"),
    (errors.InvalidToken(), 4401, "not_authenticated"),
    (errors.NotAllowed(), 4403, "not_allowed"),
    (errors.Declined(), 4403, "declined"),
    (errors.Removed(), 4403, "removed"),
    (errors.SessionNotFound(), 4404, "not_found"),
    (errors.SessionEnded(), 4409, "ended"),
    (errors.SessionExpired(), 4410, "expired"),
    (errors.TooLarge(), 4413, "too_large"),
    (errors.TooManyRequests(1), 4429, "too_many"),
    (errors.DatabaseAway(), 1013, "database_away"),
    (errors.ShuttingDown(), 1012, "restarting"),
]


@pytest.mark.parametrize(
    ("error", "code", "reason"), CASES, ids=[type(case[0]).__name__ for case in CASES]
)
def test_a_refusal_has_its_code(error: errors.DomainError, code: int, reason: str) -> None:
    assert close_for(error) == (code, reason)


def test_every_code_is_given_for_something() -> None:
    assert {code for _, code, _ in CASES} == set(CloseCode)


def test_reasons_fit_into_a_close_frame() -> None:
    assert all(len(reason.encode()) <= 123 for _, _, reason in CASES)
