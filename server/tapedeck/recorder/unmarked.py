"""Ops that write tensors without moving their versions: what they write is told by their arguments."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from tapedeck.recorder.functions import bound
from tapedeck.recorder.training import FUSED, fused_writes

_RUNNING_STATISTICS = {
    torch.nn.functional.batch_norm: "training",
    torch.nn.functional.instance_norm: "use_input_stats",
}
"""Ops that write running statistics; torch 2.13's kernels write the memory directly."""

UNMARKED = frozenset((*_RUNNING_STATISTICS, *FUSED))


def unmarked_writes(func: Any, args: Any, kwargs: Any) -> list[Tensor]:
    """Tensors that one of these ops changes."""
    if func in FUSED:
        return fused_writes(args, kwargs)
    switch = _RUNNING_STATISTICS[func]
    if len(args) == 3 and switch in kwargs:  # as torch's own detour for modes hands them over
        return [tensor for tensor in args[1:] if tensor is not None] if kwargs[switch] else []
    given = bound(func, args, kwargs)
    if given is None:
        return []
    statistics = [given["running_mean"], given["running_var"]] if given[switch] else []
    return [tensor for tensor in statistics if tensor is not None]
