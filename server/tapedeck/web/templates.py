"""From a template to a page, with the nonce that its own scripts and styles carry."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tapedeck.assets import folder
from tapedeck.web.language import language


def render(request: Request, name: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page, made anew for every visitor."""
    html = (
        _environment()
        .get_template(name)
        .render(nonce=request.state.nonce, version=version(), language=language(request), **values)
    )
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})


def version() -> str:
    """The installed version."""
    try:
        return installed_version("tapedeck")
    except PackageNotFoundError:
        return "0"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(folder("templates")), autoescape=True, undefined=StrictUndefined, auto_reload=False
    )
