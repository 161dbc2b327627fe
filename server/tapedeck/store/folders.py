"""The files of a store: one folder for each tape, there as a whole or not at all.

A folder is filled under a temporary name, flushed to the disk, and then moved to its place. It holds the entry too
(``meta.json``), so that a tape whose row was lost is found again.
"""

from __future__ import annotations

import builtins
import contextlib
import errno
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from tapedeck.store.entry import ADVICE, STORED_NAMES, Entry, Part, StoreError, StoreFull

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
META = "meta.json"
TEMPORARY = ".tmp"
FLUSHERS = 8


class Folders:
    """Folders by id, below one root."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True)
        self._flushers = ThreadPoolExecutor(FLUSHERS, thread_name_prefix="flush")

    def close(self) -> None:
        """End the threads that flush."""
        self._flushers.shutdown()

    def ids(self) -> set[str]:
        """Everything that is named like a tape."""
        return {name for name in os.listdir(self._root) if ID.fullmatch(name)}

    def temporary(self) -> builtins.list[str]:
        """What was being written, or removed, when a process ended."""
        return [name for name in os.listdir(self._root) if name.endswith(TEMPORARY)]

    def keep(self, entry: Entry, parts: Mapping[str, bytes]) -> int:
        """Write a tape's folder; the bytes it takes. It never changes after that: another one is refused."""
        files = {**parts, META: msgspec.json.encode(entry)}
        with _told(), self._temporary(entry.id) as folder:
            folder.mkdir()
            self._write(folder, files)
            _flush(folder)
            os.rename(folder, self._root / entry.id)
            _flush(self._root)
        return sum(len(data) for data in files.values())

    def part(self, id: str, name: Part) -> bytes | None:
        """One of its files."""
        if not ID.fullmatch(id) or name not in STORED_NAMES:
            return None
        try:
            return (self._root / id / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def entry(self, id: str) -> Entry | None:
        """What the folder itself says it is; ``None`` where it says nothing that we understand."""
        try:
            entry = msgspec.json.decode((self._root / id / META).read_bytes(), type=Entry)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (msgspec.MsgspecError, UnicodeError):  # not ours, or of a version that is gone
            return None
        return entry if entry.id == id else None

    def nameless(self, id: str) -> bool:
        """Whether it is a folder without a ``meta.json``: what an earlier version left of a write or a removal."""
        return (self._root / id).is_dir() and not (self._root / id / META).exists()

    def size(self, name: str) -> int:
        """The bytes of its files."""
        try:
            return sum(file.stat().st_size for file in os.scandir(self._root / name))
        except (FileNotFoundError, NotADirectoryError):
            return 0

    def remove(self, name: str) -> bool:
        """Remove a folder, at once and then file by file; whether there was one."""
        with self._temporary(name) as going:
            try:
                os.rename(self._root / name, going)
            except (FileNotFoundError, NotADirectoryError):
                return False
        return True

    def _write(self, folder: Path, files: Mapping[str, bytes]) -> None:
        """Write files, and flush them at the same time: a busy disk takes four together in a fraction of the time."""
        with contextlib.ExitStack() as opened:
            descriptors = []
            for name, data in files.items():
                file = opened.enter_context(open(folder / name, "wb"))
                file.write(data)
                file.flush()
                descriptors.append(file.fileno())
            for _ in self._flushers.map(os.fsync, descriptors):
                pass

    @contextlib.contextmanager
    def _temporary(self, name: str) -> Iterator[Path]:
        """A name beside the folders, below which nothing is left in the end."""
        folder = self._root / f"{name.partition('.')[0]}.{os.urandom(6).hex()}{TEMPORARY}"
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """The system's errors as ours."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreFull(f"the disk is full; {ADVICE}") from error
        exists = error.errno in (errno.ENOTEMPTY, errno.EEXIST)
        raise StoreError(
            "there is such a tape already" if exists else f"the tape cannot be written: {error}"
        ) from error


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
