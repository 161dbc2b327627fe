"""What the lessons of the chapter *Hooks on modules* must show, on their tapes."""

import pytest

from tests.recorder.programs import kinds, numbers


def printed(tape):
    return "".join(event.text for event in kinds(tape, "print") if event.stream == "stdout").splitlines()


def fired(tape, name):
    """Each firing of the hooks of that function: what it was given and what it returned."""
    return [
        ([numbers(tape, value) for value in event.before], [numbers(tape, value) for value in event.after])
        for event in kinds(tape, "hook_fire")
        if tape.hooks[event.hook].name == name
    ]


def step_of(tape, kind, row):
    """The first step of that kind that a function of the event holds for."""
    return next(step for step, event in enumerate(tape.events) if event in kinds(tape, kind) and row(event))


def named(tape, name):
    """The last number that was seen of a variable in an op."""
    seen = [
        numbers(tape, value)
        for event in kinds(tape, "op")
        for tensor, value in zip(tape.ops[event.op].writes, event.values, strict=True)
        if tape.tensors[tensor].name == name
    ]
    return seen[-1]


def grads(tape, *names):
    """The last ``.grad`` of leaves."""
    totals = {tape.tensors[event.tensor].name: numbers(tape, event.total) for event in kinds(tape, "accumulate")}
    return [totals[name] for name in names]


def entered(tape, index=0):
    """The nodes of one backward pass, in the order of the engine."""
    passes, inside = -1, []
    for event in kinds(tape, "backward_start", "node_enter"):
        if event.__struct_config__.tag == "backward_start":
            passes += 1
        elif passes == index:
            inside.append(tape.nodes[event.node].name)
    return inside


def path_of(tape, hook):
    return tape.modules[hook.module].path


# L09


def test_the_forward_hook_sees_the_input_and_11_the_backward_hook_3_4_and_1(told):
    tape = told("module-hooks")
    assert fired(tape, "watch_forward") == [([[11.0]], [])]
    assert fired(tape, "watch_backward") == [([[3.0, 4.0]], [])]
    assert printed(tape)[:2] == ["forward  [[1.0, 2.0]] -> [[11.0]]", "backward [[1.0]] -> [[[3.0, 4.0]]]"]


def test_the_backward_hook_runs_when_the_parameters_have_their_gradients(told):
    tape = told("module-hooks")
    hook = step_of(tape, "hook_fire", lambda event: tape.hooks[event.hook].name == "watch_backward")
    weight = step_of(tape, "accumulate", lambda event: tape.tensors[event.tensor].name == "layer.weight")
    assert weight < hook


def test_after_remove_neither_hook_runs_and_x_gets_its_gradient_twice(told):
    tape = told("module-hooks")
    assert len(kinds(tape, "hook_remove")) == 3
    assert len(fired(tape, "watch_forward")) == len(fired(tape, "watch_backward")) == 1
    assert grads(tape, "x") == [[6.0, 8.0]]
    assert entered(tape, 1).count("BackwardHookFunctionBackward") == 0


def test_a_hook_that_returns_ten_times_the_output_gives_110(told):
    tape = told("module-hooks")
    assert fired(tape, "ten_times") == [([[11.0]], [[110.0]])]
    assert printed(tape)[-1] == "replaced: 110.0"


def test_the_legacy_hook_gets_the_three_gradients_of_addmm(told):
    tape = told("module-hooks", {"kind": 1})
    assert fired(tape, "watch_backward") == [([[1.0], [3.0, 4.0], [1.0, 2.0]], [])]
    assert [event.category for event in kinds(tape, "warning")] == ["FutureWarning"]


def test_what_the_forward_hook_returns_takes_part_in_the_backward_pass(told):
    tape = told("module-hooks", {"returns": 1})
    assert fired(tape, "watch_forward")[0][1] == [[22.0]]
    assert fired(tape, "watch_backward")[0][0] == [[6.0, 8.0]]


@pytest.mark.parametrize(("option", "forward", "backward"), [(1, 1, 2), (2, 3, 1)])
def test_the_hook_that_is_not_removed_fires_again(told, option, forward, backward):
    tape = told("module-hooks", {"removal": option})
    assert (len(fired(tape, "watch_forward")), len(fired(tape, "watch_backward"))) == (forward, backward)


# L10


def test_the_jar_holds_what_the_first_three_layers_give(told):
    tape = told("tapping")
    (op,) = (op for op in tape.ops if op.label == "clone")
    assert tape.tensors[op.outputs[0]].shape == [1, 4, 2, 2]
    assert "copy equals model[:3](x): True" in printed(tape)
    prefix = next(call for call in tape.calls if tape.modules[call.module].path == "sequential")
    copied = next(numbers(tape, event.values[0]) for event in kinds(tape, "op") if event.op == op.id)
    given = next(numbers(tape, event.values[0]) for event in kinds(tape, "call_exit") if event.call == prefix.id)
    assert copied == given


