"""One hook that is running: its event so far, and what it was given, to see what it makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from tapedeck.recorder.hook_arguments import Tensors, subject
from tapedeck.recorder.hook_tables import HookRecord
from tapedeck.recorder.tensors import version_of

if TYPE_CHECKING:
    from tapedeck.recorder.strand import Strand


class Listening:
    """Switches the op tap on where it is off: torch switches a mode off while it handles a call."""

    __slots__ = ("_mode",)

    def __init__(self, mode: Any) -> None:
        self._mode = mode

    def __enter__(self) -> None:
        stack = torch.overrides._get_current_function_mode_stack()  # type: ignore[no-untyped-call]
        if any(mode is self._mode for mode in stack):
            self._mode = None
        else:
            self._mode.__enter__()

    def __exit__(self, *error: Any) -> None:
        if self._mode is not None:
            self._mode.__exit__(*error)


class Firing:
    """A hook that is running.

    As a context manager it makes what runs inside it the hook's doing, and switches the op tap on for it where the
    engine (or an op that packs its saved tensors) has it switched off.
    """

    __slots__ = ("args", "listening", "node", "outer", "record", "step", "strand", "subject", "versions")

    def __init__(self, record: HookRecord, args: Any, given: Tensors, strand: Strand, mode: Any) -> None:
        self.record = record
        self.args = args
        self.subject = given
        self.versions = [-1 if tensor is None else version_of(tensor) for tensor in given]
        self.strand = strand
        self.outer: int | None = None
        self.listening = Listening(mode)
        self.node: int | None = None
        self.step = -1

    def __enter__(self) -> None:
        self.outer, self.strand.hook = self.strand.hook, self.record.id
        self.listening.__enter__()

    def __exit__(self, *error: Any) -> None:
        self.strand.hook = self.outer
        self.listening.__exit__(*error)

    def mutated(self) -> bool:
        """Whether the hook changed what it was given: a tensor's version moved, or a container holds other tensors."""
        if any(t is not None and version_of(t) != v for t, v in zip(self.subject, self.versions, strict=True)):
            return True
        now = subject(self.record.kind, self.args)
        if len(now) == len(self.subject) and all(a is b for a, b in zip(now, self.subject, strict=True)):
            return False
        self.subject = now
        return True
