"""`at(step)` gives what replaying the events one by one gives, and what the shared table of cases says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tapedeck.tape import AnyEvent, Tables, Tape

CASES = json.loads((Path(__file__).parents[1] / "data" / "at_cases.json").read_text())


def tape_of(case: dict[str, Any]) -> Tape:
    """The tape that a case holds as JSON."""
    return Tape(msgspec.convert(case["tables"], Tables), [msgspec.convert(e, AnyEvent) for e in case["events"]])


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_every_state_is_what_the_table_says(case: dict[str, Any]) -> None:
    tape = tape_of(case)

    got = {step: tape.at(int(step)).to_dict() for step in case["states"]}

    assert got == case["states"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_gradients_are_what_a_replay_of_the_events_gives(case: dict[str, Any]) -> None:
    tape = tape_of(case)
    grads: dict[int, int | None] = {}
    for step, event in enumerate(case["events"]):
        if event["kind"] in ("accumulate", "retain", "grad_zero"):
            grads[event["tensor"]] = event.get("total", event.get("value"))
        for tensor, value in (
            zip(tape.ops[event["op"]].writes, event.get("values", []), strict=False) if (event["kind"] == "op") else ()
        ):
            owner = tape.tensors[tensor].grad_of
            if owner is not None:
                grads[owner] = value
        state = tape.at(step)
        assert {t.id: state.tensor(t.id).grad for t in tape.tensors if state.tensor(t.id).grad is not None} == {
            tensor: value for tensor, value in grads.items() if value is not None
        }


def test_a_step_that_does_not_exist_is_refused_with_the_steps_there_are() -> None:
    tape = tape_of(CASES[0])

    with pytest.raises(IndexError, match=f"no step {len(tape.events)}; the tape has steps 0 to {len(tape.events) - 1}"):
        tape.at(len(tape.events))


def test_nodes_of_an_earlier_pass_are_idle_when_the_next_one_begins() -> None:
    tape = tape_of(CASES[0])
    starts = [step for step, event in enumerate(CASES[0]["events"]) if event["kind"] == "backward_start"]

    before, after = tape.at(starts[1] - 1), tape.at(starts[1])

    assert {before.node(n.id).status for n in tape.nodes} == {"done"}
    assert {after.node(n.id).status for n in tape.nodes} == {"idle"}
