"""What the lessons of the first chapter must show, asserted on their tapes."""

import pytest

from tests.lessons.seen import edges, fired, given, grads, label, made, order, printed, saved, value
from tests.recorder.programs import kinds, numbers

ACCUMULATE = "torch::autograd::AccumulateGrad"
IN_PLACE = (
    "RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation: "
    "[torch.FloatTensor [2, 2]], which is output 0 of Exp, is at version 1; expected version 0 instead. Hint: enable "
    "anomaly detection to find the operation that failed to compute its gradient, with "
    "torch.autograd.set_detect_anomaly(True, check_nan=False)."
)
OTHER_TYPE = (
    "RuntimeError: hook '<lambda>' has changed the type of value (was torch.FloatTensor got torch.DoubleTensor)"
)
LEAF = "RuntimeError: a leaf Variable that requires grad is being used in an in-place operation."
NO_GRAPH = "RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn"


# ── first-graph ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_multiplication_makes_one_node_over_two_accumulate_grads(told) -> None:
    tape = told("first-graph")

    c = made(tape, "c")
    assert (value(tape, "c"), tape.nodes[c].name) == (6.0, "MulBackward0")
    assert edges(tape, c) == ["AccumulateGrad(a)", "AccumulateGrad(b)"]
    assert saved(tape, c) == {"self": 2.0, "other": 3.0}
    assert printed(tape)[:2] == [f"['{ACCUMULATE}', '{ACCUMULATE}']", "a.grad = tensor(3.) b.grad = tensor(2.)"]
    assert given(tape, "c") == [3.0, 2.0]


def test_the_first_pass_stores_3_and_2_and_leaves_c_without_a_gradient(told) -> None:
    tape = told("first-graph")

    stored = [(tape.tensors[event.tensor].name, numbers(tape, event.total)) for event in kinds(tape, "accumulate")]
    (warning,) = kinds(tape, "warning")
    assert stored[:2] == [("a", 3.0), ("b", 2.0)]
    assert warning.text.startswith("The .grad attribute of a Tensor that is not a leaf Tensor is being accessed.")
    assert "c.grad = None" in printed(tape)


def test_with_e_the_second_pass_stores_12_8_and_6_in_the_engines_order(told) -> None:
    tape = told("first-graph")

    assert grads(tape) == {"a": 12.0, "b": 8.0, "d": 6.0}
    assert value(tape, "e") == 24.0
    assert given(tape, "e") == [4.0, 6.0]
    assert edges(tape, made(tape, "e")) == ["MulBackward0", "AccumulateGrad(d)"]
    assert order(tape, 1) == [
        "MulBackward0",
        "AccumulateGrad(d)",
        "MulBackward0",
        "AccumulateGrad(a)",
        "AccumulateGrad(b)",
    ]


def test_a_square_has_one_accumulate_grad_and_a_constant_none(told) -> None:
    square, constant = told("first-graph", {"operation": 2}), told("first-graph", {"b": 1})

    assert edges(square, made(square, "c")) == ["AccumulateGrad(a)"] * 2
    assert len({edge.node for edge in square.nodes[made(square, "c")].next_functions}) == 1
    assert order(square) == ["MulBackward0", "AccumulateGrad(a)"]
    assert edges(constant, made(constant, "c")) == ["AccumulateGrad(a)", None]
    assert saved(constant, made(constant, "c")) == {"other": 3.0}


# ── walkthrough ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({}, {"a": 30.0, "b": 20.0, "c": 10.0, "d": 112.0, "e": 2.0}),
        ({"on_c": 1}, {"a": 30.0, "b": 20.0, "c": 10.0, "d": 112.0, "e": 2.0}),
        ({"on_c": 2}, {"a": 24.0, "b": 16.0, "c": 8.0, "d": 112.0, "e": 2.0}),
        ({"on_e": 1}, {"a": 18.0, "b": 12.0, "c": 6.0, "d": 106.0, "e": 1.0}),
        ({"on_e": 2}, {"a": 30.0, "b": 20.0, "c": 10.0, "d": 112.0, "e": 2.0}),
        ({"on_e": 3}, {"a": 30.0, "b": 20.0, "c": 10.0, "d": 112.0, "e": 2.0}),
    ],
)
def test_the_walk_through_keeps_these_gradients(told, edits, expected) -> None:
    assert grads(told("walkthrough", edits or None)) == expected