def test_an_in_place_relu_rewrites_the_alias_and_not_the_copy(told):
    tape = told("tapping")
    assert "negative numbers in the copy: 8" in printed(tape)
    assert "negative numbers in the alias: 0" in printed(tape)
    assert "negative numbers in the alias: 8" in printed(told("tapping", {"inplace": 1}))


def test_copying_into_an_empty_tensor_is_refused(told):
    message = "The size of tensor a (0) must match the size of tensor b (3) at non-singleton dimension 1"
    tape = told("tapping")
    assert printed(tape)[-1] == message
    assert [op.error for op in tape.ops if op.error] == [f"RuntimeError: {message}"]


@pytest.mark.parametrize("edits", [{"clone": 1}, {"returns": 1}])
def test_a_tap_that_shares_or_replaces_the_output_loses_it(told, edits):
    said = printed(told("tapping", edits))
    assert "copy equals model[:3](x): False" in said
    assert "negative numbers in the copy: 0" in said


# L28


def adds(tape, name):
    """How many ``AddBackward0`` lie behind a variable."""
    open_, seen = [next(tensor.node for tensor in tape.tensors if tensor.name == name)], set()
    while open_:
        node = open_.pop()
        if node is not None and node not in seen:
            seen.add(node)
            open_ += [edge.node for edge in tape.nodes[node].next_functions]
    return sum(tape.nodes[node].name == "AddBackward0" for node in seen)


def test_sumnet_gives_116_with_both_hooks_and_6_without(told):
    tape = told("sumnet")
    assert (named(tape, "d"), named(tape, "plain")) == (116.0, 6.0)
    assert (adds(tape, "d"), adds(tape, "plain")) == (4, 2)
    assert fired(tape, "add_ten") == [([1.0, 2.0], [11.0, 2.0])]
    assert fired(tape, "add_hundred") == [([16.0], [116.0])]
    assert grads(tape, *"abc") == [1.0, 1.0, 1.0]
    add, leaf = "AddBackward0", "AccumulateGrad"
    assert entered(tape) == [add, add, leaf, add, leaf, add, leaf]


@pytest.mark.parametrize(("option", "sum_"), [(1, 106.0), (2, 16.0)])
def test_sumnet_gives_106_or_16_with_one_of_the_hooks(told, option, sum_):
    tape = told("sumnet", {"hooks": option})
    assert (named(tape, "d"), named(tape, "plain")) == (sum_, 6.0)
    assert adds(tape, "d") == 3


def test_a_hook_with_kwargs_sees_c_119_and_its_gradient_is_2(told):
    tape = told("sumnet", {"hooks": 3})
    assert (named(tape, "d"), grads(tape, "c")) == (119.0, [2.0])
    assert [hook.flags for hook in tape.hooks if hook.kind == "forward_pre"] == [["with_kwargs"]]


@pytest.mark.parametrize(
    ("edits", "type_", "message"),
    [
        ({"c": 1}, "ValueError", "too many values to unpack (expected 2)"),
        ({"init": 1}, "AttributeError", "'super' object has no attribute '_'"),
    ],
)
def test_sumnet_ends_in_an_error_where_it_is_written_or_called_wrongly(told, edits, type_, message):
    end = told("sumnet", edits, outcome="raised").events[-1]
    assert (end.type, end.message) == (type_, message)


# L29

KINDS = ("pre", "forward", "backward-pre", "backward")


def orders(tape):
    """The lists that the program printed, with their lengths."""
    lines = [line.split(" ", 1) for line in printed(tape) if line[0].isdigit()]
    return [(int(count), [name.strip("' ") for name in names[1:-1].split(",")]) for count, names in lines]


def test_global_hooks_come_first_then_prepended_ones_then_the_order_of_registration(told):
    count, order = orders(told("who-fires-when"))[0]
    assert count == 16
    assert order == [f"{who} {kind}" for kind in KINDS for who in ("global", "third", "first", "second")]
    without = orders(told("who-fires-when", {"prepend": 1}))[0][1]
    assert without == [f"{who} {kind}" for kind in KINDS for who in ("global", "first", "second", "third")]


BRACKETS = ["net pre", "0 pre", "0 forward", "1 pre", "1 forward", "2 pre", "2 forward", "net forward"]
CHILDREN = ["2 backward-pre", "2 backward", "1 backward-pre", "1 backward", "0 backward-pre", "0 backward"]


