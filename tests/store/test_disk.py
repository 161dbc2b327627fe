"""What only the disk store has to show: half-written files."""

import pytest

from tapedeck.store import DiskStore, Entry
from tapedeck.tape import Header, Tables, Tape

TAPE = Tape(Tables(Header()), [])
FINISHED = {"status": "finished", "detail": "", "where": None}


def entry(**fields):
    return Entry(id="one", created="now", **fields)


def test_a_crash_while_writing_leaves_the_old_entry(tmp_path, monkeypatch):
    store = DiskStore(tmp_path)
    store.put(entry(title="old"))
    monkeypatch.setattr("tapedeck.store.disk.os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        store.put(entry(title="new", outcome=FINISHED), TAPE)
    assert store.get("one").title == "old"
    assert [path.name for path in (tmp_path / "tapes" / "one").iterdir()] == ["meta.json"]


def test_a_tape_without_its_entry_does_not_count(tmp_path):
    store = DiskStore(tmp_path)
    store.put(entry(outcome=FINISHED), TAPE)
    (tmp_path / "tapes" / "one" / "meta.json").unlink()
    assert DiskStore(tmp_path).get("one") is None


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"id": 3}', b"[" * 100_000])
def test_a_damaged_entry_is_passed_over(tmp_path, content):
    DiskStore(tmp_path).put(entry(outcome=FINISHED))
    (tmp_path / "tapes" / "one" / "meta.json").write_bytes(content)
    store = DiskStore(tmp_path)
    assert (store.get("one"), store.list()) == (None, [])
