"""What only the disk store has to show: what older versions, crashes, full disks and other processes leave."""

import errno
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import event

from tapedeck.store import INTERRUPTED, DiskStore, Entry, Retention, StoreError, StoreFull, Swept
from tapedeck.store.catalogue import Catalogue
from tapedeck.tape import Header, Tables, Tape, load, to_bytes

TAPE = Tape(Tables(Header()), [])
FINISHED = {"status": "finished", "detail": "", "where": None}
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def entry(id="one", **fields):
    return Entry(id=id, created="2026-01-01T00:00:00.000Z", **fields)


@pytest.fixture
def opened(tmp_path):
    """Opens the store in the test's folder; again, after closing it, as after a restart."""
    stores = []

    def open_it():
        for store in stores:
            store.close()
        stores.append(DiskStore(tmp_path))
        return stores[-1]

    yield open_it
    for store in stores:
        store.close()


def old_folder(data_dir, one, tape=None):
    """A recording as the first version kept it: everything in one folder, no database."""
    folder = data_dir / "tapes" / one.id
    folder.mkdir(parents=True)
    if tape is not None:
        one = one.with_tape(tape)
        for name in ("run.tape", "tables.json.gz", "events.jsonl.gz"):
            (folder / name).write_bytes(to_bytes(tape))
    new = {"owner", "key", "fingerprint", "job", "started"}
    fields = {name: value for name, value in msgspec.to_builtins(one).items() if name not in new}
    (folder / "meta.json").write_bytes(msgspec.json.encode(fields))


def test_the_recordings_of_the_first_version_are_entered(tmp_path, opened):
    old_folder(tmp_path, entry("finished", outcome=FINISHED, title="mine"), TAPE)
    old_folder(tmp_path, entry("failed", outcome={"status": "failed"}))
    old_folder(tmp_path, entry("begun"))
    for store in (opened(), opened()):
        assert {one.id for one in store.list()} == {"finished", "failed", "begun"}
        assert store.get("finished") == entry("finished", outcome=FINISHED, title="mine").with_tape(TAPE)
        assert load(store.part("finished", "run.tape")).check() == []
        assert store.get("begun").outcome["detail"] == INTERRUPTED
        assert store.usage().bytes > 3 * len(to_bytes(TAPE))


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"id": 3}', b"[" * 100_000, b'{"id":"two","created":""}'])
def test_a_damaged_entry_of_the_first_version_is_passed_over_and_left_alone(tmp_path, opened, content):
    old_folder(tmp_path, entry(outcome=FINISHED), TAPE)
    (tmp_path / "tapes" / "one" / "meta.json").write_bytes(content)
    store = opened()
    assert (store.get("one"), store.list()) == (None, [])
    assert store.sweep(Retention(), NOW) == Swept([], 0, 0)
    assert (tmp_path / "tapes" / "one" / "run.tape").exists()


def test_a_lost_database_is_made_anew_from_the_tapes(tmp_path, opened):
    kept = opened().put(entry(outcome=FINISHED, owner="me"), TAPE)
    opened().close()
    for file in tmp_path.glob("tapedeck.db*"):
        file.unlink()
    assert opened().list(owner="me") == [kept]


def test_a_tape_whose_row_cannot_be_written_is_not_kept(tmp_path, opened, monkeypatch):
    store = opened()
    store.put(entry(title="old"))
    with monkeypatch.context() as patch:
        patch.setattr(store._catalogue, "put", lambda *_: (_ for _ in ()).throw(StoreError("disk full")))
        with pytest.raises(StoreError, match="disk full"):
            store.put(entry(title="new", outcome=FINISHED), TAPE)
    assert store.get("one").title == "old"
    assert os.listdir(tmp_path / "tapes") == []
    store.put(entry(title="new", outcome=FINISHED), TAPE)


