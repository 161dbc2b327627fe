from datetime import UTC, datetime

import pytest

from tapedeck.store import Kept, Retention

NOW = datetime(2026, 1, 10, tzinfo=UTC)
KEPT = [Kept(f"day {day}", f"2026-01-0{day}T00:00:00.000Z", 10) for day in (3, 1, 2)]


@pytest.mark.parametrize(
    ("rules", "gone"),
    [
        (Retention(), []),
        (Retention(keep_days=8), ["day 1"]),
        (Retention(keep_tapes=1), ["day 1", "day 2"]),
        (Retention(keep_tapes=0), ["day 1", "day 2", "day 3"]),
        (Retention(keep_bytes=29), ["day 1"]),
        (Retention(keep_bytes=30), []),
        (Retention(keep_days=8, keep_bytes=10), ["day 1", "day 2"]),
        (Retention(keep_days=8.5, keep_tapes=2), ["day 1"]),
    ],
)
def test_what_is_too_old_goes_and_then_the_oldest_until_the_rest_fits(rules, gone):
    assert [one.id for one in rules.doomed(KEPT, NOW)] == gone


def test_what_is_of_unknown_age_is_not_too_old_but_may_be_too_many():
    kept = [Kept("?", "", 10), Kept("old", "2026-01-01", 10)]
    assert Retention(keep_days=1).doomed(kept, NOW) == kept[1:]
    assert Retention(keep_tapes=0).doomed(kept, NOW) == kept
