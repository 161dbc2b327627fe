"""What each kind of hook is given and may replace, and what it returned in its place.

The arguments are those of the calls in torch 2.13: ``nn/modules/module.py`` (``_call_impl``, ``state_dict``,
``load_state_dict``), ``utils/hooks.py`` (``BackwardHook``), ``optim/optimizer.py``, ``autograd/graph.py`` and
``csrc/autograd/python_hook.cpp``.
"""

from __future__ import annotations

from typing import Any, cast

from torch import Tensor

from tapedeck.recorder.log import tensors_in
from tapedeck.tape.rows import HookKind

Tensors = list[Tensor | None]

_SILENT = frozenset(
    (
        "post_accumulate_grad",
        "multi_grad",
        "state_dict_pre",
        "load_state_dict_pre",
        "load_state_dict_post",
        "optimizer_step_post",
        "global_optimizer_step_post",
        "optimizer_state_dict_pre",
        "optimizer_load_state_dict_post",
    )
)
"""Kinds whose return value torch ignores or refuses."""

_GRADIENTS = frozenset(
    (
        "tensor",
        "post_accumulate_grad",
        "multi_grad",
        "node_pre",
        "node_post",
        "full_backward_pre",
        "full_backward",
        "backward",
        "global_full_backward_pre",
        "global_full_backward",
        "global_backward",
    )
)
"""Kinds that run inside a backward pass."""


def in_backward(kind: HookKind) -> bool:
    """Whether hooks of this kind are given gradients, on whichever thread the engine runs."""
    return kind in _GRADIENTS


def subject(kind: HookKind, args: Any) -> Tensors:
    """The tensors that a hook may replace (or look at), out of its arguments."""
    match kind.removeprefix("global_"):
        case "tensor" | "post_accumulate_grad":
            return [args[0]]
        case "multi_grad" | "node_pre" | "node_post" | "backward":
            return [args[0]] if isinstance(args[0], Tensor) else _listed(args[0])
        case "full_backward_pre" | "full_backward":
            return _listed(args[1])
        case "forward":
            return _found(args[-1])
        case "saved_pack" | "saved_unpack" | "load_state_dict_pre":
            return _found(args[0])
        case "state_dict" | "optimizer_state_dict_post" | "optimizer_load_state_dict_pre":
            return _found(args[1])
        case "load_state_dict_post" | "state_dict_pre":
            return []
        case _:
            return _found(*args[1:])


def replacement(kind: HookKind, args: Any, result: Any) -> Tensors | None:
    """What the hook returned in place of its subject; ``None`` when it left it unchanged."""
    if result is None or kind in _SILENT:
        return None
    if kind in ("saved_pack", "saved_unpack"):
        return None if result is args[0] else _found(result)
    if in_backward(kind):
        return _listed(result)
    return _found(result)


def _listed(given: Any) -> Tensors:
    return list(given) if isinstance(given, (tuple, list)) else [given]


def _found(*given: Any) -> Tensors:
    return cast(Tensors, tensors_in(given))
