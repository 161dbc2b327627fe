"""Forward ops: names, arguments, exact spans, the program's variables, in-place writes, values."""

from __future__ import annotations

import math

import pytest

from tapedeck.recorder import record
from tests.recorder.programs import kinds, numbers, tape_of, text


def test_an_op_is_the_outermost_call_by_its_public_name() -> None:
    tape = tape_of("import torch\nx = torch.ones(3)\ny = torch.nn.functional.relu(x)\n")

    assert [op.name for op in tape.ops] == ["torch.ones", "torch.nn.functional.relu"]


def test_tensor_arguments_have_torchs_names_and_others_stand_as_text() -> None:
    tape = tape_of(
        "import torch\nx = torch.ones(2, 2)\ny = torch.nn.functional.softmax(x, dim=-1)\nz = torch.cat([x, y])\n"
    )

    softmax, cat = tape.ops[1:]
    assert [(a.name, tape.tensors[a.tensor].name) for a in softmax.inputs] == [("input", "x")]
    assert [(c.name, c.text) for c in softmax.constants] == [("dim", "-1")]
    assert [a.name for a in cat.inputs] == ["tensors[0]", "tensors[1]"]


@pytest.mark.parametrize(
    ("line", "expression"),
    [
        ("y = (x + 1) * x", "(x + 1) * x"),
        ("y = x.exp().sum()", "x.exp().sum()"),
        ("y = torch.cat([x,\n  x], 0)", "torch.cat([x,\n  x], 0)"),
        ("é = 'ü'; y = x * 2", "x * 2"),
        ("y = [t * 2 for t in (x,)]", "t * 2"),
        ("# a form feed \f and a line separator \u2028 end no line\ny = x * 3", "x * 3"),
    ],
)
def test_the_span_of_an_op_is_exactly_its_expression(line: str, expression: str) -> None:
    tape = tape_of(f"import torch\nx = torch.ones(2)\n{line}\n")

    assert text(tape, tape.ops[-1].span) == expression


def test_tensors_are_named_after_the_variables_they_are_stored_in() -> None:
    tape = tape_of(
        "import torch\nx = torch.ones(4)\nfirst, second = x.split(2)\n"
        "def double(t):\n    inner = t * 2\n    return inner\nresult = double(first)\n"
    )

    assert {"x", "first", "second", "inner"} <= {t.name for t in tape.tensors}


def test_the_call_stack_holds_the_users_frames_outermost_first() -> None:
    tape = tape_of("import torch\ndef f(t):\n    return t * 2\ndef g(t):\n    return f(t)\ny = g(torch.ones(1))\n")

    assert [text(tape, span) for span in tape.ops[-1].stack][-3:] == ["g(torch.ones(1))", "f(t)", "t * 2"]


def test_an_in_place_op_writes_its_tensor_and_moves_the_version() -> None:
    tape = tape_of("import torch\nx = torch.zeros(2)\nx.add_(1)\nx[0] = 5\n")

    writes = kinds(tape, "op")[1:]
    assert [event.versions for event in writes] == [[1], [2]]
    assert all(tape.ops[event.op].in_place for event in writes)
    assert numbers(tape, writes[-1].values[0]) == [5.0, 1.0]


def test_what_an_op_changes_besides_its_output_is_told_by_versions() -> None:
    tape = tape_of("import torch\nnet = torch.nn.BatchNorm1d(2)\ny = net(torch.ones(3, 2))\n")

    written = {tape.tensors[t].name for op in tape.ops for t in op.mutates if op.phase == "forward"}
    assert {"net.running_mean", "net.running_var", "net.num_batches_tracked"} <= written


def test_ops_that_build_a_module_are_told_apart() -> None:
    tape = tape_of("import torch\nnet = torch.nn.Linear(2, 2)\ny = net(torch.ones(1, 2))\n")

    assert {op.phase for op in tape.ops if op.label == "kaiming_uniform_"} == {"build"}
    assert [op.phase for op in tape.ops if op.label == "linear"] == ["forward"]


def test_a_view_names_its_base_and_shares_its_storage() -> None:
    tape = tape_of("import torch\nx = torch.ones(4)\ny = x[:2]\nz = x.clone()\n")

    x, y, z = (next(t for t in tape.tensors if t.name == name) for name in "xyz")
    assert (y.base, y.storage == x.storage, z.storage == x.storage) == (x.id, True, False)


