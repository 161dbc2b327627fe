"""The reference names everything there is: every table and every kind of event."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from tapedeck.tape import AnyEvent, Tables

REFERENCE = (Path(__file__).parents[1] / "docs" / "tape.md").read_text()
NAMED = set(re.findall(r"`(\w+)`", REFERENCE))


def test_every_table_is_in_the_reference() -> None:
    assert set(Tables.__struct_fields__) - {"header"} <= NAMED


def test_every_kind_of_event_is_in_the_reference() -> None:
    assert {kind.__struct_config__.tag for kind in get_args(AnyEvent)} <= NAMED
