"""Keeps ``torch.compile`` out of the recorder: what it meets of ours inside a compiled function it must not trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def uncompiled(function: F) -> F:
    """Mark a function as one that Dynamo breaks the graph at and runs as it is.

    This is the mark that ``torch.compiler.disable`` sets (``torch/_dynamo/decorators.py``, torch 2.13); setting it by
    hand does not import Dynamo, which would cost a second of every recording.
    """
    function._torchdynamo_disable = True  # type: ignore[attr-defined]
    function._torchdynamo_disable_msg = "Tapedeck is recording"  # type: ignore[attr-defined]
    return function
