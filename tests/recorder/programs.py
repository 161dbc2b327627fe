"""Builders for recorder tests: run a text as the user's program under the recorder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tapedeck.recorder import record
from tapedeck.recorder.log import FAILURE
from tapedeck.tape import AnyEvent, Tape

NAME = "program.py"


def tape_of(source: str, **options: Any) -> Tape:
    """The tape of a program; an exception of the program stands on the tape."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    recording = record(sources={NAME: source}, namespace=namespace, **options)
    try:
        with recording:
            exec(compile(source, NAME, "exec"), namespace)
    except BaseException as error:
        if type(tape_end(recording.tape)).__name__ != "Raise":
            raise AssertionError("the exception is not on the tape") from error
    assert [event.text for event in kinds(recording.tape, "warning") if event.category == FAILURE] == []
    return recording.tape


def tape_end(tape: Tape) -> AnyEvent:
    """The last event."""
    return tape.events[-1]


def kinds(tape: Tape, *names: str) -> list[Any]:
    """The events of some kinds, in order."""
    return [event for event in tape.events if event.__struct_config__.tag in names]


def text(tape: Tape, span: int | None) -> str:
    """The source text of a span."""
    assert span is not None
    row = tape.spans[span]
    lines = tape.sources[row.source].text.split("\n")[row.line - 1 : row.end_line]
    lines[-1] = lines[-1][: row.end_column]
    lines[0] = lines[0][row.column :]
    return "\n".join(lines)


def numbers(tape: Tape, value: int | None) -> Any:
    """A captured value: a number, or a flat list."""
    if value is None:
        return None
    flat = tape.numbers(value)
    assert flat is not None
    return flat[0] if not tape.values[value].shape else flat


def story(tape: Tape) -> Iterator[tuple[Any, ...]]:
    """Backward in short: what fired, was retained, received, sent and accumulated, with names and numbers."""
    for event in tape.events:
        match event.__struct_config__.tag:
            case "hook_fire":
                after = numbers(tape, event.after[0]) if event.after else None
                yield (tape.hooks[event.hook].name, numbers(tape, event.before[0]), after)
            case "retain":
                yield (f"{tape.tensors[event.tensor].name}.grad", numbers(tape, event.value))
            case "node_exit" if event.values:
                op = tape.nodes[event.node].op
                made = tape.tensors[tape.ops[op].outputs[0]].name if op is not None else None
                yield (f"{tape.nodes[event.node].name}({made}) out", *(numbers(tape, v) for v in event.values))
            case "accumulate":
                yield (f"{tape.tensors[event.tensor].name}.grad", numbers(tape, event.total))
