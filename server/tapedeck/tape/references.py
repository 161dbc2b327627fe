"""The first invariant of a tape: every id that a row or an event names is that of a row."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from operator import attrgetter
from typing import Any

from tapedeck.tape import events as e
from tapedeck.tape.tape import Tape

ROW_REFERENCES = {
    "spans": {"source": "sources"},
    "modules": {
        "parent": "modules",
        "children": "modules",
        "tied_with": "modules",
        "parameters": "tensors",
        "buffers": "tensors",
        "constructed": "spans",
    },
    "tensors": {
        "op": "ops",
        "node": "nodes",
        "base": "tensors",
        "storage": "storages",
        "grad_of": "tensors",
        "span": "spans",
    },
    "ops": {
        "outputs": "tensors",
        "mutates": "tensors",
        "span": "spans",
        "stack": "spans",
        "call": "calls",
        "nodes": "nodes",
        "hook": "hooks",
        "parent": "ops",
        "node": "nodes",
    },
    "nodes": {"op": "ops", "variable": "tensors"},
    "calls": {"module": "modules", "parent": "calls", "inputs": "tensors", "outputs": "tensors", "span": "spans"},
    "hooks": {
        "tensor": "tensors",
        "node": "nodes",
        "module": "modules",
        "span": "spans",
        "tensors": "tensors",
        "optimizer": "optimizers",
    },
    "optimizers": {},
    "storages": {},
    "aten": {"op": "ops", "node": "nodes"},
}

_EVENT_REFERENCES = {
    "op": "ops",
    "call": "calls",
    "hook": "hooks",
    "node": "nodes",
    "source": "nodes",
    "tensor": "tensors",
    "tensors": "tensors",
    "module": "modules",
    "seed": "tensors",
    "span": "spans",
    "frames": "spans",
    "value": "values",
    "values": "values",
    "before": "values",
    "after": "values",
    "added": "values",
    "total": "values",
    "gradient": "tensors",
    "row": "optimizers",
}

TABLES = (*ROW_REFERENCES, "sources", "values")
"""Every table of rows that have an id."""

_ONE, _SEVERAL = {int, type(None)}, {list, dict}
"""The types of what names one row or none, and of what names any number of them."""

_NONE: list[Any] = []
"""The list of nothing, which is what is missing almost always; nobody writes it."""


def references(tape: Tape) -> Iterator[str]:
    """Every id refers to a row."""
    sizes = {table: len(getattr(tape, table)) for table in TABLES}
    yield from _of_rows(tape, sizes)
    yield from _of_events(tape, sizes)


def _of_rows(tape: Tape, sizes: dict[str, int]) -> Iterator[str]:
    for table, fields in ROW_REFERENCES.items():
        rows = getattr(tape, table)
        for field, target in fields.items():
            for row, one in _strangers(rows, list(map(attrgetter(field), rows)), sizes[target]):
                yield _says(f"{table} {row.id}", field, target, one)
    inner: list[tuple[str, list[Any], str, str, str]] = [
        ("ops", tape.ops, "inputs", "tensor", "tensors"),
        ("nodes", tape.nodes, "next_functions", "node", "nodes"),
        ("nodes", tape.nodes, "saved", "tensor", "tensors"),
        ("nodes", tape.nodes, "saved", "value", "values"),
    ]
    for table, rows, field, name, target in inner:
        named = attrgetter(name)
        columns = [[*map(named, parts)] if parts else _NONE for parts in map(attrgetter(field), rows)]
        for row, one in _strangers(rows, columns, sizes[target]):
            yield _says(f"{table} {row.id}", field, target, one)
    yield from _of_contents(tape, sizes)
    for value in tape.values:
        if value.file is not None and value.file not in tape.blocks:
            yield f"values {value.id}: the tensor file has no {value.file!r}"


def _of_contents(tape: Tape, sizes: dict[str, int]) -> Iterator[str]:
    """What the tables of modules and what hangs beside them name."""
    owners = [(row, contents) for row in tape.modules for contents in row.contents]
    inner = [
        ("parameters", "row", "tensors"),
        ("parameters", "value", "values"),
        ("buffers", "row", "tensors"),
        ("buffers", "value", "values"),
        ("modules", "row", "modules"),
        ("unregistered", "module", "modules"),
        ("unregistered", "tensor", "tensors"),
    ]
    for field, name, target in inner:
        named = attrgetter(name)
        columns = [[*map(named, getattr(contents, field))] for _, contents in owners]
        for (row, _), one in _strangers(owners, columns, sizes[target]):
            yield _says(f"modules {row.id}", field, target, one)


def _of_events(tape: Tape, sizes: dict[str, int]) -> Iterator[str]:
    kinds: dict[type, list[int]] = {}
    for step, kind in enumerate(map(type, tape.events)):
        kinds.setdefault(kind, []).append(step)
    for kind, steps in kinds.items():
        events: list[Any] = [tape.events[step] for step in steps]
        for field, target in _EVENT_REFERENCES.items():
            if hasattr(events[0], field):
                for step, one in _strangers(steps, list(map(attrgetter(field), events)), sizes[target]):
                    yield _says(f"step {step}", field, target, one)
        if kind is e.BackwardStart:
            roots = [[edge.node for edge in event.roots] for event in events]
            for step, one in _strangers(steps, roots, sizes["nodes"]):
                yield _says(f"step {step}", "roots", "nodes", one)


def _strangers(rows: list[Any], column: list[Any], size: int) -> Iterator[tuple[Any, Any]]:
    """What a column names that is no row of a table of this size, each beside the row that names it.

    A column that is all right, as almost all are, is gone through by loops that Python has in C.
    """
    if not _fits(column, size):
        for row, ids in zip(rows, column, strict=True):
            for one in _absent(ids, size):
                yield row, one


def _fits(column: list[Any], size: int) -> bool:
    kinds = set(map(type, column))
    if kinds & _SEVERAL:
        if kinds - _SEVERAL:
            return False
        filled = [ids.values() if type(ids) is dict else ids for ids in column if ids]
        column = list(chain.from_iterable(filled))
        kinds = set(map(type, column))
    if kinds - _ONE:
        return False
    if type(None) in kinds:
        column = [one for one in column if one is not None]
    return not column or (min(column) >= 0 and max(column) < size)


def _absent(ids: Any, size: int) -> list[Any]:
    """Of ids (one, several, or none), those that are no rows of a table of this size."""
    if ids is None:
        return _NONE
    if type(ids) is int:
        return _NONE if 0 <= ids < size else [ids]
    several = ids.values() if isinstance(ids, dict) else ids
    return [one for one in several if one is not None and not 0 <= one < size]


def _says(where: str, field: str, target: str, one: Any) -> str:
    return f"{where}: {field} names {target} {one}, which is not there"
