"""Kept tapes: one entry for every recording, with its tape once there is one."""

from tapedeck.store.disk import DiskStore
from tapedeck.store.entry import INTERRUPTED, Entry, Part, TapeStore, new_id

__all__ = ["INTERRUPTED", "DiskStore", "Entry", "Part", "TapeStore", "new_id"]
