"""The first invariant of a tape: every id that a row or an event names is that of a row."""

from __future__ import annotations

from collections.abc import Iterator
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

_NONE: list[Any] = []
"""The list of nothing, which is what is missing almost always; nobody writes it."""


def references(tape: Tape) -> Iterator[str]:
    """Every id refers to a row."""
    sizes = {table: len(getattr(tape, table)) for table in TABLES}
    yield from _of_rows(tape, sizes)
    yield from _of_events(tape, sizes)


def _of_rows(tape: Tape, sizes: dict[str, int]) -> Iterator[str]:
    for table, fields in ROW_REFERENCES.items():
        for row in getattr(tape, table):
            for field, target in fields.items():
                for one in _absent(getattr(row, field), sizes[target]):
                    yield _says(f"{table} {row.id}", field, target, one)
    for op in tape.ops:
        for one in _absent([a.tensor for a in op.inputs], sizes["tensors"]):
            yield _says(f"ops {op.id}", "inputs", "tensors", one)
    for node in tape.nodes:
        for one in _absent([x.node for x in node.next_functions], sizes["nodes"]):
            yield _says(f"nodes {node.id}", "next_functions", "nodes", one)
        for one in _absent([x.tensor for x in node.saved], sizes["tensors"]):
            yield _says(f"nodes {node.id}", "saved", "tensors", one)
        for one in _absent([x.value for x in node.saved], sizes["values"]):
            yield _says(f"nodes {node.id}", "saved", "values", one)
    for value in tape.values:
        if value.file is not None and value.file not in tape.blocks:
            yield f"values {value.id}: the tensor file has no {value.file!r}"


def _of_events(tape: Tape, sizes: dict[str, int]) -> Iterator[str]:
    kinds: dict[type, list[tuple[str, str]]] = {}
    for step, event in enumerate(tape.events):
        fields = kinds.get(type(event))
        if fields is None:
            fields = kinds[type(event)] = [(f, t) for f, t in _EVENT_REFERENCES.items() if hasattr(event, f)]
        for field, target in fields:
            for one in _absent(getattr(event, field), sizes[target]):
                yield _says(f"step {step}", field, target, one)
        if isinstance(event, e.BackwardStart):
            for one in _absent([edge.node for edge in event.roots], sizes["nodes"]):
                yield _says(f"step {step}", "roots", "nodes", one)


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
