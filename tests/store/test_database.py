import contextlib
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from tapedeck.store import StoreError, database
from tapedeck.store.catalogue import TAPES
from tapedeck.store.migrations import HEAD


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tapedeck.db"


def tables(path: Path) -> set[str]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_the_migrations_make_the_tables_that_the_code_expects(path):
    engine = database.open_database(path)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), TAPES.metadata) == []
    engine.dispose()


def test_the_head_is_the_newest_migration():
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_a_database_that_is_up_to_date_is_not_migrated(path, monkeypatch):
    database.open_database(path).dispose()
    monkeypatch.setattr(database, "_migrate", None)
    database.open_database(path).dispose()


def test_a_migration_that_breaks_off_leaves_the_database_as_it_was(path, monkeypatch):
    whole = database._migrate

    def breaks_off(connection):
        whole(connection)
        raise KeyboardInterrupt

    monkeypatch.setattr(database, "_migrate", breaks_off)
    with pytest.raises(KeyboardInterrupt):
        database.open_database(path)
    assert tables(path) == set()
    monkeypatch.undo()
    database.open_database(path).dispose()
    assert tables(path) == {"tapes", "alembic_version"}


def test_those_who_open_a_new_database_at_the_same_time_wait_for_each_other(path):
    together = threading.Barrier(6)

    def opens(_):
        together.wait()
        database.open_database(path).dispose()

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(opens, range(6))) == [None] * 6


def test_the_database_of_a_newer_version_is_refused_and_left_alone(path):
    database.open_database(path).dispose()
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="another version"):
        database.open_database(path)


def test_what_is_no_database_is_refused_with_what_to_do(path):
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match="moved out of the way"):
        database.open_database(path)
