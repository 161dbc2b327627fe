"""The contract of every `TapeStore`; a new store joins by adding itself to ``STORES``."""

import gzip
import json
from datetime import UTC, datetime

import pytest

from tapedeck.store import INTERRUPTED, DiskStore, Entry, KeyTaken, Retention, StoreError, StoreFull, new_id
from tapedeck.tape import Header, Tables, Tape, load, to_bytes
from tapedeck.tape.events import Print

STORES = {"disk": DiskStore}
FINISHED = {"status": "finished", "detail": "Done.", "where": None}
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def a_tape(events=1):
    return Tape(Tables(Header(title="t", events=events)), [Print(text=str(n)) for n in range(events)])


def an_entry(**fields):
    return Entry(**{"id": new_id(), "created": "2026-01-01T00:00:00.000Z", "source": "x = 1\n", **fields})


@pytest.fixture(params=STORES)
def open_store(request, tmp_path):
    """Opens the store; again, as after a restart."""
    opened = []

    def open_it(**given):
        if opened:
            opened[-1].close()
        opened.append(STORES[request.param](tmp_path, **given))
        return opened[-1]

    yield open_it
    opened[-1].close()


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
    store = open_store()
    unknown, ran = store.put(an_entry()), store.put(an_entry(job={"limits": 3}, started="2026-01-01"))
    for entry in (unknown, ran):
        kept = open_store().get(entry.id)
        assert (kept.outcome["status"], kept.outcome["detail"], kept.job) == ("failed", INTERRUPTED, {})


def test_what_waited_goes_on_waiting_after_a_restart_the_oldest_first(open_store):
    store = open_store()
    new, old = (an_entry(created=f"2026-01-0{day}", job={"limits": day}) for day in (2, 1))
    for entry in (new, old, an_entry(job={"limits": 3}, started="2026-01-03"), an_entry(job={}, outcome=FINISHED)):
        store.put(entry)
    store = open_store()
    store.put(an_entry(job={"limits": 4}))
    assert store.waiting() == [old, new]
    assert store.waiting() == []


def test_what_is_deleted_or_cancelled_after_a_restart_waits_no_longer(open_store):
    store = open_store()
    first, second = store.put(an_entry(job={"limits": 1})), store.put(an_entry(job={"limits": 2}))
    store = open_store()
    store.delete(first.id)
    store.put(second.ended_as({"status": "cancelled"}))
    assert store.waiting() == []


def test_a_tape_never_changes(open_store):
    store = open_store()
    kept = store.put(an_entry(outcome=FINISHED), a_tape(1))
    with pytest.raises(StoreError, match="already"):
        store.put(kept, a_tape(2))
    assert store.get(kept.id).counts["events"] == 1
    assert load(store.part(kept.id, "run.tape")).header.events == 1


def test_an_owner_sees_only_what_is_theirs(open_store):
    store = open_store()
    mine, _ = store.put(an_entry(owner="me")), store.put(an_entry(owner="you"))
    assert store.list(owner="me") == [mine]
    assert len(store.list()) == 2
    assert store.list(owner="") == []


def test_a_key_finds_its_owners_entry_and_nobody_elses(open_store):
    store = open_store()
    entry = store.put(an_entry(owner="me", key="k", fingerprint="f"))
    assert store.by_key("me", "k") == entry
    assert store.by_key("you", "k") is None
    assert store.by_key("me", "") is None


def test_a_key_is_used_once_by_its_owner_until_its_entry_is_deleted(open_store):
    store = open_store()
    first = store.put(an_entry(owner="me", key="k"))
    store.put(first)
    store.put(an_entry(owner="you", key="k"))
    with pytest.raises(KeyTaken):
        store.put(an_entry(owner="me", key="k"))
    store.delete(first.id)
    store.put(an_entry(owner="me", key="k"))


def test_usage_grows_with_what_is_kept_and_shrinks_with_what_is_deleted(open_store):
    store = open_store()
    assert store.usage().tapes == 0
    kept = store.put(an_entry(outcome=FINISHED), a_tape())
    one = store.usage()
    store.put(an_entry(outcome=FINISHED), a_tape())
    assert (one.tapes, store.usage().tapes, store.usage().bytes) == (1, 2, 2 * one.bytes)
    assert one.bytes > len(store.part(kept.id, "run.tape"))
    store.delete(kept.id)
    assert store.usage() == one


def test_a_full_store_refuses_tapes_says_how_full_it_is_and_keeps_what_it_has(open_store):
    store = open_store()
    kept = store.put(an_entry(outcome=FINISHED), a_tape())
    store = open_store(max_bytes=store.usage().bytes)
    with pytest.raises(StoreFull, match=r"0\.0 MB of 0\.0 MB .* are used; `tapedeck gc` or deleting"):
        store.check_room()
    refused = an_entry(outcome=FINISHED)
    with pytest.raises(StoreFull):
        store.put(refused, a_tape())
    assert store.list() == [kept]
    assert store.part(refused.id, "run.tape") is None
    store.put(refused)  # how it ended can always be said
    store.delete(kept.id)


def test_a_disk_that_is_almost_full_is_left_alone(open_store):
    store = open_store(reserve_bytes=10**18)
    with pytest.raises(StoreFull, match="kept free"):
        store.check_room()


def test_a_sweep_removes_what_is_too_old_but_nothing_that_waits_or_runs(open_store):
    store = open_store()
    old = store.put(an_entry(created="2025-01-01T00:00:00.000Z", outcome=FINISHED), a_tape())
    store.put(an_entry(created="2025-01-01T00:00:00.000Z", job={"x": 1}))
    store.put(an_entry(created="2026-01-02T00:00:00.000Z", outcome=FINISHED), a_tape())
    rules = Retention(keep_days=1)
    would = store.sweep(rules, NOON, dry_run=True)
    assert store.sweep(rules, NOON) == would
    assert [one.id for one in would.removed] == [old.id]
    assert (would.bytes, store.usage().tapes, store.part(old.id, "run.tape")) == (would.removed[0].bytes, 2, None)
    assert store.sweep(rules, NOON).removed == []


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