def test_nested_hooks_are_brackets_and_the_root_waits_for_its_input(told):
    tape = told("who-fires-when")
    assert orders(tape)[1] == (16, [*BRACKETS, "net backward-pre", *CHILDREN, "net backward"])
    hooks = [tape.hooks[event.hook] for event in kinds(tape, "hook_fire")]
    fires = [(hook.kind, path_of(tape, hook)) for hook in hooks if hook.module is not None]
    assert [path for kind, path in fires if kind == "full_backward"][-4:] == ["net.2", "net.1", "net.0", "net"]


def test_with_a_plain_batch_the_root_fires_at_once_and_sees_none(told):
    tape = told("who-fires-when", {"grad": 1})
    assert orders(tape)[1] == (16, [*BRACKETS, "net backward-pre", "net backward", *CHILDREN])
    root = next(e for e in kinds(tape, "hook_fire") if is_full_backward_of(tape, e, "net"))
    assert root.before == [None]


def is_full_backward_of(tape, event, path):
    hook = tape.hooks[event.hook]
    return hook.kind == "full_backward" and hook.module is not None and path_of(tape, hook) == path


def test_calling_forward_directly_fires_nothing(told):
    tape = told("who-fires-when")
    assert printed(tape)[2] == "0 []"
    said = next(
        step for step, event in enumerate(tape.events) if event in kinds(tape, "print") and event.text == "0 []\n"
    )
    assert tape.ops[tape.events[said - 1].op].label == "tanh"


def test_only_the_always_call_hook_runs_when_forward_raises_and_gets_none(told):
    tape = told("who-fires-when")
    assert printed(tape)[3:] == ["always_call hook, output: None", "ValueError: boom", "0 []"]
    assert fired(tape, "always") == [([], [])]
    returned = printed(told("who-fires-when", {"raise": 1}))[3:]
    assert returned == ["always_call hook, output: tensor([1.])", "1 ['plain']"]


# L30


def test_the_legacy_hook_shows_two_gradients_for_three_inputs_and_the_full_one_three(told):
    tape = told("module-backward-hooks")
    assert [given for given, _ in fired(tape, "report")] == [[4.0, 6.0], [12.0, 8.0, 6.0]]
    assert [tape.hooks[event.hook].kind for event in kinds(tape, "hook_fire")][:2] == ["backward", "full_backward"]
    assert printed(tape)[:2] == ["grad_input: [4.0, 6.0]", "grad_input: [12.0, 8.0, 6.0]"]


def test_full_hooks_wrap_the_module_in_two_more_nodes(told):
    tape = told("module-backward-hooks")
    assert entered(tape, 0) == ["MulBackward0", "AccumulateGrad", "MulBackward0", "AccumulateGrad", "AccumulateGrad"]
    extra = "BackwardHookFunctionBackward"
    assert entered(tape, 1)[:4] == [extra, "MulBackward0", "MulBackward0", extra]


@pytest.mark.parametrize(("option", "given"), [(0, [30.0, 20.0]), (1, [15.0, 10.0])])
def test_what_a_full_hook_or_its_pre_hook_returns_is_delivered(told, option, given):
    tape = told("module-backward-hooks", {"replace": option})
    assert f"a.grad, b.grad: {given[0]} {given[1]}" in printed(tape)
    third = [numbers(tape, e.total) for e in kinds(tape, "accumulate") if tape.tensors[e.tensor].name == "a"][2]
    assert third == given[0]


def test_an_in_place_relu_behind_a_full_hook_is_refused(told):
    (error,) = (op.error for op in told("module-backward-hooks").ops if op.error)
    assert error.startswith(
        "RuntimeError: Output 0 of BackwardHookFunction is a view and is being modified inplace. This"
    )
    assert not [op.error for op in told("module-backward-hooks", {"inplace": 1}).ops if op.error]


def test_with_a_dict_as_output_torch_warns_and_the_hook_never_fires(told):
    tape = told("module-backward-hooks")
    warning = kinds(tape, "warning")[-1]
    assert (warning.category, warning.text) == (
        "UserWarning",
        "For backward hooks to be called, module output should be a Tensor or a tuple of Tensors "
        "but received <class 'dict'>",
    )
    silent = next(hook.id for hook in tape.hooks if hook.module is not None and path_of(tape, hook) == "named")
    assert silent not in [event.hook for event in kinds(tape, "hook_fire")]
    assert entered(tape, 3)[0] == "MulBackward0"


def test_the_legacy_hook_is_complete_when_the_module_is_one_op(told):
    tape = told("module-backward-hooks", {"operations": 1})
    assert [given for given, _ in fired(tape, "report")] == [[1.0, 4.0, 3.0], [1.0, 4.0, 3.0]]
