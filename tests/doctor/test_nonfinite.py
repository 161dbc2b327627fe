"""The doctor says where the first NaN came from, in the user's own words."""

from __future__ import annotations

import pytest

from tapedeck.doctor import examine
from tests.recorder.programs import tape_of


def test_a_finite_program_has_no_findings() -> None:
    assert examine(tape_of("import torch\nx = torch.ones(2, requires_grad=True)\n(x * 2).sum().backward()\n")) == []


def test_the_op_that_makes_the_first_nan_is_named_with_its_expression() -> None:
    tape = tape_of("import torch\nx = torch.tensor([1.0, -1.0])\ny = x.log()\nz = y * 2\n")

    (finding,) = examine(tape)
    assert finding.where is not None
    assert (finding.where.line, finding.where.expression, finding.thing) == (3, "x.log()", "op:1")
    assert "log gives NaN in y" in finding.sentence


def test_the_node_that_makes_the_first_bad_gradient_is_named() -> None:
    tape = tape_of("import torch\nx = torch.zeros(2, requires_grad=True)\ny = x.sqrt()\ny.sum().backward()\n")

    (finding,) = examine(tape)
    assert finding.where is not None
    assert (finding.where.expression, finding.sentence.split(": ")[1][:19]) == ("x.sqrt()", "SqrtBackward0 sends")


@pytest.mark.parametrize("level", ["structure"])
def test_without_numbers_nothing_is_claimed(level: str) -> None:
    tape = tape_of("import torch\ny = torch.tensor([-1.0]).log()\n", values=level)

    assert examine(tape) == []
