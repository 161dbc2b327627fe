"""What can be observed of the things a program leaves: plain data that two runs of the program can be compared by.

Nothing here uses the recorder; the graph is walked by ``next_functions`` alone. Objects are numbered in the order they
are met, so that two names for one tensor, and two tensors in one memory, differ from two of each.
"""

from __future__ import annotations

import dataclasses
import re
import tempfile
import types
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

MODULE_TABLES = tuple(name for name in nn.Module().__dict__ if name.endswith(("_hooks", "_kwargs", "_called")))
"""Every hook table of a module, and the tables of how each hook was registered."""

TEMPORARY = re.compile(rf"{re.escape(tempfile.gettempdir())}/tmp\w+")

SIMPLE = (int, float, complex, str, bytes, bool, type(None))


class Observer:
    """Numbers for the objects of one run; ``sequence`` and ``handle`` are the counters at its start."""

    def __init__(self, sequence: int = 0, handle: int = 0) -> None:
        self.sequence = sequence
        self.handle = handle
        self.nodes: list[Any] = []
        self._ids: dict[int, tuple[int, Any]] = {}
        self._memories: dict[int, int] = {}
        self._numbers: dict[int, int] = {}

    def describe(self, thing: Any, depth: int = 0) -> Any:
        """A thing as plain data; one met before as its number."""
        if isinstance(thing, SIMPLE):
            return spelled(thing)
        if isinstance(thing, (torch.dtype, torch.device, torch.Size, torch.layout, range, slice)):
            return repr(thing)
        if id(thing) in self._ids:
            return f"#{self._ids[id(thing)][0]}"
        number = len(self._ids)
        self._ids[id(thing)] = (number, thing)
        if depth > 20:
            return type(thing).__qualname__
        return {"#": number, "type": type(thing).__qualname__, **self._parts(thing, depth + 1)}

    def _parts(self, thing: Any, depth: int) -> dict[str, Any]:
        if isinstance(thing, Tensor):
            return self._tensor(thing, depth)
        if isinstance(thing, nn.Module) and not isinstance(thing, torch.jit.ScriptModule):
            return self._module(thing, depth)
        if isinstance(thing, torch.optim.Optimizer):
            kept = {k: v for k, v in vars(thing).items() if not callable(v)}
            return {k: self.describe(v, depth) for k, v in kept.items() if not k.endswith("_hooks")} | {
                k: self.table(v) for k, v in kept.items() if k.endswith("_hooks")
            }
        if isinstance(thing, Mapping):
            return {"items": [(self.describe(k, depth), self.describe(v, depth)) for k, v in thing.items()]}
        if isinstance(thing, (list, tuple)):
            return {"items": [self.describe(item, depth) for item in thing]}
        if isinstance(thing, (set, frozenset)):
            return {"items": sorted(repr(self.describe(item, depth)) for item in thing)}
        if isinstance(thing, torch.autograd.graph.Node):
            return {"node": self.node(thing)}
        if isinstance(thing, torch.Generator):
            return {"state": thing.get_state().tolist()}
        if isinstance(thing, (type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType)):
            return {"name": getattr(thing, "__qualname__", thing.__name__)}
        if dataclasses.is_dataclass(thing) or type(thing).__module__ in ("program", "seedcase"):
            return {k: self.describe(v, depth) for k, v in vars(thing).items()} if hasattr(thing, "__dict__") else {}
        return {}

    # ── tensors ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _tensor(self, tensor: Tensor, depth: int) -> dict[str, Any]:
        with torch._C.DisableTorchFunctionSubclass():
            inference = tensor.is_inference()
            parts: dict[str, Any] = {
                "dtype": str(tensor.dtype),
                "layout": str(tensor.layout),
                "device": str(tensor.device),
                "shape": said(lambda: sizes(tensor)),
                "requires_grad": tensor.requires_grad,
                "is_leaf": tensor.is_leaf,
                "retains_grad": tensor.retains_grad,
                "version": None if inference else tensor._version,
                "inference": inference,
                "conj": (tensor.is_conj(), tensor.is_neg()),
                "output_nr": tensor.output_nr,
                "grad_fn": said(lambda: self.node(tensor.grad_fn)),
                "hooks": self.table(tensor._backward_hooks),
                "post_accumulate_hooks": self.table(tensor._post_accumulate_grad_hooks),
                "attributes": self.describe(dict(vars(tensor)), depth) if vars(tensor) else {},
                **self._memory(tensor),
            }
            base = None if inference else tensor._base
            parts["base"] = None if base is None else self.describe(base, depth)
            if tensor.is_leaf or tensor.retains_grad:
                parts["grad"] = self.describe(tensor.grad, depth)
        return parts

    def _memory(self, tensor: Tensor) -> dict[str, Any]:
        """Which memory a tensor lies in, how, and every bit of it."""
        if tensor.layout is not torch.strided or tensor.is_nested or tensor.is_meta or type(tensor) not in PLAIN:
            return {"bits": said(lambda: bits(tensor))}
        where = tensor.untyped_storage()
        number = self._memories.setdefault(where.data_ptr(), len(self._memories))
        return {
            "memory": (number, where.nbytes()),
            "stride": tensor.stride(),
            "offset": tensor.storage_offset(),
            "bits": bits(tensor),
        }

    # ── modules and hooks ──────────────────────────────────────────────────────────────────────────────────────────

    def _module(self, module: nn.Module, depth: int) -> dict[str, Any]:
        return {
            name: self.table(value)
            if name in MODULE_TABLES and isinstance(value, dict)
            else self.describe(value, depth)
            for name, value in vars(module).items()
        }

    def table(self, table: Any) -> Any:
        """A hook table: the handles' numbers, counted from the run's start, and whose function each is."""
        if table is None or isinstance(table, bool):
            return table
        return [
            (key - self.handle if isinstance(key, int) else repr(key), function_name(f)) for key, f in table.items()
        ]

    # ── the graph ──────────────────────────────────────────────────────────────────────────────────────────────────

    def node(self, node: Any) -> int | None:
        """The number of a node; every node below it is numbered and described too."""
        if node is None:
            return None
        waiting = [node]
        while waiting:
            one = waiting.pop()
            if id(one) not in self._numbers:
                self._numbers[id(one)] = len(self.nodes)
                self.nodes.append(one)
                waiting.extend(below for below, _ in reversed(one.next_functions) if below is not None)
        return self._numbers[id(node)]

    def graph(self) -> list[Any]:
        """Every node met, with its edges, what it saved, and the hooks that stand on it."""
        return [self._node_row(node) for node in list(self.nodes)]

    def _node_row(self, node: Any) -> dict[str, Any]:
        sequence = node._sequence_nr()
        return {
            "name": type(node).__name__,
            "sequence": None if sequence >= 1 << 63 else sequence - self.sequence,
            "next": [(self.node(below), index) for below, index in node.next_functions],
            "inputs": [(said(lambda m=m: sizes(m)), str(m.dtype)) for m in node._input_metadata],
            "metadata": sorted(map(str, node.metadata)),
            "saved": {slot: self._saved(node, slot) for slot in dir(type(node)) if slot.startswith("_saved_")},
            "hooks": [self._hooks(node.register_prehook), self._hooks(node.register_hook)],
        }

    def _saved(self, node: Any, slot: str) -> Any:
        def look() -> Any:
            found = getattr(node, slot)
            many = isinstance(found, (list, tuple))
            return [bits(x) if isinstance(x, Tensor) else repr(x) for x in (found if many else [found])]

        return said(look)

    def _hooks(self, register: Any) -> Any:
        """torch shows no list of a node's hooks, but a new one's handle knows the table it went into."""
        handle = register(lambda *_: None)
        table = {key: function for key, function in handle.hooks_dict_ref().items() if key != handle.id}
        handle.remove()
        return self.table(table)


