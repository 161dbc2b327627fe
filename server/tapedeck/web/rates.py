"""How often somebody may do something: counted in memory, told in RateLimit headers."""

from __future__ import annotations

import math
import time

import limits
import msgspec
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter


class Rate(msgspec.Struct, frozen=True):
    """So many times in a span of time, under a name."""

    name: str
    item: limits.RateLimitItem

    @classmethod
    def of(cls, name: str, text: str) -> Rate:
        """From ``30/minute``; raises ``ValueError``."""
        return cls(name, limits.parse(text))


class Room(msgspec.Struct, frozen=True):
    """What a rate leaves to somebody, after they took once more."""

    rate: Rate
    granted: bool
    remaining: int
    reset_s: int

    def headers(self) -> dict[str, str]:
        """The headers in which it is told, with ``Retry-After`` for who took too much."""
        item = self.rate.item
        told = {
            "RateLimit-Policy": f'"{self.rate.name}";q={item.amount};w={item.get_expiry()}',
            "RateLimit": f'"{self.rate.name}";r={self.remaining};t={self.reset_s}',
        }
        return told if self.granted else {**told, "Retry-After": str(self.reset_s)}


class Rates:
    """The counters of one application."""

    def __init__(self) -> None:
        self._windows = SlidingWindowCounterRateLimiter(MemoryStorage())

    def take(self, rate: Rate, who: str) -> Room:
        """Count once more, unless it is too often."""
        granted = self._windows.hit(rate.item, rate.name, who)
        stats = self._windows.get_window_stats(rate.item, rate.name, who)
        return Room(rate, granted, stats.remaining, max(1, math.ceil(stats.reset_time - time.time())))
