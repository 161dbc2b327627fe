"""The contract of every `TapeStore`; a new store joins by adding itself to ``STORES``."""

import gzip
import json

import pytest

from tapedeck.store import INTERRUPTED, DiskStore, Entry, new_id
from tapedeck.tape import Header, Tables, Tape, load, to_bytes
from tapedeck.tape.events import Print

STORES = {"disk": DiskStore}
FINISHED = {"status": "finished", "detail": "Done.", "where": None}


def a_tape(events=1):
    return Tape(Tables(Header(title="t", events=events)), [Print(text=str(n)) for n in range(events)])


def an_entry(**fields):
    return Entry(**{"id": new_id(), "created": "2026-01-01T00:00:00.000Z", "source": "x = 1\n", **fields})


@pytest.fixture(params=STORES)
def open_store(request, tmp_path):
    """Opens the store; again, as after a restart."""
    return lambda: STORES[request.param](tmp_path)


def test_what_was_put_is_got(open_store):
    store, entry = open_store(), an_entry(title="mine", options={"seed": 3})
    store.put(entry)
    assert store.get(entry.id) == entry
    assert not entry.ended


def test_what_was_never_put_is_none(open_store):
    store = open_store()
    assert store.get(new_id()) is None
    assert store.part(new_id(), "run.tape") is None
    assert store.list() == []


@pytest.mark.parametrize("id", ["", "..", "../x", "a/b", "x" * 65, "é", "a\0b", "."])
def test_what_is_no_id_names_nothing(open_store, id):
    store = open_store()
    assert store.get(id) is None
    assert store.part(id, "run.tape") is None
    assert store.delete(id) is False
    with pytest.raises(ValueError, match="not an id"):
        store.put(an_entry(id=id))


def test_a_tape_is_kept_in_three_parts(open_store):
    store, tape = open_store(), a_tape(2)
    entry = store.put(an_entry(outcome=FINISHED), tape)
    assert load(store.part(entry.id, "run.tape")).events == tape.events
    assert json.loads(gzip.decompress(store.part(entry.id, "tables.json.gz")))["header"]["title"] == "t"
    lines = gzip.decompress(store.part(entry.id, "events.jsonl.gz")).splitlines()
    assert [json.loads(line)["text"] for line in lines] == ["0", "1"]


def test_a_tapes_own_bytes_are_kept_as_they_are(open_store):
    store, tape = open_store(), a_tape()
    data = to_bytes(tape)
    entry = store.put(an_entry(outcome=FINISHED), tape, data)
    assert store.part(entry.id, "run.tape") == data


def test_an_entry_tells_what_its_tape_says_of_itself(open_store):
    store = open_store()
    kept = store.put(an_entry(outcome=FINISHED), a_tape(3))
    assert store.get(kept.id) == kept
    assert kept.has_tape
    assert (kept.header.title, kept.counts["events"]) == ("t", 3)


def test_a_finished_tape_survives_a_restart(open_store):
    kept = open_store().put(an_entry(outcome=FINISHED), a_tape())
    again = open_store()
    assert again.get(kept.id) == kept
    assert again.part(kept.id, "run.tape") is not None


def test_what_was_interrupted_is_failed_after_a_restart(open_store):
    entry = open_store().put(an_entry())
    outcome = open_store().get(entry.id).outcome
    assert (outcome["status"], outcome["detail"]) == ("failed", INTERRUPTED)


def test_the_newest_is_listed_first(open_store):
    store = open_store()
    for day in (2, 3, 1):
        store.put(an_entry(created=f"2026-01-0{day}"))
    assert [entry.created[-1] for entry in store.list()] == ["3", "2", "1"]
    assert len(store.list(2)) == 2


def test_what_is_deleted_is_gone(open_store):
    store = open_store()
    entry = store.put(an_entry(outcome=FINISHED), a_tape())
    assert store.delete(entry.id) is True
    assert (store.get(entry.id), store.part(entry.id, "run.tape")) == (None, None)
    assert store.delete(entry.id) is False


def test_ids_are_unlike_each_other_and_fit_for_a_url():
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(id) == 16 and id.replace("-", "").replace("_", "").isalnum() for id in ids)
