"""Tapes on disk: one folder for each, under ``tapes/`` in the data folder.

``meta.json`` is the entry and is written last, so a folder counts only once it is whole. Every file is written next
to its place, flushed to the disk and moved there, so a reader or a restart sees the old one or the new one.
"""

from __future__ import annotations

import builtins
import contextlib
import gzip
import os
import re
import shutil
from pathlib import Path

import msgspec

from tapedeck.store.entry import STORED_NAMES, Entry, Part
from tapedeck.tape import Tape, encode_events, encode_tables, to_bytes

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
META = "meta.json"
GZIP_LEVEL = 6


class DiskStore:
    """A `TapeStore` in a folder of its own. Opening it ends what an earlier server left unfinished."""

    def __init__(self, data_dir: Path) -> None:
        self._root = data_dir / "tapes"
        self._root.mkdir(parents=True, exist_ok=True)
        self._recover()

    def put(self, entry: Entry, tape: Tape | None = None, data: bytes | None = None) -> Entry:
        """Keep an entry and its tape."""
        folder = self._folder(entry.id)
        if folder is None:
            raise ValueError(f"not an id: {entry.id!r}")
        folder.mkdir(exist_ok=True)
        if tape is not None:
            entry = entry.with_tape(tape)
            _write(folder / "run.tape", data if data is not None else to_bytes(tape))
            _write(folder / "tables.json.gz", _compress(encode_tables(tape)))
            _write(folder / "events.jsonl.gz", _compress(encode_events(tape)))
        # A recording that has only begun is not worth waiting for the disk.
        _write(folder / META, msgspec.json.encode(entry), flush=entry.ended)
        return entry

    def get(self, id: str) -> Entry | None:
        """The entry, or ``None``."""
        folder = self._folder(id)
        return None if folder is None else _read_entry(folder)

    def part(self, id: str, name: Part) -> bytes | None:
        """Stored bytes of a tape."""
        folder = self._folder(id)
        if folder is None or name not in STORED_NAMES:
            return None
        try:
            return (folder / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def list(self, limit: int = 50) -> builtins.list[Entry]:
        """The newest entries first."""
        entries = [entry for folder in self._root.iterdir() if (entry := _read_entry(folder)) is not None]
        return sorted(entries, key=lambda entry: (entry.created, entry.id), reverse=True)[:limit]

    def delete(self, id: str) -> bool:
        """Remove an entry; its ``meta.json`` first, so that a half-removed folder does not count."""
        folder = self._folder(id)
        if folder is None or not folder.is_dir():
            return False
        existed = (folder / META).exists()
        (folder / META).unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        return existed

    def _folder(self, id: str) -> Path | None:
        return self._root / id if ID.fullmatch(id) else None

    def _recover(self) -> None:
        for folder in builtins.list(self._root.iterdir()):
            entry = _read_entry(folder)
            if entry is not None and not entry.ended:
                _write(folder / META, msgspec.json.encode(entry.interrupted()))


def _read_entry(folder: Path) -> Entry | None:
    try:
        return msgspec.json.decode((folder / META).read_bytes(), type=Entry)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (msgspec.MsgspecError, UnicodeError):  # not ours, or of a version that is gone
        return None


def _compress(data: bytes) -> bytes:
    return gzip.compress(data, GZIP_LEVEL, mtime=0)


def _write(path: Path, data: bytes, flush: bool = True) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            if flush:
                file.flush()
                os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
