"""Stands in for Cython's marks, which mean nothing where the recorder is not compiled, if Cython is not installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

C = TypeVar("C", bound=type)


def cclass(kind: C) -> C:
    """The class has C fields, declared in the ``.pxd`` file beside its module."""
    return kind


final = no_gc = cclass


def freelist(_: int) -> Callable[[C], C]:
    """So many dead objects of the class are kept for the next ones."""
    return cclass
