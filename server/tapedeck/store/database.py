"""A store's database: opened with what SQLite has to be told, and brought up to date."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from tapedeck.store.entry import StoreError, StoreFull
from tapedeck.store.migrations import HEAD

PATIENCE_S = 10
"""How long a process waits for another one (``tapedeck gc`` beside a server) to end its transaction."""


def open_database(path: Path) -> Engine:
    """The database in a file, made or migrated where need be; raises `StoreError` where it cannot be used."""
    engine = create_engine(
        f"sqlite:///{path}",
        pool_size=8,
        connect_args={"timeout": PATIENCE_S},
        hide_parameters=True,  # else an error would carry a stranger's program into the log
        json_serializer=lambda value: msgspec.json.encode(value).decode(),
        json_deserializer=msgspec.json.decode,
    )
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    try:
        with writing(engine).begin() as connection:
            if _revision(connection) != HEAD:
                _migrate(connection)
    except DBAPIError as error:
        engine.dispose()
        if is_full(error):
            raise StoreFull("the disk is full: there is not even room for opening the database") from error
        raise StoreError(
            f"the database {path} cannot be used ({error.orig}); moved out of the way, a new one is made from the tapes"
        ) from error
    except BaseException:
        engine.dispose()
        raise
    return engine


def writing(engine: Engine) -> Engine:
    """The engine for transactions that write: they wait for each other when they begin, and never later."""
    return engine.execution_options(writes=True)


def is_full(error: SQLAlchemyError) -> bool:
    """Whether it failed because there is no room."""
    return getattr(getattr(error, "orig", None), "sqlite_errorcode", None) == sqlite3.SQLITE_FULL


def _configure(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # Commits survive the end of the process. Only what survives the end of the power needs the disk, and that is a
    # finished tape's folder, from which a row that was lost is made again.
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def _begin(connection: Connection) -> None:
    # The driver itself begins no transaction for what a migration does, and none that waits for its turn.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _migrate(connection: Connection) -> None:
    from alembic import command  # a third of a second that a database of this version need not wait
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(f"the database is of another version of Tapedeck ({error})") from error
