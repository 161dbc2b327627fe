"""A place in a program's source, with the expression that stands there, for people who have no tables at hand."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from tapedeck.tape.tape import Tape

EXPRESSION_LENGTH = 2_000
"""A longer expression is cut: a place names the culprit, it does not repeat the program."""


class Place(msgspec.Struct, frozen=True):
    """A place in the program: lines count from 1, columns count characters from 0; ``expression`` is its text."""

    source: str
    line: int
    column: int
    end_line: int
    end_column: int
    expression: str


def place_of(tape: Tape, span: int | None) -> Place | None:
    """The place of a span of a tape; ``None`` where there is no span."""
    if span is None:
        return None
    row = tape.spans[span]
    source = tape.sources[row.source]
    return place(source.name, source.text, row.line, row.column, row.end_line, row.end_column)


def place(name: str, text: str, line: int, column: int, end_line: int, end_column: int) -> Place | None:
    """The place with its expression, or ``None`` when it does not lie inside ``text``."""
    lines = text.split("\n")
    if not 1 <= line <= end_line <= len(lines) or column < 0 or end_column < 0:
        return None
    picked = lines[line - 1 : end_line]
    picked[-1] = picked[-1][:end_column]
    picked[0] = picked[0][column:]
    return Place(name, line, column, end_line, end_column, "\n".join(picked)[:EXPRESSION_LENGTH])


def place_of_line(name: str, text: str, line: int) -> Place | None:
    """The simple statement that contains ``line``, or else the line itself, for when only a line is known."""
    lines = text.split("\n")
    if not 1 <= line <= len(lines):
        return None
    statement = _simple_statement(text, line)
    if statement is not None:
        return place(name, text, *statement)
    bare = lines[line - 1].rstrip()
    return place(name, text, line, len(bare) - len(bare.lstrip()), line, len(bare))


def _simple_statement(text: str, line: int) -> tuple[int, int, int, int] | None:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    rows = text.split("\n")
    found = None
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt) or hasattr(node, "body"):
            continue
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        if node.lineno <= line <= end_line:
            found = (
                node.lineno,
                characters(rows[node.lineno - 1], node.col_offset),
                end_line,
                characters(rows[end_line - 1], end_column),
            )
    return found


def characters(row: str, offset: int) -> int:
    """How many characters the first ``offset`` bytes of a row are."""
    return len(row.encode()[:offset].decode(errors="ignore"))
