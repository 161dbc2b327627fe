"""Which variables the program stores the result of an expression in, read from the instructions that follow it."""

from __future__ import annotations

import dis
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable
from itertools import islice
from types import CodeType

_KEPT = 4096
"""Code objects whose table is remembered from one recording to the next."""

_stores: dict[int, tuple[CodeType, list[int], list[tuple[str, ...]]]] = {}


def stored_names(code: CodeType, instruction: int) -> tuple[str, ...]:
    """The names that the instructions after one store to, from one disassembly for each code object.

    While a Python function runs, its caller's offset is that of the last cache entry of the call (CPython 3.11,
    ``ceval.c``, inlined calls), so the instruction is the last one that begins at or before the offset.
    """
    found = _stores.get(id(code))
    if found is None or found[0] is not code:
        if len(_stores) >= _KEPT:
            _stores.clear()
        found = _stores[id(code)] = (code, *_stores_of(code))
    _, offsets, names = found
    return names[bisect_right(offsets, instruction) - 1]


def _stores_of(code: CodeType) -> tuple[list[int], list[tuple[str, ...]]]:
    """For each instruction its offset and the names that its result is stored under; few objects live at a time."""
    offsets: list[int] = []
    names: list[tuple[str, ...]] = []
    window: deque[dis.Instruction] = deque()
    for row in dis.get_instructions(code):
        offsets.append(row.offset)
        window.append(row)
        if len(window) > 13:
            window.popleft()
            names.append(_stored_names(window))
    while window:
        window.popleft()
        names.append(_stored_names(window))
    return offsets, names


def _stored_names(following: Iterable[dis.Instruction]) -> tuple[str, ...]:
    rows = [row for row in islice(following, 12) if row.opname not in ("CACHE", "PRECALL", "EXTENDED_ARG", "NOP")]
    if rows and rows[0].opname in ("COPY", "DUP_TOP"):
        rows = rows[1:]
    if not rows:
        return ()
    if rows[0].opname in _STORES:
        return (str(rows[0].argval),)
    if rows[0].opname == "UNPACK_SEQUENCE":
        stores = rows[1 : 1 + int(rows[0].arg or 0)]
        if len(stores) == rows[0].arg and all(row.opname in _STORES for row in stores):
            return tuple(str(row.argval) for row in stores)
    if len(rows) > 1 and rows[1].opname == "STORE_ATTR" and rows[0].opname.startswith("LOAD_"):
        return (f"{rows[0].argval}.{rows[1].argval}",)
    return ()


_STORES = ("STORE_NAME", "STORE_FAST", "STORE_GLOBAL", "STORE_DEREF")
