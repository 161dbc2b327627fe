"""Types that threads decode have to be known before: msgspec looks at a type when it first meets it, without a lock.

Two threads that do so at once end the process with a segmentation fault (msgspec 0.22; ``tests/tape/test_known.py``
shows it). Whoever defines a type that is decoded names it here, while its module is imported.
"""

from __future__ import annotations

from typing import Any

import msgspec


def known(*types: Any) -> None:
    """Let msgspec look at these types now; raises ``TypeError`` for one that it cannot decode."""
    for one in types:
        msgspec.json.Decoder(one)
