"""Keeps very deep graphs from overflowing the C stack when they are freed.

Since torch 2.13 a node that Python has seen dies through its Python wrapper, and takes the nodes below it along, five C
frames each; torch's own iterative release is not used then. Reading ``grad_fn`` of each of some 45,000 nodes in a row
and letting go of the graph crashes the process, with nothing recorded. A recorder has to read them all. So every
`STRIDE` levels a node's ``metadata`` gets an anchor that holds the node below: the chain of destructors stops there,
and the anchor hands the rest to the interpreter's next pending call. Graphs less than `STRIDE` deep are not touched.
"""

from __future__ import annotations

import ctypes
from typing import Any

STRIDE = 5_000
KEY = "tapedeck: anchor"

_waiting: list[Any] = []


def _drop(_: Any) -> int:
    while _waiting:
        _waiting.pop()
    return 0


_let_go = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(_drop)


class _Anchor:
    __slots__ = ("below",)

    def __init__(self, below: list[Any]) -> None:
        self.below = below

    def __del__(self) -> None:
        _waiting.extend(self.below)
        self.below = []
        ctypes.pythonapi.Py_AddPendingCall(_let_go, None)


def anchor(node: Any) -> None:
    """Stop the chain of destructors at this node."""
    node.metadata[KEY] = _Anchor([below for below, _ in node.next_functions if below is not None])
