"""Tapes on disk: a row for each entry in ``tapedeck.db``, and a folder for each tape under ``tapes/``.

A tape is kept in two steps: its folder first, whole and flushed to the disk, then its row. The folder is the truth and
the row an index, so a crash at any moment leaves a finished tape: a folder without a row is entered at the next start.
Removing goes the same way: once the folder is gone the tape is gone, and a row without its folder is dropped.
"""

from __future__ import annotations

import builtins
import gzip
import logging
from datetime import datetime
from pathlib import Path

import msgspec

from tapedeck.store.catalogue import Catalogue
from tapedeck.store.claim import Claim
from tapedeck.store.entry import Entry, Part, StoreFull, Usage
from tapedeck.store.folders import ID, Folders
from tapedeck.store.quota import Quota
from tapedeck.store.retention import Retention, Swept
from tapedeck.tape import Tape, encode_events, encode_tables, to_bytes

log = logging.getLogger(__name__)

GZIP_LEVEL = 6
RESERVE_BYTES = 64_000_000


class DiskStore:
    """A `TapeStore` in a folder of its own.

    The first process to open it sees to what an earlier one left unfinished: what is whole is entered, what was
    running is interrupted, what waited goes on waiting (`waiting`), and the rest is removed by the next `sweep`.
    """

    def __init__(self, data_dir: Path, *, max_bytes: int | None = None, reserve_bytes: int = RESERVE_BYTES) -> None:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)  # programs are their makers' own business
        self._folders = Folders(data_dir / "tapes")
        self._claim = Claim(data_dir / "lock")
        self._leftovers: builtins.list[str] = []
        self._left: builtins.list[Entry] = []
        try:
            self._catalogue = Catalogue(data_dir / "tapedeck.db")
        except BaseException:
            self._claim.release()
            raise
        self._quota = Quota(data_dir, lambda: self.usage().bytes, max_bytes, reserve_bytes)
        if self._claim.held:
            try:
                self._recover()
            except StoreFull as full:
                log.warning("what was left unfinished is seen to at the next start: %s", full)
        else:
            log.warning("another process has %s open: what was left unfinished there is left to it", data_dir)

    def close(self) -> None:
        """Close the database, and let the next process have the folder to itself."""
        self._folders.close()
        self._catalogue.close()
        self._claim.release()

    def put(self, entry: Entry, tape: Tape | None = None, data: bytes | None = None) -> Entry:
        """Keep an entry and its tape."""
        if not ID.fullmatch(entry.id):
            raise ValueError(f"not an id: {entry.id!r}")
        if tape is None:
            self._catalogue.put([(entry, _size(entry))])
            return entry
        entry = entry.with_tape(tape)
        parts = {
            "run.tape": data if data is not None else to_bytes(tape),
            "tables.json.gz": _compress(encode_tables(tape)),
            "events.jsonl.gz": _compress(encode_events(tape)),
        }
        with self._quota.room(sum(len(part) for part in parts.values())):
            size = self._folders.keep(entry, parts)
            try:
                self._catalogue.put([(entry, size + _size(entry))])
            except BaseException:
                self._folders.remove(entry.id)
                raise
        return entry

    def get(self, id: str) -> Entry | None:
        """The entry, or ``None``."""
        return self._catalogue.get(id)

    def by_key(self, owner: str, key: str) -> Entry | None:
        """The entry for which this owner used this idempotency key."""
        return self._catalogue.by_key(owner, key)

    def part(self, id: str, name: Part) -> bytes | None:
        """Stored bytes of a tape."""
        return self._folders.part(id, name)

    def list(self, limit: int = 50, owner: str | None = None) -> builtins.list[Entry]:
        """The newest entries first."""
        return self._catalogue.list(limit, owner)

    def waiting(self) -> builtins.list[Entry]:
        """What an earlier server left waiting, the oldest first."""
        left, self._left = self._left, []
        return [now for one in left if (now := self.get(one.id)) is not None and now.waits]

    def delete(self, id: str) -> bool:
        """Remove an entry: its folder at once, then its row."""
        if not ID.fullmatch(id):
            return False
        removed = self._folders.remove(id)
        return self._catalogue.delete([id]) > 0 or removed

    def usage(self) -> Usage:
        """What is kept, and how much room it takes."""
        return self._catalogue.usage()

    def check_room(self) -> None:
        """Raise `StoreFull` where no tape can be kept now."""
        with self._quota.room(1):
            pass

    def sweep(self, rules: Retention, now: datetime, dry_run: bool = False) -> Swept:
        """Remove what the rules no longer keep, and what an earlier process left half-written or half-removed."""
        doomed = rules.doomed(self._catalogue.kept(), now)
        leftovers = [self._folders.size(name) for name in self._leftovers]
        if not dry_run:
            while self._leftovers:
                self._folders.remove(self._leftovers.pop())
            for one in doomed:  # files first, all of them: a full disk has no room for removing a row
                self._folders.remove(one.id)
            self._catalogue.delete(one.id for one in doomed)
        return Swept(doomed, len(leftovers), sum(one.bytes for one in doomed) + sum(leftovers))

    def _recover(self) -> None:
        folders = self._folders.ids()
        known, ended, taped = self._catalogue.ids()
        nameless = [id for id in folders - known if self._folders.nameless(id)]
        self._leftovers = [*self._folders.temporary(), *nameless]
        found = [entry for id in folders - ended if (entry := self._folders.entry(id)) is not None]
        if found:
            log.info("%d recordings are entered that had no row", len(found))
        self._catalogue.put(self._adopted(entry, entry.id in known) for entry in found)
        self._catalogue.delete(taped - folders)
        unfinished = self._catalogue.unfinished()
        self._left = [one for one in unfinished if one.waits]
        self._catalogue.put((one.interrupted(), _size(one)) for one in unfinished if not one.waits)

    def _adopted(self, entry: Entry, known: bool) -> tuple[Entry, int]:
        """An entry found in its folder. Where its row is gone, its key may have been used again."""
        own = entry if known else msgspec.structs.replace(entry, key="")
        return own, _size(entry) + self._folders.size(entry.id)


def _size(entry: Entry) -> int:
    """About what its row takes."""
    return len(entry.source.encode(errors="replace")) + 1000


def _compress(data: bytes) -> bytes:
    return gzip.compress(data, GZIP_LEVEL, mtime=0)
