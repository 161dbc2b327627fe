"""The tape's JSON Schema, published by the server and the source of the browser's types."""

from __future__ import annotations

from typing import Any

import msgspec

from tapedeck.tape.events import AnyEvent
from tapedeck.tape.tape import Tables


def schema() -> dict[str, Any]:
    """``{"$defs", "tables", "event"}``: a schema for ``tape.json`` and one for each line of ``events.jsonl``."""
    (tables, event), definitions = msgspec.json.schema_components([Tables, AnyEvent], ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Tapedeck tape",
        "tables": tables,
        "event": event,
        "$defs": definitions,
    }
