"""The optimizer's step: when it began and what it made of each parameter."""

from __future__ import annotations

from typing import Any

import torch
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from tapedeck.recorder.log import Log
from tapedeck.recorder.tensors import Tensors, version_of
from tapedeck.tape import events as e


class Training:
    """The optimizer taps of one recording: torch's own global step hooks, removed when it ends."""

    def __init__(self, log: Log, tensors: Tensors) -> None:
        self._log = log
        self._tensors = tensors
        self._handles: list[Any] = []
        self._before: list[tuple[Any, int, int | None]] = []

    def start(self) -> None:
        """Register the hooks."""
        self._handles = [
            register_optimizer_step_pre_hook(self._begin),
            register_optimizer_step_post_hook(self._end),
        ]

    def stop(self) -> None:
        """Remove them."""
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

    def _begin(self, optimizer: torch.optim.Optimizer, args: Any, kwargs: Any) -> None:
        if not self._log.open:
            return
        with torch._C.DisableTorchFunction():
            parameters = [p for group in optimizer.param_groups for p in group["params"]]
            self._before = [(p, version_of(p), self._tensors.see(p)) for p in parameters]
            ids = [self._tensors.hold(p).id for p in parameters]
            span = self._log.here(2)
            self._log.emit(e.OptimizerStep(optimizer=type(optimizer).__name__, tensors=ids, span=span))

    def _end(self, optimizer: torch.optim.Optimizer, args: Any, kwargs: Any) -> None:
        before, self._before = self._before, []
        if not self._log.open:
            return
        with torch._C.DisableTorchFunction():
            for parameter, version, value in before:
                now = version_of(parameter)
                if now != version:
                    held = self._tensors.hold(parameter)
                    self._log.emit(
                        e.ParamUpdate(
                            tensor=held.id, before=value, value=self._tensors.see(parameter), version=max(now, 0)
                        )
                    )
