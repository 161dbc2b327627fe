"""One call of a torch function as it is noted while the program runs; it becomes a row when the recording ends."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from tapedeck.recorder.frames import Place
from tapedeck.recorder.functions import label_of, name_of, parameter_names
from tapedeck.recorder.log import tensors_in
from tapedeck.recorder.strand import Strand
from tapedeck.recorder.tensors import Tensors
from tapedeck.recorder.text import clean
from tapedeck.tape.rows import Argument, Constant, GradMode, Op, Phase

_SIMPLE = frozenset(
    (int, float, bool, str, complex, torch.dtype, torch.device, torch.memory_format, torch.layout, torch.Size)
)
"""Immutable types whose ``repr`` runs no code of the program."""

_no_place = Place()


class OpRecord:
    """What is known of one op. ``given`` are its arguments: (position or name, tensor rows) and (…, text)."""

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
        self.func = func
        self.name: str | None = None
        self.inputs: list[tuple[int | str, int | list[int]]] = []
        self.constants: list[tuple[int | str, Any]] = []
        self.outputs: list[int] = []
        self.mutates: list[int] = []
        self.nodes: list[int] = []
        self.place = _no_place
        self.in_place = False
        self.phase: Phase = "forward"
        self.mode: GradMode = "grad"
        self.error: str | None = None
        self.ns: int | None = None
        self.node = node
        self.call = strand.calls[-1] if strand.calls else None
        self.parent = strand.parents[-1] if strand.parents else None
        self.hook = strand.hook
        self.thread = strand.thread

    def take(self, args: Any, kwargs: Any, tensors: Tensors) -> None:
        """Note the arguments: tensors by their rows, the others as what can be spelled out later without harm."""
        for key, value in enumerate(args):
            self._take(key, value, tensors)
        for name, value in kwargs.items():
            self._take(name, value, tensors)

    def _take(self, key: int | str, value: Any, tensors: Tensors) -> None:
        if isinstance(value, Tensor):
            self.inputs.append((key, tensors.hold(value).id))
        elif type(value) in _SIMPLE:
            self.constants.append((key, value))
        elif value is not None:
            found = tensors_in(value)
            if found:
                self.inputs.append((key, [tensors.hold(tensor).id for tensor in found]))
            else:
                self.constants.append((key, _spelled(value)))

    def row(self, number: int) -> Op:
        """The typed row."""
        name = self.name or name_of(self.func)
        names = parameter_names(self.func) if self.name is None else []
        inputs: list[Argument] = []
        for key, rows in self.inputs:
            word = _word(key, names)
            if isinstance(rows, int):
                inputs.append(Argument(word, rows))
            else:
                inputs.extend(Argument(f"{word}[{i}]", row) for i, row in enumerate(rows))
        words = [(_word(key, names), value) for key, value in self.constants]
        return Op(
            id=number,
            name=name,
            label=label_of(name),
            inputs=inputs,
            constants=[Constant(word, _text(value)) for word, value in words if not word.startswith("_")],
            outputs=self.outputs,
            mutates=self.mutates,
            span=self.place.span,
            stack=self.place.stack,
            call=self.call,
            nodes=self.nodes,
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


def _word(key: int | str, names: list[str]) -> str:
    """The name of an argument; of one that torch does not name, its position."""
    if isinstance(key, str):
        return key
    return names[key] if key < len(names) else f"arg{key}"


class _Spelled(str):
    """The text of an argument, as it stands on the tape."""

    __slots__ = ()


def _spelled(value: Any) -> _Spelled:
    """An argument as text; only values whose ``repr`` runs no code of the program are spelled out."""
    items = value if type(value) in (list, tuple) else [value]
    parts = [part for x in items for part in ((x.start, x.stop, x.step) if type(x) is slice else (x,))]
    simple = all(type(part) in _SIMPLE or part is None or part is Ellipsis for part in parts)
    return _Spelled(repr(value) if simple else f"<{type(value).__qualname__}>")


def _text(value: Any) -> str:
    text = str(value) if type(value) is _Spelled else repr(value)
    return clean(text if len(text) <= 120 else text[:117] + "…")
