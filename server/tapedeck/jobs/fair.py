"""Whose turn it is: a queue in which nobody waits longer because somebody else asked for more.

A job's turn is the number of its client's jobs that run or wait before it, so everybody's first comes before
anybody's second. Among equal turns goes first whose client was served longest ago, then who came first.
"""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar


class Waiter(Protocol):
    """What can wait: something with an id, of a client."""

    @property
    def id(self) -> str:
        """Its name in the queue."""
        ...

    @property
    def client(self) -> str:
        """Whose it is."""
        ...


Item = TypeVar("Item", bound=Waiter)


class FairQueue(Generic[Item]):
    """Items by id; `order` is the fair one."""

    def __init__(self) -> None:
        self._items: dict[str, Item] = {}
        self._served: dict[str, int] = {}
        self._services = 0

    def __len__(self) -> int:
        return len(self._items)

    def get(self, id: str) -> Item | None:
        """The item, or ``None``."""
        return self._items.get(id)

    def add(self, item: Item) -> None:
        """Let it wait."""
        self._items[item.id] = item

    def remove(self, id: str) -> Item | None:
        """Let it wait no longer; ``None`` where it did not."""
        return self._items.pop(id, None)

    def count(self, client: str) -> int:
        """How many of a client's wait."""
        return sum(item.client == client for item in self._items.values())

    def order(self, running: Iterable[Waiter]) -> list[Item]:
        """Everything that waits, the next one first, while others are ``running``."""
        before = Counter(one.client for one in running)
        lines: dict[str, deque[tuple[int, Item]]] = {}
        for arrival, item in enumerate(self._items.values()):
            lines.setdefault(item.client, deque()).append((arrival, item))
        turns = [(before[client], self._served.get(client, 0), line[0][0], client) for client, line in lines.items()]
        heapq.heapify(turns)
        order: list[Item] = []
        while turns:
            turn, _, _, client = heapq.heappop(turns)
            order.append(lines[client].popleft()[1])
            if lines[client]:
                heapq.heappush(turns, (turn + 1, self._services + len(order), lines[client][0][0], client))
        return order

    def serve(self, item: Item) -> None:
        """Its turn has come."""
        del self._items[item.id]
        self._services += 1
        waiting = {one.client for one in self._items.values()}
        self._served = {client: turn for client, turn in self._served.items() if client in waiting}
        self._served[item.client] = self._services
