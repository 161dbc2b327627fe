"""The table of cases that the JavaScript twins of these views pass says what the views say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tapedeck.tape import AnyEvent, Tables, Tape
from tapedeck.views.costs import costs
from tapedeck.views.memory import live_memory

CASES = json.loads((Path(__file__).parents[1] / "data" / "at_cases.json").read_text())
CASE = pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])


def tape_of(case: dict[str, Any]) -> Tape:
    """The tape that a case holds as JSON."""
    return Tape(msgspec.convert(case["tables"], Tables), [msgspec.convert(e, AnyEvent) for e in case["events"]])


@CASE
def test_the_costs_are_those_of_the_table(case: dict[str, Any]) -> None:
    assert msgspec.to_builtins(costs(tape_of(case))) == case["costs"]


@CASE
def test_the_live_memory_is_that_of_the_table(case: dict[str, Any]) -> None:
    found = live_memory(tape_of(case))

    peak = {"step": found.peak.step, "bytes": found.peak.bytes}
    assert {"steps": found.steps, "bytes": found.bytes, "peak": peak} == case["memory"]
