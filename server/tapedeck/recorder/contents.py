"""What a module holds: its tables, and what hangs in its ``__dict__`` beside them, where torch does not look.

A look reads dicts, lists and tuples of exactly these types and asks objects for nothing but their type: no property, no
``__getattr__``, no ``__iter__`` of the program's runs. It keeps no tensor and no module alive.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from typing import Any, Literal

import torch
from torch import nn
from torch.nn.parameter import Parameter

from tapedeck.recorder.text import named
from tapedeck.tape.rows import Contents, Entry, Unregistered

ENTRIES = 1000
"""Entries of a plain container that are looked at."""

LISTED = 200
"""Things outside the tables that are kept of one module."""

DEPTH = 2
"""Containers in containers that are looked into."""

_TORCHS = frozenset(vars(nn.Module()))
"""The attributes that every module has."""

Kind = Literal["module", "parameter", "tensor"]
Rows = Callable[[Any], int | None]
"""The row of a module or of a tensor, if it has one."""


class Beside:
    """One thing outside the tables."""

    __slots__ = ("kind", "path", "ref", "tensor", "type")

    def __init__(self, path: str, kind: Kind, thing: Any, tensor: int | None) -> None:
        self.path = path
        self.kind: Kind = kind
        self.type = type(thing).__name__
        self.ref = weakref.ref(thing) if kind == "module" else None
        self.tensor = tensor

    def continues(self, other: Beside) -> bool:
        """Whether this is what the other was, as far as its row was known."""
        same = (self.path, self.kind, self.type) == (other.path, other.kind, other.type) and self.ref is other.ref
        return same and other.tensor in (None, self.tensor)


class Look:
    """One look at a module; ``values`` is what was seen of its tensors by then, by their rows."""

    __slots__ = ("beside", "passing", "step", "tables", "values")

    def __init__(self, step: int, module: nn.Module, module_row: Rows, tensor_row: Rows) -> None:
        held = object.__getattribute__(module, "__dict__")
        parameters, buffers, modules = (_entries(held.get(name)) for name in ("_parameters", "_buffers", "_modules"))
        passing = held.get("_non_persistent_buffers_set")
        self.step = step
        self.tables = (
            [(name, _row(tensor, tensor_row)) for name, tensor in parameters],
            [(name, _row(tensor, tensor_row)) for name, tensor in buffers],
            [(name, None if child is None else module_row(child)) for name, child in modules],
        )
        self.passing = [name for name, _ in buffers if type(passing) is set and name in passing]
        own = {id(tensor) for _, tensor in (*parameters, *buffers) if tensor is not None}
        self.beside = _beside(held, own, tensor_row)
        self.values: dict[int, int] = {}

    def continues(self, other: Look) -> bool:
        """Whether the module holds what it held at another look."""
        if (self.tables, self.passing, len(self.beside)) != (other.tables, other.passing, len(other.beside)):
            return False
        return all(one.continues(two) for one, two in zip(self.beside, other.beside, strict=True))

    def row(self, modules: dict[int, int]) -> Contents:
        """The typed part; ``modules`` are the rows of modules by the ``id`` of their weak reference."""
        parameters, buffers, children = (self._entries(table) for table in self.tables)
        beside = [
            Unregistered(named(one.path), one.kind, named(one.type), modules.get(id(one.ref)), one.tensor)
            for one in self.beside
        ]
        return Contents(self.step, parameters, buffers, children, [named(name) for name in self.passing], beside)

    def _entries(self, table: list[tuple[str, int | None]]) -> list[Entry]:
        values = {} if table is self.tables[2] else self.values
        return [Entry(named(name), row, None if row is None else values.get(row)) for name, row in table]


def look(looks: list[Look], new: Look) -> None:
    """Adds a look, or lets it complete the one before, from which nothing has changed."""
    if looks and new.continues(looks[-1]):
        looks[-1].beside = new.beside
        looks[-1].values = {**new.values, **looks[-1].values}
    else:
        looks.append(new)


def _entries(table: Any) -> list[tuple[str, Any]]:
    """The entries of a table, whatever class of dict the program put in its place."""
    return [entry for entry in list(dict.items(table)) if type(entry[0]) is str] if isinstance(table, dict) else []


def _row(tensor: Any, tensor_row: Rows) -> int | None:
    return tensor_row(tensor) if _is(tensor, torch.Tensor) else None


def _is(thing: Any, kind: type) -> bool:
    """Like ``isinstance``, by the type alone: a parameter's own ``isinstance`` reads an attribute of what it is asked."""
    return type.__subclasscheck__(kind, type(thing))


def _beside(held: dict[str, Any], own: set[int], tensor_row: Rows) -> list[Beside]:
    found: list[Beside] = []
    for name, thing in list(held.items()):
        if name in _TORCHS or type(name) is not str:
            continue
        for path, kind, one in _things(name, thing, DEPTH):
            if id(one) not in own:
                found.append(Beside(path, kind, one, None if kind == "module" else tensor_row(one)))
            if len(found) >= LISTED:
                return found
    return found


def _things(path: str, thing: Any, depth: int) -> Iterator[tuple[str, Kind, Any]]:
    """A module, parameter or tensor, or those in a plain container, with how to reach them."""
    kind = type(thing)
    if kind in _CONTAINERS:
        if depth:
            for key, one in _inside(thing):
                if type(one) not in _PLAIN:
                    yield from _things(f"{path}[{key}]", one, depth - 1)
    elif _is(thing, nn.Module):
        yield path, "module", thing
    elif _is(thing, Parameter):
        yield path, "parameter", thing
    elif _is(thing, torch.Tensor):
        yield path, "tensor", thing


def _inside(container: Any) -> Iterator[tuple[str, Any]]:
    if type(container) is dict:
        for key, one in list(container.items())[:ENTRIES]:
            yield (repr(key) if type(key) in (str, int, bool) else f"<{type(key).__name__}>"), one
    else:
        for index, one in enumerate(container[:ENTRIES]):
            yield str(index), one


_CONTAINERS = frozenset((list, tuple, dict))
_PLAIN = frozenset((int, float, bool, str, bytes, complex, type(None), type, torch.dtype, torch.device))
