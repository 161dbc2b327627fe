"""Log lines, each with the request and the tape it is about: readable, or as JSON.

What is logged is a route, a status, an id, a duration, never what somebody sent: no program text, no query, no
header, no cookie, no token.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

from tapedeck.settings import Settings

FIELDS = ("request", "tape", "method", "route", "status", "ms", "client", "waited_s", "ran_s")
"""What a line may carry beside its message, given as ``extra``."""
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class About:
    """What the lines of this moment are about; a request fills it in as it learns more."""

    def __init__(self, request: str = "", tape: str = "") -> None:
        self.request = request
        self.tape = tape


about: ContextVar[About | None] = ContextVar("about", default=None)


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage().strip(),
            **_facts(record),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, default=str)


class Readable(logging.Formatter):
    """``12:00:00.123 info    message  request=… tape=…``; a line break in a message cannot forge a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        facts = "".join(f" {name}={value}" for name, value in _facts(record).items())
        message = CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", record.getMessage().strip())
        text = f"{_time(record)[11:23]} {record.levelname.lower():<7} {message} {facts}".rstrip()
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def set_up(settings: Settings, stream: TextIO | None = None) -> None:
    """Send every log line of this process, uvicorn's too, to standard error."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if settings.log_format == "json" else Readable())
    logging.basicConfig(handlers=[handler], level=settings.log_level.upper(), force=True)
    for talkative in ("uvicorn", "alembic"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    logging.captureWarnings(True)


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    here = about.get()
    given = {"request": here.request, "tape": here.tape} if here else {}
    given |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
    return {name: value for name, value in given.items() if value not in ("", None)}


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
