"""`check()` finds nothing on a sound tape, and names what is broken on one where a single fact was changed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tapedeck.tape import AnyEvent, Tables, Tape

CASES = json.loads((Path(__file__).parents[1] / "data" / "at_cases.json").read_text())
HOOKS, TRAINING, RAISED, *_ = CASES

Change = Callable[[dict[str, Any]], None]


def changed(case: dict[str, Any], change: Change) -> list[str]:
    """What `check()` says after one change to the JSON of a sound tape."""
    case = copy.deepcopy(case)
    change(case)
    tape = Tape(msgspec.convert(case["tables"], Tables), [msgspec.convert(e, AnyEvent) for e in case["events"]])
    return tape.check()


def first(case: dict[str, Any], kind: str, nth: int = 0) -> int:
    """The step of the nth event of a kind."""
    return [step for step, event in enumerate(case["events"]) if event["kind"] == kind][nth]


def edit(kind: str, nth: int = 0, **fields: Any) -> Change:
    """Set fields of one event."""
    return lambda case: case["events"][first(case, kind, nth)].update(fields)


def drop(kind: str, nth: int = 0) -> Change:
    """Leave one event out (and count again)."""

    def change(case: dict[str, Any]) -> None:
        del case["events"][first(case, kind, nth)]
        case["tables"]["header"]["events"] -= 1

    return change


def row(table: str, index: int, **fields: Any) -> Change:
    """Set fields of one row."""
    return lambda case: case["tables"][table][index].update(fields)


def number(case: dict[str, Any], kind: str, field: str, value: float) -> None:
    """Change the captured number that an event names."""
    event = case["events"][first(case, kind)]
    index = event[field][0] if isinstance(event[field], list) else event[field]
    case["tables"]["values"].append({**case["tables"]["values"][index], "id": len(case["tables"]["values"])})
    new = len(case["tables"]["values"]) - 1
    case["tables"]["values"][new]["data"] = [value]
    event[field] = [new] if isinstance(event[field], list) else new


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_recorded_tape_is_sound(case: dict[str, Any]) -> None:
    assert changed(case, lambda _: None) == []


@pytest.mark.parametrize(
    ("case", "change", "sentence"),
    [
        (HOOKS, row("tensors", 1, id=7), "row 1 of tensors has id 7"),
        (HOOKS, lambda case: case["tables"]["header"].update(events=3), "the header counts 3 events"),
        (HOOKS, edit("op", op=99), "op names ops 99, which is not there"),
        (HOOKS, edit("contribution", value=4000), "value names values 4000"),
        (HOOKS, edit("op", versions=[-7]), "goes down from 0 to -7"),
        (HOOKS, row("values", 0, data=["7"]), "value 0 holds what is no number"),
        (HOOKS, row("values", 0, data=[10**30]), "value 0 holds what is no number"),
        (HOOKS, row("values", 0, data=[1, 2, 3]), "value 0 holds 3 numbers, which do not fit the shape []"),
        (HOOKS, row("values", 0, shape=[-1]), "do not fit the shape [-1]"),
        (HOOKS, row("nodes", 0, next_functions=[{"node": 55, "input": 0}]), "next_functions names nodes 55"),
        (HOOKS, row("spans", 0, end_column=999), "span 0 lies outside case.py"),
        (HOOKS, drop("node_exit"), "was entered and never left"),
        (HOOKS, drop("backward_end", 1), "the tape ends inside backward 1"),
        (TRAINING, drop("call_exit"), "exits without being the innermost"),
        (TRAINING, edit("param_update", nth=6, version=0), "goes down from"),
        (HOOKS, lambda case: number(case, "node_enter", "values", 4.5), "is not what was sent"),
        (HOOKS, drop("contribution"), "that nobody sent"),
        (HOOKS, edit("accumulate", nth=2, added=0), "is not what it was plus what was added"),
    ],
)
def test_a_broken_invariant_is_named(case: dict[str, Any], change: Change, sentence: str) -> None:
    found = changed(case, change)

    assert any(sentence in line for line in found), found


def test_a_tape_that_ends_in_a_raise_may_leave_things_open() -> None:
    assert RAISED["events"][-1]["kind"] == "raise"
    assert changed(RAISED, lambda _: None) == []