@pytest.mark.parametrize("step", ["mkdir", "fsync", "rename"])
def test_a_full_disk_is_a_full_store_and_leaves_nothing_behind(tmp_path, opened, monkeypatch, step):
    def no_space(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    store = opened()
    with monkeypatch.context() as patch:
        patch.setattr(os, step, no_space)
        with pytest.raises(StoreFull, match="`tapedeck gc`"):
            store.put(entry(outcome=FINISHED), TAPE)
    assert (os.listdir(tmp_path / "tapes"), store.list()) == ([], [])


def test_a_database_without_room_is_a_full_store_until_a_sweep_makes_room(tmp_path, opened):
    store = opened()
    event.listen(store._catalogue._engine, "checkout", lambda connection, *_: no_more_pages(connection))
    kept = filled(store)
    assert {one.id for one in store.list(1000)} == kept == set(os.listdir(tmp_path / "tapes"))
    store.sweep(Retention(keep_tapes=0), NOW)
    store.put(entry(outcome=FINISHED, source="x" * 9000), TAPE)


def filled(store):
    """The ids of the tapes for which there was room."""
    kept = set()
    try:
        for number in range(1000):
            kept.add(store.put(entry(f"n{number}", outcome=FINISHED, source="x" * 9000), TAPE).id)
    except StoreFull:
        return kept
    raise AssertionError("it is never full")


def no_more_pages(connection):
    connection.execute("PRAGMA max_page_count = 40")


def test_a_full_disk_keeps_nobody_from_opening_and_what_was_left_is_seen_to_later(opened, monkeypatch):
    opened().put(entry(started="2026-01-01", job={"x": 1}))
    with monkeypatch.context() as patch:
        patch.setattr(Catalogue, "put", lambda *_: (_ for _ in ()).throw(StoreFull("full")))
        store = opened()
    assert (store.get("one").ended, store.waiting()) == (False, [])
    assert opened().get("one").outcome["detail"] == INTERRUPTED


def test_a_row_whose_tape_is_gone_is_dropped(tmp_path, opened):
    opened().put(entry(outcome=FINISHED), TAPE)
    shutil.rmtree(tmp_path / "tapes" / "one")
    assert opened().list() == []


def test_what_a_crash_left_half_written_is_swept_at_the_next_start(tmp_path, opened):
    opened().put(entry("whole", outcome=FINISHED), TAPE)
    for name in ("half.0123.tmp", "nameless"):
        (tmp_path / "tapes" / name).mkdir()
        (tmp_path / "tapes" / name / "run.tape").write_bytes(b"12345")
    store = opened()
    assert store.sweep(Retention(), NOW, dry_run=True) == Swept([], 2, 10)
    assert store.sweep(Retention(), NOW) == Swept([], 2, 10)
    assert store.sweep(Retention(), NOW) == Swept([], 0, 0)
    assert os.listdir(tmp_path / "tapes") == ["whole"]


def test_what_another_process_is_doing_is_left_to_it(tmp_path, opened, caplog):
    server = opened()
    runs, waits = server.put(entry("runs")), server.put(entry("waits", job={"x": 1}))
    (tmp_path / "tapes" / "half.0123.tmp").mkdir()
    beside = DiskStore(tmp_path)
    try:
        assert beside.get("runs") == runs
        assert beside.get("waits") == waits
        assert beside.waiting() == []
        assert beside.sweep(Retention(keep_tapes=0), NOW) == Swept([], 0, 0)
    finally:
        beside.close()
    assert "another process" in caplog.text


WRITER = """
import resource, signal, sys
from pathlib import Path
from tapedeck.store import DiskStore, Entry
from tapedeck.tape import load
store, data = DiskStore(Path(sys.argv[1])), Path(sys.argv[2]).read_bytes()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for most in range(0, len(data), len(data) // 9):
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    try:
        store.put(Entry(id=f"most-{most}", created="now", outcome={"status": "finished"}), load(data), data)
    except OSError as error:
        print("refused", type(error).__name__)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store.put(Entry(id="after", created="now", outcome={"status": "finished"}), load(data), data)
"""


def test_writes_that_fail_at_any_byte_leave_nothing_behind_and_lose_nothing(tmp_path, opened):
    """A file size limit is as a full disk is: the write fails somewhere in the middle."""
    file = tmp_path / "x.tape"
    file.write_bytes(to_bytes(Tape(Tables(Header(title="x" * 4000)), [])))
    kept = opened().put(entry(outcome=FINISHED), TAPE)
    opened().close()
    said = python(WRITER, tmp_path, file).splitlines()
    assert len(said) >= 9
    store = opened()
    assert {one.id for one in store.list()} == {"one", "after"} == set(os.listdir(tmp_path / "tapes"))
    assert store.get("one") == kept


def python(program: str, *arguments: Path) -> str:
    """What a program of ours prints."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
