"""How a run ended: a closed union in which "your program failed" and "we failed" are different members."""

from __future__ import annotations

import ast

import msgspec


class Where(msgspec.Struct, frozen=True):
    """A place in the program: lines count from 1, columns count characters from 0; ``expression`` is its text."""

    source: str
    line: int
    column: int
    end_line: int
    end_column: int
    expression: str


class Ended(msgspec.Struct, frozen=True, tag_field="status"):
    """Base of every outcome: a sentence for people and, where it is known, a place in the program."""

    detail: str = ""
    where: Where | None = None

    @property
    def status(self) -> str:
        """The outcome's name: its tag in JSON."""
        return str(self.__struct_config__.tag)


class Finished(Ended, frozen=True, tag="finished"):
    """The program ran to its end."""


class Raised(Ended, frozen=True, tag="raised"):
    """An exception nobody caught ended the program."""


class TimedOut(Ended, frozen=True, tag="timed_out"):
    """The program was still running when its time was up."""


class OutOfMemory(Ended, frozen=True, tag="out_of_memory"):
    """The program asked for more memory than it may have."""


class TooMuchOutput(Ended, frozen=True, tag="too_much_output"):
    """The program printed, or did, more than a tape may hold."""


class Cancelled(Ended, frozen=True, tag="cancelled"):
    """Somebody asked for the run to be stopped."""


class Died(Ended, frozen=True, tag="died"):
    """The program's process ended without a result: with an exit ``code`` of its own, or by a ``signal``."""

    code: int | None = None
    signal: str | None = None


class Failed(Ended, frozen=True, tag="failed"):
    """We failed, not the program."""


Outcome = Finished | Raised | TimedOut | OutOfMemory | TooMuchOutput | Cancelled | Died | Failed

EXPRESSION_LENGTH = 2_000
"""A longer expression is cut: a place names the culprit, it does not repeat the program."""


def place(name: str, text: str, line: int, column: int, end_line: int, end_column: int) -> Where | None:
    """The place with its expression, or ``None`` when it does not lie inside ``text``."""
    lines = text.split("\n")
    if not 1 <= line <= end_line <= len(lines) or column < 0 or end_column < 0:
        return None
    picked = lines[line - 1 : end_line]
    picked[-1] = picked[-1][:end_column]
    picked[0] = picked[0][column:]
    return Where(name, line, column, end_line, end_column, "\n".join(picked)[:EXPRESSION_LENGTH])


def place_of_line(name: str, text: str, line: int) -> Where | None:
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
