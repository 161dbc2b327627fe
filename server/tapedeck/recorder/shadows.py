"""Tangents of the program's tensors, kept beside its memory: one shadow for every piece of memory that has any.

A tensor's tangent is the shadow of its memory, laid out as the tensor is (size, stride, storage offset), so that views
and what is written through them come out right with no further book-keeping. The tensors that share a shadow are a
tensor and its views (``_base``); what ``detach()`` and ``.data`` return lies in the same memory but is no view, and
has no tangent, as in torch.
"""

from __future__ import annotations

import contextlib
import warnings
import weakref
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import _disable_current_modes

from tapedeck.recorder.tensors import Tensors, memory_of


class Shadow:
    """The tangents in one piece of memory: bytes by column, and for which seeds they are unknown, and why."""

    __slots__ = ("columns", "ref", "size", "unknown")

    def __init__(self, size: int) -> None:
        self.size = size
        self.columns: dict[int, Tensor] = {}
        self.unknown: dict[int, str] = {}
        self.ref: weakref.ref[Any] | None = None

    def view(self, column: int, tensor: Tensor) -> Tensor:
        """A tensor's tangent, which shares the shadow's memory; zeros where the column was not written before."""
        memory = self.columns.get(column)
        if memory is None:
            memory = self.columns[column] = torch.zeros(self.size, dtype=torch.uint8, device=tensor.device)
        whole = memory[: self.size // tensor.dtype.itemsize * tensor.dtype.itemsize].view(tensor.dtype)
        laid_out = whole.as_strided(tensor.size(), tensor.stride(), tensor.storage_offset())
        laid_out = laid_out.conj() if tensor.is_conj() else laid_out
        return torch._neg_view(laid_out) if tensor.is_neg() else laid_out

    def write(self, column: int, tensor: Tensor, tangent: Tensor) -> None:
        """The tangent of a tensor is this now."""
        once(self.view(column, tensor)).copy_(once(tangent.expand(tensor.size()), tensor))

    def clear(self) -> None:
        """All tangents are zero."""
        self.columns.clear()
        self.unknown.clear()


class Shadows:
    """Every shadow of one recording; one goes when its memory does."""

    def __init__(self, tensors: Tensors) -> None:
        self._tensors = tensors
        self._by_family: dict[int, Shadow] = {}

    def __bool__(self) -> bool:
        return bool(self._by_family)

    def of(self, tensor: Tensor) -> Shadow | None:
        """The shadow that a tensor's tangent lies in, if it has one."""
        family = self._family(tensor)
        return None if family is None else self._by_family.get(family)

    def make(self, tensor: Tensor) -> Shadow:
        """The shadow of a tensor that has a row, new if it has none, or if the tensor has got other memory."""
        family = self._family(tensor)
        assert family is not None
        storage = memory_of(tensor)
        if storage is None:
            return self._by_family.setdefault(family, Shadow(0))
        shadow = self._by_family.get(family)
        if shadow is None or shadow.size != storage.nbytes():
            shadow = self._by_family[family] = Shadow(storage.nbytes())
            by_family = self._by_family

            def freed(reference: Any) -> None:
                known = by_family.get(family)
                if known is not None and known.ref is reference:
                    del by_family[family]

            shadow.ref = weakref.ref(storage, freed)
        return shadow

    def clear(self) -> None:
        """Forget all of them."""
        self._by_family.clear()

    def _family(self, tensor: Tensor) -> int | None:
        """The row of the tensor that this one is a view of, or its own; of inference tensors, which have no base, one
        number for all that share memory."""
        held = self._tensors.known(tensor)
        if tensor.is_inference():
            return None if held is None else -1 - held.storage
        if held is None and tensor._base is not None:
            held = self._tensors.known(tensor._base)
        if held is None:
            return None
        return held.id if held.base is None else held.base


def once(tensor: Tensor, like: Tensor | None = None) -> Tensor:
    """A tensor with each of its elements (or of those of ``like``) in memory once: expanded dimensions are cut."""
    strides = (tensor if like is None else like).stride()
    for dimension, stride in enumerate(strides):
        if stride == 0 and tensor.size(dimension) > 1:
            tensor = tensor.narrow(dimension, 0, 1)
    return tensor


@contextlib.contextmanager
def aside() -> Iterator[None]:
    """Compute without anyone noticing: no function or dispatch mode, no history, no warning; forward AD is on.

    ``warnings.filters`` is exchanged and not edited: a call of ``warnings.simplefilter`` would make Python forget
    which of the program's warnings were shown.
    """
    graded, forward = torch.is_grad_enabled(), torch._C._is_fwd_grad_enabled()
    filters = warnings.filters
    with contextlib.ExitStack() as stack:
        stack.enter_context(torch._C.DisableTorchFunction())
        if torch._C._len_torch_dispatch_stack():
            stack.enter_context(_disable_current_modes())
        if torch.is_inference_mode_enabled():
            stack.enter_context(torch._C._InferenceMode(False))
        try:
            warnings.filters = [("ignore", None, Warning, None, 0)]
            torch._C._set_grad_enabled(False)
            torch._C._set_fwd_grad_enabled(True)
            yield
        finally:
            torch._C._set_fwd_grad_enabled(forward)
            torch._C._set_grad_enabled(graded)
            warnings.filters = filters
