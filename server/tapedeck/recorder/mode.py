"""The mode in which torch tells of every call of its API: on, for each recorded thread, while it is recorded.

Not compiled, because Dynamo traces the handlers of modes.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

from torch._C import (
    _get_function_stack_at,
    _len_torch_function_stack,
    _pop_torch_function_stack,
    _push_on_torch_function_stack,
)
from torch.compiler import is_dynamo_compiling
from torch.overrides import TorchFunctionMode

from tapedeck.recorder.ops import OpTap
from tapedeck.recorder.uncompiled import uncompiled


class OpMode(TorchFunctionMode):
    """Hands every call of the torch API on the thread that it is switched on in to an `OpTap`."""

    def __init__(self, tap: OpTap) -> None:
        super().__init__()
        self.called = tap.called

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Dynamo, which traces modes, sees one that does nothing; what a compiled function runs is seen as it runs."""
        if is_dynamo_compiling():
            return func(*args, **(kwargs or {}))
        return self.called(func, args, {} if kwargs is None else kwargs, sys._getframe(1))


def watched_detour(original: Any) -> Any:
    """What ``torch.overrides.handle_torch_function`` does while anything is recorded.

    Where our mode is the innermost one, it is switched off and told of the call, as torch does it; torch's way there
    leads through a generator.
    """

    @uncompiled
    def detoured(public_api: Any, relevant_args: Any, args: Any, kwargs: Any, frame: FrameType) -> Any:
        height = _len_torch_function_stack()
        mode = _get_function_stack_at(height - 1) if height else None
        if type(mode) is not OpMode:
            return original(public_api, relevant_args, *args, **kwargs)
        _pop_torch_function_stack()
        try:
            return mode.called(public_api, args, kwargs, frame)
        finally:
            _push_on_torch_function_stack(mode)

    return detoured
