"""Requests made up from the OpenAPI document never break the server, and answers are as it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.support.server import ServerProcess

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
OPERATIONS = 15


@pytest.fixture
def server(data_dir: Path) -> Iterator[ServerProcess]:
    limits = {
        "CODEINTERVIEW_JOINS_PER_MINUTE": "100000",
        "CODEINTERVIEW_PREVIEWS_PER_MINUTE": "100000",
    }
    server = ServerProcess(data_dir, env=limits)
    server.start()
    yield server
    assert server.stop() == 0


def test_made_up_requests_are_answered_as_described(server: ServerProcess) -> None:
    schema = schemathesis.openapi.from_url(f"{server.origin}/openapi.json")
    results = list(schema.get_all_operations())
    operations = [result.ok() for result in results if isinstance(result, Ok)]
    assert len(operations) == len(results)
    assert len(operations) >= OPERATIONS
    seen: set[int] = set()
    for operation in operations:
        seen |= ask(server, operation)
    # Both sides of the interface were reached, not refusals alone.
    assert {200, 201, 204, 400, 404, 422} <= seen
    assert "Traceback" not in server.log_text()


def ask(server: ServerProcess, operation: Any) -> set[int]:
    """Make up requests for one operation, half of them about a session that exists."""
    hosted = server.host_session()
    headers = {"Authorization": f"Bearer {server.host_key}"}
    seen: set[int] = set()

    @given(case=operation.as_strategy(), exists=st.booleans())
    @settings(
        max_examples=20,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    def check(case: Any, exists: bool) -> None:
        if exists and "session_id" in case.path_parameters:
            case.path_parameters["session_id"] = hosted.id
        if exists and "participant_id" in case.path_parameters:
            case.path_parameters["participant_id"] = "host"
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)
        seen.add(response.status_code)

    check()
    return seen
