"""A finding: what is wrong, in one sentence, and the moment and place on the tape that shows it."""

from __future__ import annotations

from typing import Literal

import msgspec

from tapedeck.tape import Tape


class Place(msgspec.Struct, frozen=True):
    """A place in the program's own source: columns count characters from 0, lines from 1."""

    source: str
    line: int
    column: int
    end_line: int
    end_column: int
    expression: str


class Finding(msgspec.Struct, frozen=True):
    """One finding. ``step`` is the event that shows it; ``thing`` names a row (``op:3``, ``node:5``)."""

    rule: str
    severity: Literal["error", "warning", "notice"]
    sentence: str
    step: int
    thing: str | None = None
    where: Place | None = None


def place_of(tape: Tape, span: int | None) -> Place | None:
    """A span with the text it covers; ``None`` where there is no span."""
    if span is None:
        return None
    row = tape.spans[span]
    source = tape.sources[row.source]
    lines = source.text.split("\n")[row.line - 1 : row.end_line]
    if lines:
        lines[-1] = lines[-1][: row.end_column]
        lines[0] = lines[0][row.column :]
    return Place(source.name, row.line, row.column, row.end_line, row.end_column, "\n".join(lines))