def test_the_walk_through_has_17_events_in_the_detailed_view(told) -> None:
    tape = told("walkthrough")

    detailed = []
    for event in kinds(tape, "hook_fire", "node_enter", "node_exit", "accumulate"):
        kind = event.__struct_config__.tag
        detailed.append(f"{kind} {tape.hooks[event.hook].name if kind == 'hook_fire' else label(tape, event.node)}")
    leaf = ["node_enter AccumulateGrad({})", "accumulate AccumulateGrad({})", "node_exit AccumulateGrad({})"]
    mul = ["node_enter MulBackward0", "node_exit MulBackward0"]
    assert len(detailed) == 17
    assert detailed == [
        *["hook_fire e_hook", *mul, "hook_fire d_hook", *(each.format("d") for each in leaf)],
        *["hook_fire c_hook", "hook_fire c_print", *mul],
        *(each.format("a") for each in leaf),
        *(each.format("b") for each in leaf),
    ]


def test_the_walk_through_hands_1_through_every_hook(told) -> None:
    tape, swapped = told("walkthrough"), told("walkthrough", {"on_c": 1})

    assert fired(tape) == [
        ("e_hook", 1.0, 2.0),
        ("d_hook", 12.0, 112.0),
        ("c_hook", 8.0, 10.0),
        ("c_print", 10.0, None),
    ]
    assert fired(swapped)[2:] == [("c_print", 8.0, None), ("c_hook", 8.0, 10.0)]
    assert (given(tape, "e"), given(tape, "c")) == ([8.0, 12.0], [30.0, 20.0])


# ── where-a-hook-lives ─────────────────────────────────────────────────────────────────────────────────────────────


def test_an_intermediates_hook_outlives_it_and_a_leafs_meets_every_graph(told) -> None:
    tape = told("where-a-hook-lives")

    seen = [(name, before) for name, before, _ in fired(tape)]
    assert seen[:3] == [("c_hook", 4.0), ("x_hook", 3.0), ("x_hook", 7.0)]
    assert grads(tape)["x"] == 10.0
    assert [row.name for row in tape.nodes if row.variable is not None and tape.tensors[row.variable].name == "x"] == [
        "AccumulateGrad",
        "AccumulateGrad",
    ]


def test_an_operation_in_place_leaves_the_older_hook_on_the_older_node(told) -> None:
    tape = told("where-a-hook-lives")

    after, before = [one for one in fired(tape) if one[0].endswith("cos")]
    assert after == ("after_cos", 1.0, None)
    assert before == ("before_cos", pytest.approx(-0.745624, abs=1e-6), None)
    assert grads(tape)["u"] == pytest.approx(-0.402862, abs=1e-6)
    assert order(tape, 3) == ["CosBackward0", "SinBackward0", "AccumulateGrad(u)"]


def test_a_hook_on_an_accumulate_grad_leaks_into_the_next_graph_while_the_first_lives(told) -> None:
    kept, dropped, removed = (told("where-a-hook-lives", {"first_graph": option}) for option in range(3))

    def leaks(tape):
        return [before for name, before, _ in fired(tape) if name == "node_hook"]

    assert [leaks(tape) for tape in (kept, dropped, removed)] == [[2.0, 5.0], [2.0], [2.0]]
    assert len([row for row in kept.nodes if label(kept, row.id) == "AccumulateGrad(w)"]) == 1


# ── order-around-a-node ────────────────────────────────────────────────────────────────────────────────────────────


def test_every_kind_of_hook_fires_in_the_engines_order(told) -> None:
    tape = told("order-around-a-node")

    assert fired(tape)[:5] == [
        ("add_one", 4.0, 5.0),
        ("times_ten", 5.0, 50.0),
        ("post_hook", [150.0, 100.0], None),
        ("b_hook", 100.0, None),
        ("b_stored", 3.0, None),
    ]
    assert grads(tape) == {"a": 150.0, "b": 100.0, "c": 5.0, "d": 6.0}
    assert printed(tape)[:2] == ["tensor hook: c.grad is None", "node pre-hook: c.grad is tensor(5.)"]


def test_the_retained_gradient_is_written_before_the_nodes_pre_hook(told) -> None:
    tape = told("order-around-a-node")

    around = [
        tape.hooks[event.hook].kind if event.__struct_config__.tag == "hook_fire" else "retain"
        for event in kinds(tape, "hook_fire", "retain")
    ]
    assert around[:6] == ["tensor", "retain", "node_pre", "node_post", "tensor", "post_accumulate_grad"]


