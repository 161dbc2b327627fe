"""Kept tapes: one entry for every recording, with its tape once there is one."""

from tapedeck.store.disk import DiskStore
from tapedeck.store.entry import (
    INTERRUPTED,
    Entry,
    KeyTaken,
    Part,
    StoreError,
    StoreFull,
    TapeStore,
    Usage,
    new_id,
)
from tapedeck.store.retention import Kept, Retention, Swept

__all__ = [
    "INTERRUPTED",
    "DiskStore",
    "Entry",
    "Kept",
    "KeyTaken",
    "Part",
    "Retention",
    "StoreError",
    "StoreFull",
    "Swept",
    "TapeStore",
    "Usage",
    "new_id",
]
