"""Tapedeck records a PyTorch program once and plays it back for ever.

``record`` is imported when it is first used: ``import tapedeck`` does not import torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tapedeck.tape import Tape, TapeError, load

if TYPE_CHECKING:
    from tapedeck.recorder import Recording, record

__version__ = "0.1.0"
__all__ = ["Recording", "Tape", "TapeError", "load", "record"]


def __getattr__(name: str) -> Any:
    if name in ("Recording", "record"):
        from tapedeck import recorder

        return getattr(recorder, name)
    raise AttributeError(f"module 'tapedeck' has no attribute '{name}'")
