"""The order of the suite: what takes longest begins early, and files that drive Chromium stand among the others.

One of them keeps more than one core busy, and most of the others wait now and then: beside each other they take less
time than two of a kind.
"""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file that drives Chromium, some that do not (those with a slow test first), the next that does, and so on."""
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    driving = [path for path in files if _has(files[path], "browser")]
    others = sorted((path for path in files if path not in driving), key=lambda path: not _has(files[path], "slow"))
    each = -(-len(others) // (len(driving) or 1))
    order = [
        path
        for at in range(max(len(driving), 1))
        for path in (*driving[at : at + 1], *others[at * each : (at + 1) * each])
    ]
    items[:] = [item for path in order for item in files[path]]


def _has(items: list[pytest.Item], mark: str) -> bool:
    return any(item.get_closest_marker(mark) for item in items)