def test_what_grad_returns_for_c_depends_on_whether_the_pass_goes_on(told) -> None:
    tape = told("order-around-a-node")

    assert printed(tape)[-2:] == [
        "grad(e, c) = (tensor(6.),)",
        "grad(e, [c, a]) = (tensor(4.), tensor(18.))",
    ]
    assert order(tape, 1) == ["MulBackward0"]
    assert order(tape, 2) == ["MulBackward0", "MulBackward0"]


def test_asked_by_inputs_or_by_grad_fewer_leaves_are_filled(told) -> None:
    inputs, grad = (told("order-around-a-node", {"ask": option}) for option in (1, 2))

    assert grads(inputs) == {"a": 150.0, "b": 100.0, "c": 5.0}
    assert grads(grad) == {"c": 5.0}
    assert "b_stored" not in [name for name, _, _ in fired(grad)]


# ── what-a-hook-may-do ─────────────────────────────────────────────────────────────────────────────────────────────


def test_what_hooks_add_and_remove_counts_from_the_next_pass_on(told) -> None:
    tape = told("what-a-hook-may-do")

    names = [name for name, _, _ in fired(tape)]
    assert names[:9] == ["once", "other", "other", "first", "second", "first", "adder", "adder", "added"]
    assert printed(tape)[:3] == ["once other | other", "first second | first", "adder | adder added"]


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (0, "accepted"),
        (1, "accepted"),
        (2, OTHER_TYPE),
        (3, "ZeroDivisionError: division by zero"),
        (4, "TypeError: <lambda>() takes 0 positional arguments but 1 was given"),
    ],
)
def test_a_hook_returns_nothing_or_what_could_have_been_the_gradient(told, option, said) -> None:
    tape = told("what-a-hook-may-do", {"returned": option})

    assert printed(tape)[3:] == [
        "TypeError: expected Variable, but hook returned 'float'",
        "RuntimeError: hook '<lambda>' has changed the size of value",
        said,
    ]


def test_a_pass_whose_hook_is_refused_calls_no_node(told) -> None:
    tape = told("what-a-hook-may-do")

    assert [order(tape, index) for index in (6, 7)] == [[], []]
    assert [event.failed for event in kinds(tape, "backward_end")[6:]] == [True, True, False]


# ── waiting-for-gradients ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_node_runs_once_with_the_sum_of_10_and_12(told) -> None:
    tape = told("waiting-for-gradients")

    c = made(tape, "c")
    assert [numbers(tape, event.value) for event in kinds(tape, "contribution") if event.node == c] == [12.0, 10.0]
    assert fired(tape) == [("right_hook", 1.0, None), ("left_hook", 1.0, None), ("c_hook", 22.0, None)]
    assert grads(tape) == {"a": 66.0, "b": 44.0, "c": 22.0}
    assert value(tape, "out") == 96.0


def test_of_two_branches_the_one_recorded_later_runs_first(told) -> None:
    tape, swapped = told("waiting-for-gradients"), told("waiting-for-gradients", {"order": 1})

    leaves = ["AccumulateGrad(a)", "AccumulateGrad(b)"]
    assert order(tape) == ["AddBackward0", "PowBackward0", "MulBackward0", "MulBackward0", *leaves]
    assert order(swapped) == ["AddBackward0", "MulBackward0", "PowBackward0", "MulBackward0", *leaves]
    sequence = [tape.nodes[made(tape, name)].sequence for name in ("c", "left", "right", "out")]
    assert sequence == sorted(sequence)
    assert grads(told("waiting-for-gradients", {"consumers": 1})) == {"a": 69.0, "b": 46.0, "c": 23.0}


# ── in-place-accident ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("edits", "expected", "start"),
    [
        ({}, {"a": 300.0, "b": 200.0, "c": 100.0, "d": 100.0}, 100.0),
        ({"operation": 1}, {"a": 12.0, "b": 8.0, "c": 4.0, "d": 600.0}, 1.0),
        ({"style": 1}, {"a": 3.0, "b": 2.0, "c": 1.0, "d": 100.0}, 1.0),
        ({"target": 1}, {"a": 300.0, "b": 200.0, "c": 100.0, "d": 1.0}, 100.0),
    ],
)
def test_a_hook_in_place_spoils_whoever_shares_the_gradient(told, edits, expected, start) -> None:
    tape = told("in-place-accident", edits or None)

    assert grads(tape) == expected
    assert value(tape, "start", -1) == start
    assert printed(tape)[-1] == f"start = {start}"


