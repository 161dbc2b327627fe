"""One call of a torch function as it is noted while the program runs; it becomes a row when the recording ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from tapedeck.recorder.frames import Place
from tapedeck.recorder.functions import label_of, name_of, parameter_names
from tapedeck.recorder.log import FEW, tensors_in
from tapedeck.recorder.strand import Strand
from tapedeck.recorder.text import named, shortened, spelled
from tapedeck.tape.rows import Argument, Constant, GradMode, Op, Phase

try:
    import cython
except ImportError:
    from tapedeck.recorder import plain as cython

_SIMPLE = frozenset(
    (int, float, bool, str, complex, torch.dtype, torch.device, torch.memory_format, torch.layout, torch.Size)
)
"""Immutable types whose ``repr`` runs no code of the program."""

_no_place = Place()


@cython.final
@cython.no_gc
@cython.freelist(64)
@cython.cclass
class OpRecord:
    """Of one op: ``inputs`` are position or name and tensor rows, again and again, ``constants`` …, value.

    Compiled, it is not tracked by Python's garbage collector, as nothing that a recording makes a million of.
    """

    __slots__ = (
        "call",
        "constants",
        "error",
        "func",
        "hook",
        "in_place",
        "inputs",
        "mode",
        "mutates",
        "name",
        "node",
        "nodes",
        "ns",
        "outputs",
        "parent",
        "phase",
        "place",
        "thread",
    )

    def __init__(self, func: Any, strand: Strand, node: int | None) -> None:
        """A call that is under way on a thread, perhaps in a node's call."""
        self.func = func
        self.node = node
        self.call: int | None = strand.calls[-1] if strand.calls else None
        self.parent: int | None = strand.parents[-1] if strand.parents else None
        self.hook = strand.hook
        self.thread = strand.thread
        self.name: str | None = None
        self.inputs: tuple[Any, ...] = ()
        self.constants: tuple[Any, ...] = ()
        self.outputs: tuple[int, ...] = ()
        self.mutates: tuple[int, ...] = ()
        self.nodes: tuple[int, ...] = ()
        self.place = _no_place
        self.in_place = False
        self.phase: Phase = "forward"
        self.mode: GradMode = "grad"
        self.error: str | None = None
        self.ns: int | None = None

    def take(self, args: Any, kwargs: Any, given: list[Tensor], rows: list[int]) -> None:
        """Note the arguments: tensors by their rows, the others as what can be spelled out later without harm.

        ``rows`` are those of the tensors that were ``given`` when the call began (a call may put more into a container
        that it is given).
        """
        inputs: list[Any] = []
        constants: list[Any] = []
        for position, value in enumerate(args):
            self._note(position, value, given, rows, inputs, constants)
        if kwargs:
            for key, value in kwargs.items():
                self._note(key, value, given, rows, inputs, constants)
        self.inputs = tuple(inputs)
        if constants:
            self.constants = tuple(constants)

    def _note(
        self,
        key: int | str,
        value: Any,
        given: list[Tensor],
        rows: list[int],
        inputs: list[Any],
        constants: list[Any],
    ) -> None:
        if value is None:
            return
        if type(value) in _SIMPLE or (type(value) is tuple and _are_simple(value)):
            constants += (key, value)
        elif isinstance(value, Tensor):
            row = row_of(value, given, rows)
            if row is not None:
                inputs += (key, row)
        else:
            wanted = tensors_in(value)
            if len(wanted) > FEW:
                table = {id(tensor): row for tensor, row in zip(given, rows, strict=True)}
                found = [table.get(id(tensor)) for tensor in wanted]
            else:
                found = [row_of(tensor, given, rows) for tensor in wanted]
            known = tuple([row for row in found if row is not None])
            if known:
                inputs += (key, known)
            else:
                constants += (key, _spelled(value))

    def row(self, number: int) -> Op:
        """The typed row."""
        name, label, names = _custom(self.name) if self.name is not None else _said_of(self.func)
        inputs: list[Argument] = []
        for key, rows in _pairs(self.inputs):
            word = _word(key, names)
            if isinstance(rows, int):
                inputs.append(Argument(word, rows))
            else:
                inputs.extend(Argument(f"{word}[{i}]", row) for i, row in enumerate(rows))
        words = [(_word(key, names), value) for key, value in _pairs(self.constants)]
        return Op(
            id=number,
            name=name,
            label=label,
            inputs=inputs,
            constants=[Constant(word, _text(value)) for word, value in words if not word.startswith("_")],
            outputs=list(self.outputs),
            mutates=list(self.mutates),
            span=self.place.span,
            stack=self.place.stack,
            call=self.call,
            nodes=list(self.nodes),
            in_place=self.in_place,
            phase=self.phase,
            hook=self.hook,
            error=self.error,
            parent=self.parent,
            node=self.node,
            mode=self.mode,
            ns=self.ns,
            thread=self.thread,
        )


_Said = tuple[str, str, list[str]]
"""The name of a torch function, its label, and its parameters' names."""

_said: dict[Any, _Said] = {}


def _said_of(func: Any) -> _Said:
    found = _said.get(func)
    if found is None:
        name = named(name_of(func))
        found = _said[func] = (name, label_of(name), parameter_names(func))
    return found


def _custom(name: str) -> _Said:
    name = named(name)
    return name, label_of(name), []


def _pairs(flat: tuple[Any, ...]) -> Iterator[tuple[Any, Any]]:
    return zip(flat[::2], flat[1::2], strict=True)


def row_of(tensor: Tensor, given: list[Tensor], rows: list[int]) -> int | None:
    """The row of a tensor that stands among those given; ``None`` for another."""
    for index, one in enumerate(given):
        if one is tensor:
            return rows[index]
    return None


def _word(key: int | str, names: list[str]) -> str:
    """The name of an argument; of one that torch does not name, its position."""
    if isinstance(key, str):
        return named(key)
    return names[key] if key < len(names) else f"arg{key}"


def _are_simple(values: tuple[Any, ...]) -> bool:
    for value in values:  # noqa: SIM110 - a generator would be an object of its own
        if type(value) not in _SIMPLE:
            return False
    return True


class _Spelled(str):
    """The text of an argument, as it stands on the tape."""

    __slots__ = ()


def _spelled(value: Any) -> _Spelled:
    """An argument as text; only values whose ``repr`` runs no code of the program are spelled out."""
    items = value if type(value) in (list, tuple) else [value]
    parts = [part for x in items for part in ((x.start, x.stop, x.step) if type(x) is slice else (x,))]
    simple = all(type(part) in _SIMPLE or part is None or part is Ellipsis for part in parts)
    return _Spelled(spelled(value) if simple else f"<{type(value).__qualname__}>")


def _text(value: Any) -> str:
    text = str(value) if type(value) is _Spelled else spelled(value)
    return shortened(text)
