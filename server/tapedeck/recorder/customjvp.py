"""The Jacobian-vector product of a custom ``autograd.Function``: its own ``jvp``, on the context of the program's call.

Its ``forward`` is not run a second time: the program could tell. The class that torch makes for the contexts of a
function (``_backward_cls``, ``torch/autograd/function.py``, ``FunctionMeta``) is watched for the time of one call, for
the context that torch makes and for what ``save_for_forward`` is given, which torch forgets when ``apply`` returns.
"""

from __future__ import annotations

import threading
from typing import Any

import torch
from torch import Tensor

from tapedeck.recorder.jvp import Jvp
from tapedeck.recorder.log import tensors_in
from tapedeck.recorder.shadows import Shadow, aside

_NO_JVP = (
    "NotImplementedError: You must implement the jvp function for custom autograd.Function "
    "to use it with forward mode AD."
)
"""What torch says."""


class CustomJvp(Jvp):
    """One call of ``apply`` whose inputs have tangents; `close` is to be called when it is over."""

    __slots__ = ("_context", "_kind", "_saved", "_watched")

    def __init__(
        self, kind: Any, args: Any, kwargs: Any, given: list[Tensor], reached: list[tuple[Tensor, Shadow]]
    ) -> None:
        has_none = kind.jvp is torch.autograd.Function.jvp
        super().__init__(kind.apply, args, kwargs, given, reached, _NO_JVP if has_none else None)
        self._kind = kind
        self._context: Any = None
        self._saved: tuple[Any, ...] = ()
        self._watched: Any = None
        if self.refusal is None:
            self._watch(kind._backward_cls)

    def protects(self, mutated: list[Tensor]) -> bool:
        """``jvp`` is given no inputs, so that what ``forward`` wrote to them does not matter."""
        return True

    def close(self) -> None:
        """Leave torch's class as it was."""
        watched, self._watched = self._watched, None
        for name in ("__init__", "save_for_forward") if watched is not None else ():
            if name in vars(watched):
                delattr(watched, name)

    def _watch(self, contexts: Any) -> None:
        thread = threading.get_ident()

        def __init__(context: Any, *args: Any) -> None:
            if self._context is None and threading.get_ident() == thread:
                self._context = context

        def save_for_forward(context: Any, *tensors: Any) -> None:
            if context is self._context:
                self._saved = tensors
            torch.autograd.function.FunctionCtx.save_for_forward(context, *tensors)

        if "__init__" not in vars(contexts):
            contexts.__init__, contexts.save_for_forward = __init__, save_for_forward
            self._watched = contexts

    def _attempt(
        self, column: int, returned: list[Tensor], given: list[Tensor], kernels: Any
    ) -> tuple[list[Tensor | None], dict[int, Tensor | None]]:
        if self._context is None:
            raise RuntimeError("torch showed no context of the call")
        self.draw_again()
        with aside():
            found = self._kind.jvp(_Context(self._context, self._saved), *(self._given(x, column) for x in self._args))
        tangents = list(found) if isinstance(found, tuple) else [found]
        if len(tangents) != len(returned) or len(tensors_in(tangents)) < sum(t is not None for t in tangents):
            raise RuntimeError(
                f"{self._kind.__name__}.jvp returned {len(tangents)} tangents for {len(returned)} outputs"
            )
        return tangents, {}

    def _given(self, value: Any, column: int) -> Tensor | None:
        """What torch would give ``jvp`` for an argument: its tangent, zeros (unless it is told not to), or ``None``."""
        if not isinstance(value, Tensor) or not (value.is_floating_point() or value.is_complex()):
            return None
        for tensor, shadow in self.reached:
            if tensor is value and column in shadow.columns:
                return shadow.view(column, value).clone()
        return torch.zeros_like(value) if getattr(self._context, "materialize_grads", True) else None


class _Context:
    """The context as ``jvp`` sees it: the tensors saved for it, and all else as ``forward`` left it."""

    def __init__(self, context: Any, saved: tuple[Any, ...]) -> None:
        self.__dict__.update(_context=context, saved_tensors=saved)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_context"], name)
