"""One call of a torch function as it is noted while the program runs; it becomes a row when the recording ends."""

from __future__ import annotations

from typing import Any

import msgspec
import torch
from torch import Tensor

from tapedeck.recorder.frames import Place
from tapedeck.recorder.functions import label_of, name_of, parameter_names
from tapedeck.recorder.log import tensors_in
from tapedeck.recorder.strand import Strand
from tapedeck.recorder.text import shortened
from tapedeck.tape.rows import Argument, Constant, GradMode, Op, Phase

_SIMPLE = frozenset(
    (int, float, bool, str, complex, torch.dtype, torch.device, torch.memory_format, torch.layout, torch.Size)
)
"""Immutable types whose ``repr`` runs no code of the program."""

_no_place = Place()


class OpRecord(msgspec.Struct, gc=False, eq=False):
    """What is known of one op. ``inputs`` are (position or name, tensor rows), ``constants`` (…, value or text)."""

    func: Any
    node: int | None = None
    call: int | None = None
    parent: int | None = None
    hook: int | None = None
    thread: int = 0
    name: str | None = None
    inputs: tuple[tuple[int | str, int | tuple[int, ...]], ...] = ()
    constants: tuple[tuple[int | str, Any], ...] = ()
    outputs: tuple[int, ...] = ()
    mutates: tuple[int, ...] = ()
    nodes: tuple[int, ...] = ()
    place: Place = _no_place
    in_place: bool = False
    phase: Phase = "forward"
    mode: GradMode = "grad"
    error: str | None = None
    ns: int | None = None

    @classmethod
    def of(cls, func: Any, strand: Strand, node: int | None) -> OpRecord:
        """A call that is under way on a thread."""
        call = strand.calls[-1] if strand.calls else None
        parent = strand.parents[-1] if strand.parents else None
        return cls(func, node, call, parent, strand.hook, strand.thread)

    def take(self, args: Any, kwargs: Any, rows: dict[int, int]) -> None:
        """Note the arguments: tensors by their ``rows``, the others as what can be spelled out later without harm.

        ``rows`` has a row for the ``id`` of every tensor that was among them when the call began (a call may put more
        into a container that it is given).
        """
        inputs: list[tuple[int | str, int | tuple[int, ...]]] = []
        constants: list[tuple[int | str, Any]] = []
        for key, value in (*enumerate(args), *kwargs.items()) if kwargs else enumerate(args):
            if isinstance(value, Tensor):
                row = rows.get(id(value))
                if row is not None:
                    inputs.append((key, row))
            elif type(value) in _SIMPLE:
                constants.append((key, value))
            elif value is not None:
                found = tuple(rows[id(tensor)] for tensor in tensors_in(value) if id(tensor) in rows)
                if found:
                    inputs.append((key, found))
                else:
                    constants.append((key, _spelled(value)))
        self.inputs = tuple(inputs)
        if constants:
            self.constants = tuple(constants)

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
    return shortened(text)
