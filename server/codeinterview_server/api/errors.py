"""The one place where errors become HTTP answers: a status and the JSON envelope."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from codeinterview_server.domain import errors

_log = logging.getLogger(__name__)

STATUSES: Final[Mapping[type[errors.DomainError], int]] = {
    errors.BadRequest: 400,
    errors.NotAuthenticated: 401,
    errors.InvalidToken: 401,
    errors.NotAllowed: 403,
    errors.InvalidInvite: 403,
    errors.InviteRequired: 403,
    errors.Declined: 403,
    errors.Removed: 403,
    errors.WaitingForAdmission: 403,
    errors.SessionNotFound: 404,
    errors.ParticipantNotFound: 404,
    errors.NotFound: 404,
    errors.SessionEnded: 409,
    errors.SessionFull: 409,
    errors.Conflict: 409,
    errors.OpenElsewhere: 409,
    errors.SessionExpired: 410,
    errors.TooLarge: 413,
    errors.ValidationFailed: 422,
    errors.TooManyRequests: 429,
    errors.DatabaseAway: 503,
    errors.ShuttingDown: 503,
}

_INTERNAL_SENTENCE = "Something failed in the server. Try again; its log says what it was."
_HTTP_ERRORS: Final[Mapping[int, tuple[str, str]]] = {
    400: (errors.BadRequest.code, errors.BadRequest.default_sentence),
    404: (errors.NotFound.code, errors.NotFound.default_sentence),
    405: ("METHOD_NOT_ALLOWED", "This address does not take that method. See /docs."),
    413: (errors.TooLarge.code, errors.TooLarge.default_sentence),
}


def envelope(
    status: int,
    code: str,
    sentence: str,
    *,
    fields: Sequence[Mapping[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Returns an error's answer as docs/protocol.md has it."""
    detail: dict[str, Any] = {"success": False, "error": sentence, "code": code}
    if fields is not None:
        detail["fields"] = list(fields)
    return JSONResponse({"detail": detail}, status, headers)


def answer_for(error: errors.DomainError) -> JSONResponse:
    """Returns a refusal's answer."""
    status = STATUSES.get(type(error), 400)
    fields = None
    headers: dict[str, str] = {}
    if isinstance(error, errors.ValidationFailed):
        fields = [{"field": name, "error": text} for name, text in error.fields.items()]
    elif isinstance(error, errors.TooManyRequests):
        headers["Retry-After"] = str(error.retry_after_s)
    elif status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return envelope(status, error.code, error.sentence, fields=fields, headers=headers)


def install(app: FastAPI) -> None:
    """Makes the app answer every error by the functions above."""
    app.add_exception_handler(errors.DomainError, _on_domain_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_error)


class UnexpectedErrors:
    """Answers what nobody caught with 500 and no details; the log has the traceback.

    It stands inside the other middleware, so that this answer gets its headers too.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception:
            if started:
                # The answer is cut off; the connection must not look as if it were whole.
                raise
            # The path alone: a query may hold a secret.
            address = (scope.get("client") or ("",))[0]
            _log.exception("%s %r from %s failed", scope["method"], scope["path"], address)
            await envelope(500, "INTERNAL_ERROR", _INTERNAL_SENTENCE)(scope, receive, send)


async def _on_domain_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, errors.DomainError)  # noqa: S101 - registered for these alone
    return answer_for(error)


async def _on_invalid_request(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for these alone
    problems = error.errors()
    if any(problem["type"] == "json_invalid" for problem in problems):
        return answer_for(errors.BadRequest("The body is not valid JSON. Check its syntax."))
    fields: dict[str, str] = {}
    for problem in problems:
        # The first part says where the field is: body, query, path.
        name = ".".join(str(part) for part in problem["loc"][1:]) or str(problem["loc"][0])
        fields.setdefault(name, _sentence(problem))
    return answer_for(errors.ValidationFailed(fields))


async def _on_http_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for these alone
    code, sentence = _HTTP_ERRORS.get(error.status_code, _HTTP_ERRORS[400])
    return envelope(error.status_code, code, sentence, headers=error.headers)


def _sentence(problem: Mapping[str, Any]) -> str:
    if problem["type"] == "model_attributes_type":
        return "This must be a JSON object, sent as application/json."
    text = str(problem["msg"]).removeprefix("Value error, ")
    return text if text.endswith(".") else f"{text}."