PLAIN = (Tensor, nn.Parameter, nn.Buffer)


def sizes(tensor: Any) -> list[int]:
    """The shape; -1 for a symbolic size."""
    return [size if type(size) is int else -1 for size in tensor.shape]


def said(question: Any) -> Any:
    """An answer, or the exception that came instead."""
    try:
        return question()
    except Exception as error:  # noqa: BLE001 - that it raises is what was observed
        return f"{type(error).__name__}: {error}"


def spelled(thing: Any) -> Any:
    """A number by its bits (NaN equals itself, -0.0 is not 0.0), anything else as it is."""
    if isinstance(thing, str):
        return TEMPORARY.sub("a temporary folder", thing)
    return thing.hex() if isinstance(thing, float) else repr(thing) if isinstance(thing, complex) else thing


def bits(tensor: Tensor) -> Any:
    """Every bit of a tensor's numbers."""
    with torch.no_grad(), torch._C.DisableTorchFunctionSubclass():
        if tensor.is_meta or type(tensor).__name__ == "FakeTensor":
            return "no numbers"
        if tensor.is_nested:
            return [bits(part) for part in tensor.detach().unbind()]
        if tensor.layout in (torch.sparse_csr, torch.sparse_csc):
            return [bits(t) for t in (tensor.crow_indices(), tensor.col_indices(), tensor.values())]
        if tensor.layout is not torch.strided:
            return [tensor.is_coalesced(), bits(tensor._indices()), bits(tensor._values())]
        if tensor.is_quantized:
            return [bits(tensor.int_repr()), str(tensor.qscheme())]
        plain = tensor.detach()
        plain = plain.resolve_conj().resolve_neg()
        flat = torch.empty(plain.numel(), dtype=plain.dtype).copy_(plain.reshape(-1))
        return bytes(flat.view(torch.uint8).numpy()) if plain.numel() else b""


def function_name(function: Any) -> str:
    """Whose function stands in a table, by module and name."""
    name = getattr(function, "__qualname__", type(function).__qualname__)
    return f"{getattr(function, '__module__', type(function).__module__)}.{name} ({type(function).__name__})"
