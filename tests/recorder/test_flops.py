"""FLOPs on the tape are those that torch's ``FlopCounterMode`` counts, in forward and in backward."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from tapedeck.recorder import record
from tapedeck.tape import Tape
from tests.recorder.programs import tape_of


def random(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, requires_grad=True)


def counted(program: Any) -> tuple[int, int]:
    """What torch counts in the forward and the backward of a function that returns a tensor."""
    with FlopCounterMode(display=False) as forward:
        result = program()
    with FlopCounterMode(display=False) as backward:
        result.sum().backward()
    return forward.get_total_flops(), backward.get_total_flops()


def taped(program: Any) -> tuple[int, int]:
    """The same from a tape, by rows of ops and by calls of nodes."""
    with record(values="structure") as recording:
        program().sum().backward()
    assert recording.tape.check() == []
    return totals(recording.tape)


def totals(tape: Tape) -> tuple[int, int]:
    called = [event.node for event in tape.events if event.__struct_config__.tag == "node_exit"]
    return sum(op.flops or 0 for op in tape.ops), sum(tape.nodes[node].flops or 0 for node in called)


class Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(8)
        self.body = nn.Conv2d(8, 8, 3, padding=1, groups=2)
        self.down = nn.Conv2d(8, 12, 1, stride=2)
        self.head = nn.Linear(12, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.relu(self.norm(self.stem(x)))
        x = self.down(F.relu(x + self.body(x)))
        return self.head(x.mean((2, 3)))


class Packed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gru = nn.GRU(4, 6)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.gru(nn.utils.rnn.pack_padded_sequence(x, [5, 3, 2]))[0].data


MATMULS = [
    ((4,), (4,)),
    ((3, 4), (4,)),
    ((4,), (4, 5)),
    ((3, 4), (4, 5)),
    ((2, 3, 4), (4,)),
    ((4,), (2, 4, 5)),
    ((2, 3, 4), (4, 5)),
    ((3, 4), (2, 4, 5)),
    ((2, 3, 4), (2, 4, 5)),
    ((6, 1, 3, 4), (2, 4, 5)),
    ((0, 4), (4, 5)),
]

EINSUMS = [
    ("ij,jk->ik", (3, 4), (4, 5)),
    ("ij, jk", (3, 4), (4, 5)),
    ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)),
    ("i,i->", (4,), (4,)),
    ("ij,ij->ij", (3, 4), (3, 4)),
    ("ij,k->i", (3, 4), (5,)),
    ("ij,k->ijk", (3, 4), (5,)),
    ("ii,ij->j", (3, 3), (3, 4)),
    ("ijl,jk->ik", (3, 4, 6), (4, 5)),
    ("ij,jk->ik", (3, 1), (4, 5)),
    ("...ij,jk->...ik", (2, 3, 4), (4, 5)),
    ("...ij,...jk->...ik", (2, 1, 3, 4), (6, 4, 5)),
    ("bhqd,bhkd->bhqk", (2, 3, 4, 5), (2, 3, 6, 5)),
    ("ij,jk,kl->il", (3, 4), (4, 5), (5, 6)),
    ("ab,bc,cd,de->ae", (3, 4), (4, 5), (5, 6), (6, 7)),
    ("bi,bj,ijk->bk", (2, 3), (2, 4), (3, 4, 5)),
]


@pytest.mark.parametrize(("a", "b"), MATMULS)
def test_matmul_counts_as_torch_counts_it(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    left, right = random(*a), random(*b)

    assert taped(lambda: left @ right) == counted(lambda: left @ right)


@pytest.mark.parametrize(("a", "b"), MATMULS)
def test_matmul_without_gradients_counts_as_torch_counts_it(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    left, right = torch.ones(a), torch.ones(b)
    with FlopCounterMode(display=False) as counter:
        left @ right
    with record(values="structure") as recording:
        left @ right

    assert totals(recording.tape) == (counter.get_total_flops(), 0)


@pytest.mark.parametrize("case", EINSUMS, ids=lambda case: case[0])
def test_einsum_counts_as_torch_counts_it(case: tuple[Any, ...]) -> None:
    equation, *shapes = case
    operands = [random(*shape) for shape in shapes]

    assert taped(lambda: torch.einsum(equation, *operands)) == counted(lambda: torch.einsum(equation, *operands))


PRODUCTS = {
    "linear 1-D": lambda: F.linear(random(4), random(5, 4), random(5)),
    "linear 2-D": lambda: F.linear(random(3, 4), random(5, 4), random(5)),
    "linear 3-D": lambda: F.linear(random(2, 3, 4), random(5, 4), random(5)),
    "linear without bias": lambda: F.linear(random(2, 3, 4), random(5, 4)),
    "linear by name": lambda: F.linear(weight=random(5, 4), input=random(2, 3, 4)),
    "linear of a transposed input": lambda: F.linear(random(3, 2, 4).transpose(0, 1), random(5, 4), random(5)),
    "rmatmul": lambda: random(4, 5).__rmatmul__(random(3, 4)),
    "mm": lambda: torch.mm(random(3, 4), random(4, 5)),
    "bmm": lambda: random(2, 3, 4).bmm(random(2, 4, 5)),
    "addmm": lambda: torch.addmm(random(5), random(3, 4), random(4, 5)),
    "baddbmm": lambda: torch.baddbmm(random(2, 3, 5), random(2, 3, 4), random(2, 4, 5)),
    "addbmm": lambda: torch.addbmm(random(3, 5), random(2, 3, 4), random(2, 4, 5)),
    "addmv": lambda: torch.addmv(random(3), random(3, 4), random(4)),
    "tensordot": lambda: torch.tensordot(random(3, 4, 5), random(5, 4, 2), dims=([1, 2], [1, 0])),
    "tensordot of everything": lambda: torch.tensordot(random(3, 4), random(3, 4), dims=2),
    "inner": lambda: torch.inner(random(3, 4), random(5, 4)),
    "bilinear": lambda: F.bilinear(random(3, 4), random(3, 5), random(6, 4, 5)),
    "only the weight learns": lambda: F.linear(torch.ones(3, 4), random(5, 4)),
    "only the input learns": lambda: F.linear(random(3, 4), torch.ones(5, 4)),
}

CONVOLUTIONS = {
    "stride, padding, dilation, groups": lambda: F.conv2d(
        random(2, 4, 9, 9), random(6, 2, 3, 3), random(6), stride=2, padding=1, dilation=2, groups=2
    ),
    "unbatched": lambda: F.conv1d(random(4, 9), random(6, 4, 3)),
    "three dimensions": lambda: F.conv3d(random(1, 2, 5, 5, 5), random(3, 2, 2, 2, 2), padding="valid"),
    "same padding": lambda: F.conv1d(random(1, 4, 9), random(6, 4, 3), padding="same"),
    "depthwise": lambda: F.conv2d(random(2, 4, 9, 9), random(4, 1, 3, 3), groups=4),
    "transposed": lambda: F.conv_transpose2d(
        random(2, 4, 5, 5), random(4, 3, 3, 3), random(6), stride=2, padding=1, groups=2
    ),
    "transposed of one dimension": lambda: F.conv_transpose1d(random(4, 9), random(4, 6, 3), output_padding=0),
    "only the weight learns": lambda: F.conv2d(torch.ones(2, 4, 9, 9), random(6, 4, 3, 3), random(6)),
    "only the input learns": lambda: F.conv2d(random(2, 4, 9, 9), torch.ones(6, 4, 3, 3)),
    "only the bias learns": lambda: F.conv2d(torch.ones(2, 4, 9, 9), torch.ones(6, 4, 3, 3), random(6)),
    "channels last": lambda: F.conv2d(random(2, 4, 9, 9).to(memory_format=torch.channels_last), random(6, 4, 3, 3)),
}


@pytest.mark.parametrize("program", [*PRODUCTS.values(), *CONVOLUTIONS.values()], ids=[*PRODUCTS, *CONVOLUTIONS])
def test_products_and_convolutions_count_as_torch_counts_them(program: Any) -> None:
    assert taped(program) == counted(program)


def networks() -> dict[str, tuple[Any, tuple[torch.Tensor, ...]]]:
    """Networks and what they are called with."""
    torch.manual_seed(0)
    return {
        "perceptron": (nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)), (random(3, 4),)),
        "residual": (Residual(), (random(2, 3, 16, 16),)),
        "residual on data": (Residual(), (torch.ones(2, 3, 16, 16),)),
        "encoder layer": (nn.TransformerEncoderLayer(8, 2, 16), (random(5, 3, 8),)),
        "attention": (nn.MultiheadAttention(8, 2), (random(5, 3, 8),) * 3),
        "attention, batch first": (nn.MultiheadAttention(8, 2, batch_first=True), (random(3, 5, 8),) * 3),
        "attention, unbatched": (nn.MultiheadAttention(8, 2), (random(5, 8),) * 3),
        "attention across": (
            nn.MultiheadAttention(8, 2, kdim=6, vdim=4),
            (random(5, 3, 8), random(7, 3, 6), random(7, 3, 4)),
        ),
        "attention with biases": (
            nn.MultiheadAttention(8, 2, add_bias_kv=True, add_zero_attn=True),
            (random(5, 3, 8), random(7, 3, 8), random(7, 3, 8)),
        ),
        "recurrent": (nn.RNN(4, 6), (random(5, 3, 4),)),
        "gated": (nn.GRU(4, 6, num_layers=2, bidirectional=True, batch_first=True), (random(3, 5, 4),)),
        "packed": (Packed(), (random(5, 3, 4),)),
        "cell": (nn.LSTMCell(4, 6), (random(3, 4),)),
        "unbatched cell": (nn.GRUCell(4, 6), (random(4),)),
    }


def first(result: Any) -> torch.Tensor:
    while not isinstance(result, torch.Tensor):
        result = result[0]
    return result


@pytest.mark.parametrize("name", networks())
def test_networks_count_as_torch_counts_them(name: str) -> None:
    network, inputs = networks()[name]

    assert taped(lambda: first(network(*inputs))) == counted(lambda: first(network(*inputs)))


@pytest.mark.parametrize("shapes", [((2, 3, 5, 8), (2, 3, 7, 8)), ((3, 5, 8), (3, 7, 8)), ((2, 4, 5, 8), (2, 1, 5, 8))])
def test_attention_counts_as_its_products(shapes: Any) -> None:
    query, key, value = random(*shapes[0]), random(*shapes[1]), random(*shapes[1])

    def program() -> torch.Tensor:
        with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
            return F.scaled_dot_product_attention(query, key, value)

    assert taped(program) == counted(program)


def test_fused_attention_on_a_cpu_counts_by_the_formula_of_the_other_devices() -> None:
    query = random(2, 3, 5, 8)
    program = lambda: F.scaled_dot_product_attention(query, query, query)  # noqa: E731 - a program is a value here

    assert counted(program) == (0, 0)
    assert taped(program) == (2 * 2 * (2 * 3 * 5 * 8 * 5), 5 * 2 * (2 * 3 * 5 * 8 * 5))


def test_a_product_in_place_counts_although_torch_registers_no_formula_for_it() -> None:
    program = lambda: (random(3, 5) * 1).addmm_(random(3, 4), random(4, 5))  # noqa: E731 - a program is a value here

    assert (counted(program)[0], taped(program)[0]) == (0, 2 * 3 * 4 * 5)


def test_an_lstm_counts_its_cells_where_torch_counts_nothing() -> None:
    lstm, x = nn.LSTM(4, 6), random(5, 3, 4)
    cells = 2 * (5 * 3) * 24 * (4 + 6)

    assert counted(lambda: lstm(x)[0]) == (0, 0)
    assert taped(lambda: lstm(x)[0]) == (cells, 2 * cells)


def test_what_is_no_product_has_no_count() -> None:
    tape = tape_of("import torch\nx = torch.ones(2, requires_grad=True)\n(x * 2).relu().sum().backward()\n")

    assert {row.flops for row in [*tape.ops, *tape.nodes]} == {None}


def test_a_lookup_computes_nothing() -> None:
    tape = tape_of("import torch\ntorch.nn.functional.embedding(torch.tensor([1]), torch.ones(3, 4))\n")

    assert tape.ops[-1].flops == 0


def test_a_failed_op_has_no_count() -> None:
    tape = tape_of("import torch\ntorch.ones(2, 3) @ torch.ones(2, 3)\n")

    assert (tape.ops[-1].error is not None, tape.ops[-1].flops) == (True, None)


def test_tensors_without_numbers_count_by_their_shapes() -> None:
    x, weight = (torch.ones(n, 4000, device="meta", requires_grad=True) for n in (1000, 8))

    assert taped(lambda: F.linear(x, weight)) == (2 * 1000 * 4000 * 8, 2 * 2 * 1000 * 4000 * 8)


def test_saved_tensors_that_a_hook_hides_do_not_hide_the_count() -> None:
    x, weight = random(2, 4, 9, 9), torch.ones(6, 4, 3, 3)

    def program() -> torch.Tensor:
        with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t):
            return F.conv2d(x, weight)

    assert taped(program) == counted(program)


def test_the_nodes_of_a_second_derivative_count_too() -> None:
    x, w = random(3, 4), random(4, 5)

    def program() -> torch.Tensor:
        to_x, to_w = torch.autograd.grad((x @ w).pow(2).sum(), (x, w), create_graph=True)
        return to_x.sum() * to_w.sum()

    with FlopCounterMode(display=False) as counter:
        program().sum().backward()
    assert sum(taped(program)) == counter.get_total_flops()
