"""The tensor-hook walk-through and SumNet stand on the tape in exactly the order and with the numbers of the notes."""

from __future__ import annotations

from tapedeck.lessons import lesson
from tests.recorder.programs import kinds, numbers, story, tape_of, text


def program(slug: str) -> str:
    """The text of one of the gallery's programs."""
    found = lesson(slug)
    assert found is not None
    return found.source


def test_the_walk_through_plays_in_the_engines_order() -> None:
    tape = tape_of(program("walkthrough"))

    assert list(story(tape)) == [
        ("e_hook", 1.0, 2.0),
        ("e.grad", 2.0),
        ("MulBackward0(e) out", 8.0, 12.0),
        ("d_hook", 12.0, 112.0),
        ("d.grad", 112.0),
        ("c_hook", 8.0, 10.0),
        ("c_print", 10.0, None),
        ("c.grad", 10.0),
        ("MulBackward0(c) out", 30.0, 20.0),
        ("a.grad", 30.0),
        ("b.grad", 20.0),
    ]
    assert tape.check() == []


def test_every_op_of_the_walk_through_points_at_its_own_expression() -> None:
    tape = tape_of(program("walkthrough"))

    assert [text(tape, op.span) for op in tape.ops if op.label == "mul" and op.hook is None] == ["a * b", "c * d"]


def test_sumnet_gives_116_and_6_after_its_hooks_are_removed() -> None:
    tape = tape_of(program("sumnet"))

    results = [numbers(tape, event.values[0]) for event in kinds(tape, "call_exit")]
    assert results == [116.0, 6.0]
    assert [tape.hooks[event.hook].kind for event in kinds(tape, "hook_fire")] == ["forward_pre", "forward"]
    assert len(kinds(tape, "hook_remove")) == 2
    assert tape.check() == []


def test_the_cnn_is_trained_for_one_step() -> None:
    tape = tape_of(program("cnn"), seed=0)

    types = {module.type.rsplit(".", 1)[-1] for module in tape.modules}
    assert types == {"LeNet", "Conv2d", "Linear"}
    updated = {tape.tensors[event.tensor].name for event in kinds(tape, "param_update")}
    accumulated = {tape.tensors[event.tensor].name for event in kinds(tape, "accumulate")}
    assert updated == accumulated == {t.name for t in tape.tensors if t.role == "parameter"}
    assert len(kinds(tape, "optimizer_step")) == 1
    assert tape.check() == []
