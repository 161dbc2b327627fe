"""The one shape of every error: RFC 9457 problem documents."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from tapedeck.store import StoreError, StoreFull

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    where: str = Field(description="The field, as a dotted path such as body.options.seed.")
    detail: str


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str = Field("about:blank", description="A name for this kind of error.")
    title: str
    status: int
    detail: str
    where: str | None = Field(None, description="The part of the request that is wrong, where one is.")
    errors: list[Fault] | None = None


class Refusal(Exception):
    """Raised by a route to answer with a problem."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        type: str = "about:blank",
        where: str | None = None,
        errors: list[Fault] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.problem = problem(status, detail, type=type, where=where, errors=errors)
        self.headers = dict(headers or {})


def problem(status: int, detail: str, **fields: Any) -> Problem:
    """A problem with the status' own phrase as its title."""
    return Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, **fields)


def answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as a response."""
    # ASCII, because a problem may quote what no encoding can spell (a field named by a lone surrogate).
    body = json.dumps(problem.model_dump(exclude_none=True)).encode()
    return Response(body, problem.status, dict(headers or {}), media_type=MEDIA_TYPE)


def install(app: FastAPI, allowed: Callable[[str], list[str]]) -> None:
    """Answer every error of the application with a problem; ``allowed`` tells the methods that a path has."""

    @app.exception_handler(Refusal)
    async def refused(_: Request, error: Refusal) -> Response:
        return answer(error.problem, error.headers)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        details = {
            404: f"There is nothing at {request.url.path}.",
            405: f"{request.method} is not possible at {request.url.path}.",
            408: "The request's body did not come in time.",
            413: "The request's body is too large.",
        }
        headers = dict(error.headers or {})
        if error.status_code == 405 and (methods := allowed(request.url.path)):
            headers["Allow"] = ", ".join(methods)  # those of every route, where the framework knows of the first one
        return answer(problem(error.status_code, details.get(error.status_code, str(error.detail))), headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        faults = [Fault(where=_path(one["loc"]), detail=_sentence(one)) for one in error.errors()]
        malformed = any(one["type"] == "json_invalid" for one in error.errors())
        first = faults[0]
        return answer(
            problem(400 if malformed else 422, f"{first.where}: {first.detail}", where=first.where, errors=faults)
        )

    @app.exception_handler(StoreFull)
    async def full(_: Request, error: StoreFull) -> Response:
        return answer(problem(507, f"{str(error).rstrip('.')}.", type="urn:tapedeck:problem:store-full"))

    @app.exception_handler(StoreError)
    async def unreachable(_: Request, error: StoreError) -> Response:
        log.error("the store cannot be used: %s", error)
        return answer(problem(503, "The tapes cannot be reached just now; try again."), {"Retry-After": "5"})

    @app.exception_handler(Exception)
    async def broken(request: Request, _: Exception) -> Response:
        # The server that runs the application logs the exception, which goes on to it after this answer.
        return answer(
            problem(500, "The server failed; its log says why."),
            {
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": "default-src 'none'",
                "X-Request-Id": getattr(request.state, "request_id", ""),
            },
        )


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of a route, for the OpenAPI document."""
    return {status: {"model": Problem} for status in statuses}


def _path(parts: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in parts)


def _sentence(error: Mapping[str, Any]) -> str:
    if error["type"] == "json_invalid":
        return f"the body is not JSON ({error.get('ctx', {}).get('error', 'malformed')})"
    return str(error["msg"]).removeprefix("Value error, ")
