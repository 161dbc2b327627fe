from collections import Counter
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tapedeck.jobs.fair import FairQueue


class Waiter(NamedTuple):
    id: str
    client: str


def waiters(clients):
    return [Waiter(f"{client}{number}", client) for number, client in enumerate(clients)]


def queue_of(clients):
    queue = FairQueue()
    for waiter in waiters(clients):
        queue.add(waiter)
    return queue


def ids(items):
    return [item.id for item in items]


def test_everybodys_first_comes_before_anybodys_second():
    assert ids(queue_of("aaabbc").order(())) == ["a0", "b3", "c5", "a1", "b4", "a2"]


def test_what_runs_already_counts_as_before():
    assert ids(queue_of("aab").order(waiters("aa"))) == ["b2", "a0", "a1"]


def test_among_equals_goes_first_who_was_served_longest_ago():
    queue = queue_of("aabb")
    queue.serve(queue.order(())[0])
    assert ids(queue.order(())) == ["b2", "a1", "b3"]


def test_who_is_removed_holds_up_nobody():
    queue = queue_of("ab")
    assert queue.remove("a0") == Waiter("a0", "a")
    assert queue.remove("a0") is None
    assert (ids(queue.order(())), len(queue), queue.count("a"), queue.count("b")) == (["b1"], 1, 0, 1)


def test_nothing_is_remembered_of_clients_that_are_gone():
    queue = queue_of("abc")
    for item in queue.order(()):
        queue.serve(item)
    assert set(queue._served) == {"c"}


@given(st.text("abc", max_size=12))
def test_an_order_that_was_told_is_kept_while_nobody_comes_or_goes(clients):
    queue = queue_of(clients)
    told, served = queue.order(()), []
    while len(queue):
        served.append(queue.order(())[0])
        queue.serve(served[-1])
    assert served == told


@given(st.text("abc", max_size=12), st.text("abcd", max_size=3))
def test_nobody_who_waits_is_more_than_one_ahead_of_another_who_waits(clients, running):
    queue, had = queue_of(clients), Counter(running)
    while len(queue):
        item = queue.order(waiters(running))[0]
        assert all(had[item.client] <= had[client] for client in {one.client for one in queue.order(())})
        queue.serve(item)
        running, had = running + item.client, had + Counter([item.client])
