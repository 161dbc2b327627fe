import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tapedeck.jobs import Janitor
from tapedeck.store import DiskStore, Entry, Retention, StoreError

FINISHED = {"status": "finished", "detail": "", "where": None}


@pytest.fixture
def store(tmp_path):
    store = DiskStore(tmp_path)
    yield store
    store.close()


def of_age(days):
    made = datetime.now(UTC) - timedelta(days=days)
    return Entry(id=f"of-{days}-days", created=made.isoformat(), outcome=FINISHED)


async def first_removed(store, rules, every_s=0.001):
    removed = asyncio.Queue()
    janitor = Janitor(store, rules, every_s=every_s, removed=removed.put_nowait)
    janitor.open()
    try:
        return await removed.get()
    finally:
        await janitor.close()


def test_what_the_rules_no_longer_keep_goes_when_a_service_opens_and_is_told(store):
    store.put(of_age(2))
    store.put(of_age(0))
    assert asyncio.run(first_removed(store, Retention(keep_days=1), every_s=3600)) == "of-2-days"
    assert [entry.id for entry in store.list()] == ["of-0-days"]


def test_a_sweep_that_fails_is_not_the_last(store, monkeypatch):
    store.put(of_age(2))
    whole, failures = store.sweep, [StoreError("busy")]

    def sweep(*arguments):
        if failures:
            raise failures.pop()
        return whole(*arguments)

    monkeypatch.setattr(store, "sweep", sweep)
    assert asyncio.run(first_removed(store, Retention(keep_days=1))) == "of-2-days"
