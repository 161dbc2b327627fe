"""What the lessons on forward and reverse mode must show, asserted on their tapes."""

import pytest

from tests.lessons.seen import edges, fired, given, grads, made, order, passes, printed, saved, tangents, value
from tests.recorder.programs import kinds, numbers

VALUES = ("x1", "x2", "v1", "v2", "v3", "v4", "v5")
PRIMAL = [2, 5, 0.6931471805599453, 10, -0.9589242746631385, 10.693147180559945, 11.652071455223084]
FREED = (
    "RuntimeError: Trying to backward through the graph a second time (or directly access saved tensors after they "
    "have already been freed). Saved intermediate values of the graph are freed when you call .backward() or "
    "autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you need "
    "to access saved tensors after calling backward."
)
NO_GRAPH = "RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn"


def exactly(numbers):
    return pytest.approx(numbers, rel=0, abs=1e-12)


# ── forward-mode ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_value_carries_its_tangent_along_three_directions(told) -> None:
    tape = told("forward-mode")

    along_x1, along_x2, along_both = tangents(tape, *VALUES)
    assert [value(tape, name) for name in VALUES] == exactly(PRIMAL)
    assert along_x1 == exactly([1, 0, 0.5, 5, 0, 5.5, 5.5])
    assert along_x2 == exactly([0, 1, 0, 2, 0.28366218546322625, 2, 1.7163378145367738])
    assert along_both[-1] == exactly(7.216337814536774)


def test_forward_mode_says_its_results_and_runs_nothing_backward(told) -> None:
    tape = told("forward-mode")

    said = [float(line.split()[-1]) for line in printed(tape)]
    assert said == exactly([11.652071455223084, 5.5, 1.7163378145367738, 7.216337814536774])
    assert kinds(tape, "backward_start") == []
    assert tape.nodes == []


def test_the_third_direction_and_the_point_can_be_chosen(told) -> None:
    other, moved = told("forward-mode", {"direction": 1}), told("forward-mode", {"x1": 4.0})

    assert tangents(other, "v5")[-1] == exactly([5.5 - 1.7163378145367738])
    assert tangents(moved, "v5")[0] == exactly([0.25 + 5])


# ── reverse-mode ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_adjoints_come_back_in_the_engines_order(told) -> None:
    tape = told("reverse-mode")

    said = {line.split()[2].rstrip(":"): float(line.split()[3]) for line in printed(tape)[:-1]}
    assert list(said) == ["v5", "v4", "v3", "v2", "x2", "v1", "x1"]
    assert list(said.values()) == exactly([1, 1, -1, 1, 1.7163378145367738, 1, 5.5])
    assert [before for _, before, _ in fired(tape)] == list(said.values())
    assert order(tape) == [
        "SubBackward0",
        "AddBackward0",
        "SinBackward0",
        "MulBackward0",
        "AccumulateGrad(x2)",
        "LogBackward0",
        "AccumulateGrad(x1)",
    ]


def test_each_leaf_adds_up_its_two_contributions(told) -> None:
    tape = told("reverse-mode")

    def arrived(name):
        leaf = next(row.id for row in tape.tensors if row.name == name)
        return [numbers(tape, e.value) for e in kinds(tape, "contribution") if tape.nodes[e.node].variable == leaf]

    assert arrived("x2") == exactly([-0.28366218546322625, 2.0])
    assert arrived("x1") == exactly([5.0, 0.5])
    assert grads(tape) == exactly({"x1": 5.5, "x2": 1.7163378145367738})
    assert [value(tape, name) for name in VALUES] == exactly(PRIMAL)


def test_written_in_the_other_order_the_product_goes_first_on_the_way_back(told) -> None:
    tape = told("reverse-mode", {"order": 1})

    assert order(tape)[2:4] == ["MulBackward0", "SinBackward0"]
    assert grads(tape) == exactly({"x1": 5.5, "x2": 1.7163378145367738})


# ── counting-passes ────────────────────────────────────────────────────────────────────────────────────────────────


def test_five_inputs_cost_five_forward_passes_or_one_reverse_pass(told) -> None:
    tape = told("counting-passes")

    columns = [e for e in kinds(tape, "tangent") if tape.tensors[e.tensor].name == "x"]
    assert [numbers(tape, event.value).index(1.0) for event in columns] == [0, 1, 2, 3, 4]
    assert tangents(tape, "y")[:5] == [[2.0], [4.0], [6.0], [8.0], [10.0]]
    assert printed(tape)[:2] == [
        "5 forward passes: [2.0, 4.0, 6.0, 8.0, 10.0]",
        "1 reverse pass: [2.0, 4.0, 6.0, 8.0, 10.0]",
    ]
    assert grads(tape)["x"] == [2.0, 4.0, 6.0, 8.0, 10.0]
    assert [order(tape, index)[-1] for index in range(2)] == ["AccumulateGrad(x)", "PowBackward0"]


def test_three_outputs_cost_one_forward_pass_or_three_reverse_passes(told) -> None:
    tape = told("counting-passes")

    assert tangents(tape, "y")[5:] == [[[1.0, 4.0, 12.0]]]
    assert printed(tape)[2:4] == ["1 forward pass: [1.0, 4.0, 12.0]", "3 reverse passes: [1.0, 4.0, 12.0]"]
    asked = [event for event in kinds(tape, "backward_start") if event.api == "grad"]
    assert [numbers(tape, event.values[0]) for event in asked] == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]


def test_a_second_backward_misses_what_a_product_saved_and_nothing_of_a_sum(told) -> None:
    tape = told("counting-passes")

    assert (saved(tape, made(tape, "total")), saved(tape, made(tape, "product"))) == ({}, {"self": 2.0, "other": 3.0})
    assert printed(tape)[4:] == ["first backward is fine", "second backward is fine", "first backward is fine", FREED]
    assert [events[-1].failed for events in passes(tape)][-4:] == [False, False, False, True]
    assert edges(tape, made(tape, "total")) == ["AccumulateGrad(a)", "AccumulateGrad(b)"]
    assert given(tape, "product") == [3.0, 2.0]


@pytest.mark.parametrize("option", [1, 2])
def test_what_was_not_recorded_has_no_backward(told, option) -> None:
    assert printed(told("counting-passes", {"graph": option}))[6:] == [NO_GRAPH]


def test_retained_the_product_runs_twice_and_adds_up(told) -> None:
    tape = told("counting-passes", {"keep": 1})

    assert printed(tape)[4:] == ["first backward is fine", "second backward is fine"] * 2
    assert (grads(tape)["a"], grads(tape)["b"]) == (8.0, 6.0)
