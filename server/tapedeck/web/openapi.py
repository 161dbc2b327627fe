"""The OpenAPI document: FastAPI's own, with every answer that can come, and problems told as what they are."""

from __future__ import annotations

import re
from typing import Any

from fastapi import FastAPI

from tapedeck.web.makers import KEY, KEY_HEADER
from tapedeck.web.problems import MEDIA_TYPE

THAT_TAPE = {"id": "$response.body#/id"}
TAPES = "/api/v1/tapes"
MAKER = {
    "name": KEY_HEADER,
    "in": "header",
    "required": False,
    "description": "The secret of a maker without cookies: who sends it again owns what was made with it.",
    "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
}
ABOUT_A_TAPE = "/api/v1/tapes/{id}"
PROBLEM = "#/components/schemas/Problem"
EVERYWHERE = {
    400: "The request is not HTTP as it is served here, or its body is not what it says.",
    401: "The service asks for a token, or for a signed-in user.",
    403: "A page of another site asked.",
    408: "The request did not come in time.",
    413: "The request is too large.",
    421: "The host name is not one of the service's own.",
    422: "A part of the request is wrong; `where` says which.",
    429: "Too many requests, or too many wait; `Retry-After` says when to try again.",
    500: "The service failed.",
    503: "Too many connections, not ready, or the tapes cannot be reached.",
}
"""What the checks around every route may answer."""
OPEN = ("/healthz", "/readyz")
METHODS = ("get", "put", "post", "delete", "patch", "head", "options")


def install(app: FastAPI) -> None:
    """Have the application tell this document."""
    own = app.openapi

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = completed(own())
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's own way to extend the document


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the answers that FastAPI does not know of."""
    components = document.setdefault("components", {})
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    for path, operations in document["paths"].items():
        _link(operations, document["paths"])
        for operation in operations.values():
            _complete(operation["responses"], around=[code for code in EVERYWHERE if code != 401 or path not in OPEN])
            if path.startswith(TAPES):
                operation.setdefault("parameters", []).append(MAKER)
            if path not in OPEN:
                operation["security"] = [{}, {"token": []}]
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    return document


def allowed(app: FastAPI, path: str) -> list[str]:
    """The methods that a path has, by the document; none where the path is not in it."""
    for template, operations in app.openapi()["paths"].items():
        if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)), path):
            return sorted(method.upper() for method in operations if method in METHODS)
    return []


def _link(operations: dict[str, Any], paths: dict[str, Any]) -> None:
    """From the answer that names a new tape to everything that can be asked about it."""
    for operation in (operations.get("post", {}), operations.get("put", {})):
        for status in ("200", "201", "202"):
            if status in operation.get("responses", {}):
                operation["responses"][status]["links"] = {
                    about["operationId"]: {
                        "operationId": about["operationId"],
                        "parameters": {"id": "$response.body#/id"},
                    }
                    for path, abouts in paths.items()
                    if path.startswith(ABOUT_A_TAPE)
                    for about in abouts.values()
                }


def _complete(responses: dict[str, Any], around: list[int]) -> None:
    for code in around:
        responses.setdefault(str(code), {"content": {"application/json": {"schema": {"$ref": PROBLEM}}}})
    for status, response in responses.items():
        content = response.get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        if status >= "400" and schema.get("$ref") in (PROBLEM, "#/components/schemas/HTTPValidationError"):
            response["content"] = {MEDIA_TYPE: {"schema": {"$ref": PROBLEM}}}
            response["description"] = EVERYWHERE.get(int(status), response.get("description", "A problem."))
