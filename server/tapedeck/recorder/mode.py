"""The mode in which torch tells of every call of its API: on, for each recorded thread, while it is recorded.

Not compiled, because Dynamo traces the handlers of modes.
"""

from __future__ import annotations

import sys
from typing import Any

from torch.compiler import is_dynamo_compiling
from torch.overrides import TorchFunctionMode

from tapedeck.recorder.ops import OpTap


class OpMode(TorchFunctionMode):
    """Hands every call of the torch API on the thread that it is switched on in to an `OpTap`."""

    def __init__(self, tap: OpTap) -> None:
        super().__init__()
        self._called = tap.called

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Dynamo, which traces modes, sees one that does nothing; what a compiled function runs is seen as it runs."""
        if is_dynamo_compiling():
            return func(*args, **(kwargs or {}))
        return self._called(func, args, {} if kwargs is None else kwargs, sys._getframe(1))
