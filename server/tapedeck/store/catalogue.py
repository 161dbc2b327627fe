"""The rows of a store: one for every entry, in a database."""

from __future__ import annotations

import builtins
import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Index,
    MetaData,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from tapedeck.store.database import is_full, open_database, writing
from tapedeck.store.entry import ADVICE, Entry, KeyTaken, StoreError, StoreFull, Usage
from tapedeck.store.retention import Kept

TAPES = Table(
    "tapes",
    MetaData(),
    Column("id", String(64), primary_key=True),
    Column("created", String(40), nullable=False),
    Column("started", String(40), nullable=False),
    Column("ended", Boolean, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("owner", String(128), nullable=False),
    Column("key", String(128)),  # no key is NULL, of which a database allows many
    Column("fingerprint", String(128), nullable=False),
    Column("origin", String(16), nullable=False),
    Column("lesson", Text),
    Column("title", Text, nullable=False),
    Column("outcome", JSON(none_as_null=True)),
    Column("counts", JSON, nullable=False),
    Column("options", JSON, nullable=False),
    Column("job", JSON, nullable=False),
    Column("header", JSON(none_as_null=True)),
    Column("source", Text, nullable=False),
    UniqueConstraint("owner", "key", name="one_entry_a_key"),
    Index("tapes_by_age", "created", "id"),
    Index("tapes_by_owner", "owner", "created", "id"),
    Index("tapes_by_end", "ended", "bytes"),
)
FIELDS = Entry.__struct_fields__
"""What an entry consists of; each is a column."""
INSERT = insert(TAPES)
UPDATE = update(TAPES).where(TAPES.c.id == bindparam("which"))
SELECT = select(*(TAPES.c[name] for name in FIELDS))
USAGE = select(func.count(), func.sum(TAPES.c.bytes)).select_from(TAPES)
NEWEST_FIRST = (TAPES.c.created.desc(), TAPES.c.id.desc())


class Catalogue:
    """Entries by id, by owner, by age and by key, with the bytes each of them takes."""

    def __init__(self, path: Path) -> None:
        self._engine = open_database(path)
        self._writer = writing(self._engine)

    def close(self) -> None:
        """Close the database."""
        self._engine.dispose()

    def put(self, entries: Iterable[tuple[Entry, int]]) -> None:
        """Keep entries with their sizes, all or none; raises `KeyTaken`."""
        rows = [_row(entry, size) for entry, size in entries]
        if not rows:  # nor a transaction, for which a full disk may have no room
            return
        with self._write() as connection:
            for row in rows:
                if not connection.execute(UPDATE, {**row, "which": row["id"]}).rowcount:
                    connection.execute(INSERT, row)

    def get(self, id: str) -> Entry | None:
        """The entry, or ``None``."""
        return next(iter(self._entries(TAPES.c.id == id)), None)

    def by_key(self, owner: str, key: str) -> Entry | None:
        """The entry for which this owner used this idempotency key."""
        return next(iter(self._entries(TAPES.c.owner == owner, TAPES.c.key == key)), None)

    def list(self, limit: int, owner: str | None) -> builtins.list[Entry]:
        """The newest entries first."""
        return self._entries(*([] if owner is None else [TAPES.c.owner == owner]), limit=limit)

    def unfinished(self) -> builtins.list[Entry]:
        """Those whose outcome is not known, the oldest first."""
        return self._entries(TAPES.c.ended.is_(False))[::-1]

    def delete(self, ids: Iterable[str]) -> int:
        """Remove entries; how many there were."""
        if not (ids := [*ids]):
            return 0
        with self._write() as connection:
            return sum(connection.execute(delete(TAPES).where(TAPES.c.id == id)).rowcount for id in ids)

    def usage(self) -> Usage:
        """How many there are, and the bytes they take."""
        with self._read() as connection:
            count, size = connection.execute(USAGE).one()
        return Usage(count, int(size or 0))

    def kept(self) -> builtins.list[Kept]:
        """Those that have ended, as retention sees them."""
        columns = select(TAPES.c.id, TAPES.c.created, TAPES.c.bytes).where(TAPES.c.ended.is_(True))
        with self._read() as connection:
            return [Kept(*row) for row in connection.execute(columns)]

    def ids(self) -> tuple[set[str], set[str], set[str]]:
        """All ids, those of entries that have ended, and those that have a tape."""
        columns = select(TAPES.c.id, TAPES.c.ended, TAPES.c.header.is_not(None))
        with self._read() as connection:
            rows = connection.execute(columns).all()
        return {row[0] for row in rows}, {row[0] for row in rows if row[1]}, {row[0] for row in rows if row[2]}

    def _entries(self, *conditions: ColumnElement[bool], limit: int | None = None) -> builtins.list[Entry]:
        rows = SELECT.where(*conditions).order_by(*NEWEST_FIRST).limit(limit)
        with self._read() as connection:
            return [_entry(row) for row in connection.execute(rows)]

    @contextlib.contextmanager
    def _read(self) -> Iterator[Connection]:
        with _told(), self._engine.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def _write(self) -> Iterator[Connection]:
        with _told(), self._writer.begin() as connection:
            yield connection


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """The database's errors as ours: nobody above knows SQL."""
    try:
        yield
    except IntegrityError as error:
        raise KeyTaken("this idempotency key has been used for another recording") from error
    except SQLAlchemyError as error:
        if is_full(error):
            raise StoreFull(f"the disk is full; {ADVICE}") from error
        raise StoreError(f"the database failed: {getattr(error, 'orig', error)}") from error


def _row(entry: Entry, size: int) -> dict[str, Any]:
    return {**msgspec.to_builtins(entry), "key": entry.key or None, "ended": entry.ended, "bytes": size}


def _entry(row: Row[Any]) -> Entry:
    fields = dict(zip(FIELDS, row, strict=True))
    return msgspec.convert({**fields, "key": fields["key"] or ""}, Entry)