def test_an_op_that_raises_stands_on_the_tape_with_its_error() -> None:
    tape = tape_of("import torch\na, b = torch.ones(2, 3), torch.ones(2, 3)\nc = a @ b\n")

    end = tape.events[-1]
    assert text(tape, end.span) == "a @ b"
    assert tape.ops[end.op].label == "matmul"
    assert "mat1 and mat2 shapes cannot be multiplied" in (tape.ops[end.op].error or "")
    assert tape.check() == []


def test_special_numbers_are_counted_and_spelled() -> None:
    tape = tape_of("import torch\nx = torch.tensor([1.0, float('nan'), float('inf'), -float('inf'), 0.0])\n")

    value = tape.values[0]
    assert value.data == [1.0, "NaN", "Infinity", "-Infinity", 0.0]
    assert value.summary is not None
    assert (value.summary.count, value.summary.finite, value.summary.nan, value.summary.inf) == (5, 2, 1, 2)


@pytest.mark.parametrize("count", [64, 65, 65_536, 65_537])
def test_a_summary_is_right_whichever_way_the_value_is_kept(count: int) -> None:
    tape = tape_of(f"import torch\nx = torch.arange({count}, dtype=torch.float32)\n")

    value = tape.values[0]
    summary = value.summary
    assert summary is not None
    assert (summary.min, summary.max, summary.count) == (0.0, count - 1.0, count)
    assert summary.mean == pytest.approx((count - 1) / 2, rel=1e-4)
    assert summary.std == pytest.approx(math.sqrt((count * count - 1) / 12), rel=1e-4)
    assert summary.zeros == pytest.approx(summary.zeros_every / count, rel=1e-3)
    assert summary.zeros_every in (1, -(-count // 16_384))  # counted in full where the recorder is compiled
    assert (value.data is not None, value.file is not None, value.picture is not None) == (
        count <= 64,
        64 < count <= 65_536,
        count > 65_536,
    )


def test_levels_keep_as_much_as_they_say() -> None:
    source = "import torch\nx = torch.arange(100.0)\n"

    structure, summary, full = (tape_of(source, values=level) for level in ("structure", "summary", "full"))

    assert structure.values == []
    assert (summary.values[0].summary is not None, summary.blocks) == (True, {})
    assert full.numbers(0) == [float(i) for i in range(100)]


def test_uninitialised_memory_is_not_shown() -> None:
    tape = tape_of("import torch\nx = torch.empty(3)\n")

    assert (tape.values[0].data, tape.values[0].note) == (None, "uninitialised memory")


def test_special_numbers_in_a_large_tensor_are_counted_and_left_out_of_the_statistics() -> None:
    tape = tape_of(
        "import torch\nx = torch.ones(70_000)\nx[0], x[1], x[2] = float('nan'), float('inf'), -float('inf')\n"
        "x[3] = 0.0\n"
    )

    summary = tape.values[-1].summary
    assert summary is not None
    assert (summary.count, summary.finite, summary.nan, summary.inf) == (70_000, 69_997, 1, 2)
    assert (summary.min, summary.max) == (0.0, 1.0)
    assert summary.norm == pytest.approx(math.sqrt(69_996), rel=1e-5)
    assert summary.zeros == pytest.approx(5 / 70_000, rel=1e-3)  # one in every fifth of the finite elements


def test_a_source_that_cannot_be_read_still_has_its_lines() -> None:
    namespace: dict[str, object] = {}
    with record() as recording:
        exec(compile("import torch\n\nx = torch.ones(1)\n", "<typed in>", "exec"), namespace)

    tape = recording.tape
    assert tape.spans[tape.ops[0].span or 0].line == 3
    assert tape.check() == []


def test_a_custom_functions_argument_keeps_the_name_that_its_caller_gave_it() -> None:
    tape = tape_of(
        "import torch\nclass Square(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, inside):\n        return inside * inside\n"
        "    @staticmethod\n    def backward(ctx, g):\n        return g\n"
        "h = [torch.ones(2, requires_grad=True) + 1][0]\ny = Square.apply(h)\n"
    )

    outer = next(op for op in tape.ops if op.label == "Square")
    inner = next(op for op in tape.ops if op.parent == outer.id)
    assert tape.tensors[outer.inputs[0].tensor].name == "h"
    assert (inner.inputs[0].tensor, inner.label) == (outer.inputs[0].tensor, "mul")
