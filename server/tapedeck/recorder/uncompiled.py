"""Keeps ``torch.compile`` out of the recorder: what it meets of ours inside a compiled function it must not trace."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any, TypeVar

import torch

F = TypeVar("F", bound=Callable[..., Any])


def uncompiled(function: F) -> F:
    """Mark a function as one that Dynamo breaks the graph at and runs as it is.

    This is the mark that ``torch.compiler.disable`` sets (``torch/_dynamo/decorators.py``, torch 2.13); setting it by
    hand does not import Dynamo, which would cost a second of every recording.
    """
    function._torchdynamo_disable = True  # type: ignore[attr-defined]
    function._torchdynamo_disable_msg = "Tapedeck is recording"  # type: ignore[attr-defined]
    return function


def tracing() -> bool:
    """Whether torch is tracing: to look at a tensor would become a part of what ``torch.jit.trace`` or export make."""
    return _tracing_state() is not None or _compiler._is_compiling_flag


_compiler = torch.compiler
_tracing_state = torch._C._get_tracing_state


@lru_cache(maxsize=1)
def skip_recorder() -> None:
    """Tell Dynamo's frame evaluator to run every function of the recorder as it is, once for each process.

    A compiled function that calls us keeps Dynamo's callback switched on, which would otherwise trace our own frames.
    """
    for name, module in list(sys.modules.items()):
        if name.startswith(("tapedeck.recorder", "tapedeck.tape")):
            for code in _codes(module):
                skip(code)


def skip(code: CodeType) -> None:
    """Tell Dynamo's frame evaluator to run this code as it is (torch 2.13; older versions have ``skip_code``)."""
    evaluator = torch._C._dynamo.eval_frame
    if hasattr(evaluator, "set_code_exec_strategy"):
        action = evaluator._FrameAction
        evaluator.set_code_exec_strategy(code, evaluator._FrameExecStrategy(action.SKIP, action.DEFAULT))
    elif hasattr(evaluator, "skip_code"):
        evaluator.skip_code(code)


def _codes(module: Any) -> Iterator[CodeType]:
    """The code of every function that a module defines, and of the functions inside them."""
    stack: list[Any] = list(vars(module).values())
    seen: set[int] = set()
    while stack:
        thing = stack.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, CodeType):
            yield thing
            stack.extend(thing.co_consts)
        elif isinstance(thing, FunctionType) and thing.__module__ == module.__name__:
            stack += [thing.__code__, getattr(thing, "__wrapped__", None)]
        elif isinstance(thing, type) and thing.__module__ == module.__name__:
            stack += vars(thing).values()
        elif isinstance(thing, (staticmethod, classmethod)):
            stack.append(thing.__func__)
        elif isinstance(thing, property):
            stack += [thing.fget, thing.fset]
