"""torch and Python as a program finds them: every attribute that a recorder could put something of its own into."""

from __future__ import annotations

import gc
import random
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
import torch.autograd.forward_ad
import torch.utils.checkpoint
import torch.utils.data
import torch.utils.hooks
from torch import nn
from torch.autograd.function import _HookMixin
from torch.utils.hooks import RemovableHandle

OWNERS: dict[str, Any] = {
    "nn.Module": nn.Module,
    "torch": torch,
    "torch.Tensor": torch.Tensor,
    "torch._tensor": sys.modules["torch._tensor"],
    "torch.autograd": torch.autograd,
    "torch.autograd.graph": torch.autograd.graph,
    "torch.autograd.function": torch.autograd.function,
    "torch.autograd.Function": torch.autograd.Function,
    "torch.autograd.FunctionCtx": torch.autograd.function.FunctionCtx,
    "torch.autograd.function._HookMixin": _HookMixin,
    "torch.autograd.forward_ad": torch.autograd.forward_ad,
    "torch.autograd.grad_mode": torch.autograd.grad_mode,
    "torch.autograd.graph.saved_tensors_hooks": torch.autograd.graph.saved_tensors_hooks,
    "torch.func": torch.func,
    "torch.nn.modules.module": nn.modules.module,
    "torch.nn.functional": nn.functional,
    "torch.optim": torch.optim,
    "torch.optim.optimizer": sys.modules["torch.optim.optimizer"],
    "torch.optim.Optimizer": torch.optim.Optimizer,
    "torch.optim.SGD": torch.optim.SGD,
    "torch.optim.Adam": torch.optim.Adam,
    "torch.overrides": torch.overrides,
    "torch.utils._python_dispatch": torch.utils._python_dispatch,
    "torch.utils.checkpoint": torch.utils.checkpoint,
    "torch.utils.data": torch.utils.data,
    "torch.utils.hooks": torch.utils.hooks,
    "RemovableHandle": RemovableHandle,
    "threading": threading,
    "threading.Thread": threading.Thread,
    "sys": sys,
    "warnings": warnings,
    "random": random,
    "builtins": sys.modules["builtins"],
    "linecache": sys.modules["linecache"],
    "gc": gc,
}

COUNTERS = {"next_id", "__warningregistry__"}
"""What any program moves, and what is compared for itself."""


def attributes() -> dict[str, int]:
    """The identity of every attribute of every owner."""
    return {
        f"{owner}.{name}": id(value)
        for owner, thing in OWNERS.items()
        for name, value in list(vars(thing).items())
        if name not in COUNTERS
    }


def states() -> dict[str, Any]:
    """Modes, stacks, defaults and global tables, as they are now."""
    return dict(_states())


def _states() -> Iterator[tuple[str, Any]]:
    yield "grad mode", torch.is_grad_enabled()
    yield "inference mode", torch.is_inference_mode_enabled()
    yield "anomaly mode", (torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())
    yield "autocast", (torch.is_autocast_enabled("cpu"), torch.get_autocast_dtype("cpu"))
    yield "function modes", torch._C._len_torch_function_stack()
    yield "dispatch modes", torch._C._len_torch_dispatch_stack()
    yield "function subclasses", torch._C._is_torch_function_enabled()
    yield "saved tensors hooks", torch._C._autograd._top_saved_tensors_default_hooks(True) is None
    yield "dual level", torch.autograd.forward_ad._current_level
    yield "torch.func depth", torch._C._functorch.maybe_current_level()
    yield "tracing", torch._C._get_tracing_state() is None
    yield "default dtype", torch.get_default_dtype()
    yield "default device", torch.get_default_device()
    yield "deterministic", torch.are_deterministic_algorithms_enabled()
    yield "multithreading", torch.autograd.is_multithreading_enabled()
    yield "stdout", id(sys.stdout)
    yield "stderr", id(sys.stderr)
    yield "warning filters", list(warnings.filters)
    yield "recursion limit", sys.getrecursionlimit()
    yield "traced", (sys.gettrace(), sys.getprofile(), threading.gettrace(), threading.getprofile())
    yield "collector", (gc.isenabled(), gc.get_threshold(), list(gc.callbacks), gc.get_debug())
    for module in (nn.modules.module, sys.modules["torch.optim.optimizer"]):
        for name, table in vars(module).items():
            if name.startswith("_global_") and isinstance(table, dict):
                yield name, list(table.values())


def generators() -> dict[str, Any]:
    """The state of every random generator a program would use."""
    return {
        "torch": bytes(torch.get_rng_state().numpy()),
        "random": random.getstate(),
        "numpy": [part.tobytes() if isinstance(part, np.ndarray) else part for part in np.random.get_state()],
    }


def changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
    """What is new, gone or another thing now."""
    found = dict.fromkeys(after.keys() - before.keys(), "new") | dict.fromkeys(before.keys() - after.keys(), "gone")
    return found | {key: "replaced" for key in before.keys() & after.keys() if before[key] != after[key]}