def test_the_tensor_the_hook_writes_to_is_the_callers_own(told) -> None:
    tape = told("in-place-accident")

    (fire,) = kinds(tape, "hook_fire")
    written = next(row for row in tape.ops if row.name == "torch.Tensor.mul_")
    assert fire.mutated
    assert [tape.tensors[tensor].name for tensor in written.writes] == ["start"]


# ── in-place-allowed ───────────────────────────────────────────────────────────────────────────────────────────────


def test_an_in_place_relu_is_allowed_after_a_product(told) -> None:
    tape = told("in-place-allowed")

    relu = next(event for event in kinds(tape, "op") if tape.ops[event.op].name.endswith("relu"))
    (given_to_it,), (written,) = tape.ops[relu.op].inputs, tape.ops[relu.op].writes
    assert given_to_it.tensor == written
    assert relu.versions == [1]
    (result,) = next(row for row in tape.nodes if row.name == "ReluBackward0").saved
    assert (result.slot, result.version) == ("result", 1)
    assert grads(tape) == {"w": [0.0, 1.0, 1.0, 0.0]}
    assert printed(tape)[:4] == [
        "output is input: True version: 1",
        "allowed",
        "w.grad = tensor([[0., 1.],",
        "        [1., 0.]])",
    ]


def test_after_exp_backward_notices_and_on_a_leaf_forward_refuses(told) -> None:
    tape = told("in-place-allowed")

    exp = next(row for row in tape.nodes if row.name == "ExpBackward0")
    assert printed(tape)[4:] == ["output is input: True version: 1", IN_PLACE, LEAF]
    assert [(one.slot, one.version) for one in exp.saved] == [("result", 0)]
    assert order(tape, 1)[-1] == "ExpBackward0"
    assert tape.ops[-1].error == LEAF


@pytest.mark.parametrize(
    ("option", "said"), [(1, IN_PLACE), (2, IN_PLACE.replace("of Exp,", "of Sigmoid,")), (3, LEAF)]
)
def test_what_stands_before_the_relu_decides(told, option, said) -> None:
    lines = printed(told("in-place-allowed", {"before": option}))

    assert said in lines[:2]
    assert "w.grad = None" in lines
    assert "allowed" not in lines


# ── data-cuts-the-wire ─────────────────────────────────────────────────────────────────────────────────────────────


def test_wired_the_layer_sends_a_gradient_to_bias_and_weight(told) -> None:
    tape = told("data-cuts-the-wire")

    assert grads(tape)["wired.bias"] == [2.0, 2.0, 2.0]
    assert order(tape) == [
        "SumBackward0",
        "AddBackward0",
        "AccumulateGrad(wired.bias)",
        "MmBackward0",
        "AccumulateGrad(wired.weight)",
    ]


def test_cut_and_alone_the_layer_has_nothing_to_follow(told) -> None:
    tape = told("data-cuts-the-wire")

    assert NO_GRAPH in printed(tape)
    cut = [row.id for row in tape.calls if tape.modules[row.module].path == "cut"]
    assert [row.nodes for row in tape.ops if row.call in cut] == [[], [], [], []]


def test_cut_inside_a_net_the_weights_do_not_move_and_nothing_is_said(told) -> None:
    tape = told("data-cuts-the-wire")

    moved = [tape.tensors[event.tensor].name for event in kinds(tape, "param_update")]
    (step,) = kinds(tape, "optimizer_step")
    assert moved == ["net.1.weight", "net.1.bias"]
    assert [tape.tensors[tensor].name for tensor in step.tensors] == ["net.0.weight", "net.0.bias", *moved]
    assert printed(tape)[-4:] == [
        "0.weight stayed - no grad",
        "0.bias stayed - no grad",
        "1.weight moved ",
        "1.bias moved ",
    ]
    assert [row.id for row in tape.nodes if row.name == "MmBackward0" and None in edges(tape, row.id)]


def test_half_wired_the_bias_alone_learns_and_last_the_cut_layer_still_hands_on(told) -> None:
    half, whole = (told("data-cuts-the-wire", {"data": option}) for option in (1, 2))
    last = told("data-cuts-the-wire", {"net": 1})

    def moved(tape):
        return [tape.tensors[event.tensor].name.removeprefix("net.") for event in kinds(tape, "param_update")]

    assert moved(half) == ["0.bias", "1.weight", "1.bias"]
    assert moved(whole) == ["0.weight", "0.bias", "1.weight", "1.bias"]
    assert moved(last) == ["0.weight", "0.bias"]
    assert NO_GRAPH not in printed(half) + printed(whole)
