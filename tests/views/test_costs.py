"""Costs add up: by op and node, by module call, by module, and for the whole tape."""

from __future__ import annotations

from tapedeck.tape import Tape
from tapedeck.views.costs import Costs, Share, costs
from tests.recorder.programs import tape_of

NET = """
import torch
from torch import nn
class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 8)
        self.second = nn.Linear(8, 4)
    def forward(self, x):
        return self.second(torch.relu(self.first(x))) @ torch.ones(4, 4)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Block()
        self.head = nn.Linear(4, 2)
    def forward(self, x):
        return self.head(self.block(self.block(x)))
net = Net()
x = torch.ones(3, 4)
net(x).sum().backward()
"""
LINEAR = 2 * 3 * 4 * 8
PRODUCT = 2 * 3 * 4 * 4
HEAD = 2 * 3 * 4 * 2


def module(tape: Tape, found: Costs, path: str) -> Share:
    return found.modules[next(row.id for row in tape.modules if row.path == path)]


def test_a_module_adds_up_its_calls_and_what_they_called() -> None:
    tape = tape_of(NET, values="structure")

    block = module(tape, costs(tape), "net.block")
    assert (block.own.forward, block.total.forward) == (2 * PRODUCT, 2 * PRODUCT + 4 * LINEAR)


def test_backward_belongs_to_the_call_that_made_the_op() -> None:
    tape = tape_of(NET, values="structure")

    found = costs(tape)
    block = module(tape, found, "net.block")
    assert (block.own.backward, block.total.backward) == (2 * PRODUCT, 2 * PRODUCT + 7 * LINEAR)
    assert module(tape, found, "net.head").total.backward == 2 * HEAD


def test_the_total_is_that_of_the_outermost_call() -> None:
    tape = tape_of(NET, values="structure")

    found = costs(tape)
    outermost = found.calls[0].total
    assert (found.total.forward, found.total.backward) == (outermost.forward, outermost.backward)
    assert outermost.forward == sum(share.own.forward or 0 for share in found.calls)


def test_parameters_count_once_however_often_they_are_called() -> None:
    tape = tape_of(NET, values="structure")

    found = costs(tape)
    assert module(tape, found, "net.block.first").own.parameters == 4 * (4 * 8 + 8)
    assert module(tape, found, "net.block").total.parameters == 4 * (4 * 8 + 8 + 8 * 4 + 4)
    assert found.total.parameters == found.calls[0].total.parameters == 4 * (76 + 10)


def test_tied_weights_count_once_where_they_meet() -> None:
    source = NET.replace(
        "net = Net()", "net = Net(); net.block.second.weight = nn.Parameter(net.block.first.weight.t())"
    )
    tape = tape_of(source, values="structure")

    found = costs(tape)
    parts = [module(tape, found, f"net.block.{name}").own.parameters for name in ("first", "second")]
    assert parts == [4 * 40, 4 * 36]
    assert module(tape, found, "net.block").total.parameters == 4 * (32 + 8 + 4)


def test_outputs_belong_to_the_op_that_made_the_memory() -> None:
    tape = tape_of("import torch\nx = torch.ones(10)\ny = x.view(2, 5)\ny.mul_(2)\nz = y + 1\n", values="structure")

    assert [cost.outputs for cost in costs(tape).ops] == [40, 0, 0, 40]


def test_saved_memory_counts_once_and_tells_what_only_backward_keeps() -> None:
    tape = tape_of(
        "import torch\nw = torch.nn.Linear(5, 5, bias=False)\nx = torch.ones(2, 5)\ny = w(x).exp()\nz = y * y.sin()\n",
        values="structure",
    )

    found = costs(tape)
    x, exp, sin = 40, 40, 40
    assert found.calls[0].total.saved == found.calls[0].total.kept == x
    assert found.total.saved == found.total.kept == x + exp + sin


def test_a_saved_parameter_is_saved_but_not_kept_by_backward() -> None:
    tape = tape_of("import torch\nw = torch.nn.Linear(5, 5)\nx = torch.ones(2, 5, requires_grad=True)\nw(x)\n")

    call = costs(tape).calls[0].total
    assert (call.saved, call.kept) == (40 + 100, 40)


def test_a_recomputation_counts_as_backward_of_its_module() -> None:
    source = NET.replace("self.block(self.block(x))", "checkpoint(self.block, x, use_reentrant=False)")
    tape = tape_of(source.replace("import torch\n", "import torch\nfrom torch.utils.checkpoint import checkpoint\n", 1))

    block = module(tape, costs(tape), "net.block").total
    stopped_early = 2 * LINEAR  # the recomputation ends inside the product, when all that was to be saved is there
    assert (block.forward, block.backward) == (2 * LINEAR + PRODUCT, stopped_early + 3 * LINEAR + PRODUCT)


def test_a_second_backward_pass_counts_again() -> None:
    once = "import torch\nw = torch.ones(3, 3, requires_grad=True)\ny = (w @ torch.ones(3, 3)).sum()\ny.backward()\n"
    twice = once.replace("backward()", "backward(retain_graph=True)") + "y.backward()\n"

    first, second = (costs(tape_of(source, values="structure")).total.backward for source in (once, twice))
    assert (first, second) == (54, 108)


def test_a_module_that_calls_itself_counts_the_inner_call_once() -> None:
    tape = tape_of(
        "import torch\nfrom torch import nn\n"
        "class Twice(nn.Linear):\n"
        "    def forward(self, x, again=True):\n"
        "        x = super().forward(x)\n"
        "        return self(x, again=False) if again else x\n"
        "Twice(4, 4)(torch.ones(3, 4))\n",
        values="structure",
    )

    assert costs(tape).modules[0].total.forward == 2 * (2 * 3 * 4 * 4)


def test_what_torch_has_no_formula_for_has_no_cost() -> None:
    tape = tape_of("import torch\nx = torch.ones(2, requires_grad=True)\nx.exp().sum().backward()\n")

    found = costs(tape)
    assert (found.total.forward, found.total.backward) == (None, None)
    assert {cost.forward for cost in found.ops} == {None}


def test_an_empty_tape_costs_nothing() -> None:
    assert costs(tape_of("pass\n")).total.parameters == 0
