"""Forward mode: tangents of every op's outputs, equal to torch's own derivatives, and a program that notices nothing."""
# ruff: noqa: E501 - the programs are texts of their own

from __future__ import annotations

import gc
import math
import warnings
from typing import Any

import msgspec
import pytest
import torch
from torch.autograd import forward_ad

from tapedeck.recorder import record
from tapedeck.recorder.forward import CATEGORY
from tapedeck.recorder.log import FAILURE
from tapedeck.tape import Tape
from tests.recorder.programs import NAME, kinds, numbers, tape_of

HEAD = (
    "import torch\nfrom torch import nn\nfrom torch.nn import functional as F\ntorch.set_default_dtype(torch.float64)\n"
)
SURVEY = (
    "import torch\n"
    "x1 = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)\n"
    "x2 = torch.tensor(5.0, dtype=torch.float64, requires_grad=True)\n"
    "v1 = torch.log(x1); v2 = x1 * x2; v3 = torch.sin(x2); v4 = v1 + v2; v5 = v4 - v3\n"
)


@pytest.fixture(autouse=True)
def _as_found() -> Any:
    yield
    torch.set_default_dtype(torch.float32)


def named(tape: Tape, name: str) -> int:
    """The row of the last tensor of a name."""
    return max(row.id for row in tape.tensors if row.name == name)


def tangents(tape: Tape, of: str, wrt: str) -> list[Any]:
    """The last tangents of a tensor, one for each element of the seed."""
    tensor, seed = named(tape, of), next(row.id for row in tape.tensors if row.name == wrt)
    found = {e.element: e.value for e in kinds(tape, "tangent") if (e.tensor, e.seed) == (tensor, seed)}
    return [numbers(tape, found[element]) for element in sorted(found)]


def jacobian(tape: Tape, of: str, wrt: str) -> torch.Tensor:
    """The tangents of a real tensor as the columns of a matrix."""
    columns = [c if isinstance(c, list) else [c] for c in tangents(tape, of, wrt)]
    return torch.tensor(columns, dtype=torch.float64).T


def notes(tape: Tape, of: str) -> list[str]:
    """Why the tangent of a tensor is unknown."""
    return [e.note for e in kinds(tape, "tangent") if e.tensor == named(tape, of) and e.note]


def warned(tape: Tape) -> list[str]:
    """What the tape says about what was not seeded."""
    return [e.text for e in kinds(tape, "warning") if e.category == CATEGORY]


def test_the_tangents_of_every_op_are_the_table_of_the_survey() -> None:
    tape = tape_of(SURVEY, mode="forward", wrt=["x1", "x2"])

    table = {name: (tangents(tape, name, "x1"), tangents(tape, name, "x2")) for name in ("v1", "v2", "v3", "v4", "v5")}
    cosine = pytest.approx(0.28366218546322625, abs=1e-15)
    assert table["v1"] == ([0.5], [])
    assert table["v2"] == ([5.0], [2.0])
    assert table["v3"] == ([], [cosine])
    assert table["v4"] == ([5.5], [2.0])
    assert table["v5"] == ([5.5], [pytest.approx(1.7163378145367738, abs=1e-15)])
    assert tape.check() == []


@pytest.mark.filterwarnings("ignore")  # what torch.compile warns of is its own
def test_a_compiled_function_has_its_tangents_too() -> None:
    body = "f = torch.compile(lambda t: t.sin() + t * 3, backend='eager'); y = f(x) * 1"
    tape = tape_of(f"{HEAD}x = torch.tensor(2.0)\n{body}\n", mode="forward", wrt=["x"])

    assert tangents(tape, "y", "x") == [pytest.approx(math.cos(2.0) + 3.0, abs=1e-12)]


def test_the_tangents_of_the_result_are_the_gradients_of_a_backward_pass_on_the_same_tape() -> None:
    tape = tape_of(SURVEY + "v5.backward()", mode="forward", wrt=["x1", "x2"])

    for name in ("x1", "x2"):
        (total,) = [e.total for e in kinds(tape, "accumulate") if tape.tensors[e.tensor].name == name]
        assert tangents(tape, "v5", name) == [pytest.approx(numbers(tape, total), abs=1e-15)]
    assert tape.check() == []


def test_a_tangent_stands_right_after_the_event_of_its_op() -> None:
    tape = tape_of(SURVEY, mode="forward", wrt=["x1", "x2"])

    last = None
    for event in tape.events:
        if event.__struct_config__.tag == "op":
            last = event.op
        else:
            assert event.op in (None, last)


FUNCTIONS = {
    "views": ("(2, 3)", "return (x.t()[1:].reshape(-1) * x.view(6)[2:]).exp()"),
    "a view written in place": ("3", "y = x * 2; y[:2].mul_(x[1:]); y.add_(x.flip(0)); return y"),
    "a view taken before the write": ("3", "y = x * 1; v = y[1:]; y.mul_(x); return v.sin()"),
    "a constant written through a view": ("3", "y = torch.zeros(2, 3); y[0] = x; y.t()[1].copy_(x[:2] ** 2); return y"),
    "in-place arithmetic": ("3", "y = x.clone(); y *= x; y += 1; y.clamp_(0, 1.5); y.sqrt_(); return y"),
    "detach": ("3", "return x * x.detach() + x.data.sin()"),
    "a write to detached memory": ("3", "y = x * 1; y.detach().mul_(2); return y * x"),
    "no_grad": ("3", "with torch.no_grad():\n        y = x.sin()\n    return y * x"),
    "a linear layer": ("(2, 3)", "torch.manual_seed(1); return nn.Linear(3, 4)(x)"),
    "a convolution": ("(1, 1, 4, 4)", "torch.manual_seed(1); return nn.Conv2d(1, 2, 3, padding=1, stride=2)(x)"),
    "batch norm in training": ("(4, 3)", "return nn.BatchNorm1d(3)(x)"),
    "batch norm in evaluation": ("(4, 3)", "return nn.BatchNorm1d(3).eval()(x)"),
    "layer norm": ("(2, 4)", "return nn.LayerNorm(4)(x)"),
    "softmax": ("(2, 3)", "return F.softmax(x, dim=-1) * x.log_softmax(0)"),
    "cross entropy": ("(3, 4)", "return F.cross_entropy(x, torch.tensor([0, 3, 1]), label_smoothing=0.1)"),
    "gelu": ("5", "return F.gelu(x) + F.gelu(x, approximate='tanh') + F.silu(x) * F.logsigmoid(x)"),
    "an activation in place": ("5", "y = x * 3; F.leaky_relu(y, 0.1, inplace=True); return y * x"),
    "attention by the math path": (
        "(1, 1, 3, 4)",
        "with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):\n        return F.scaled_dot_product_attention(x, x * 2, x.sin(), is_causal=True)",
    ),
    "indexing": ("6", "return x[[0, 2, 2]] * x[x > -9.0][:3] + x.index_select(0, torch.tensor([5, 4, 3]))"),
    "an index written": ("4", "y = x * 1; y[torch.tensor([1, 3])] = x[:2].sin(); return y"),
    "cat and split": ("6", "a, b, c = x.split(2); return torch.cat([c * a, torch.stack([a, b]).sum(0)])"),
    "dropout": ("8", "torch.manual_seed(3); return F.dropout(x, 0.5) * x + nn.Dropout(0.3)(x)"),
    "random noise": ("4", "torch.manual_seed(3); return x * torch.randn_like(x) + torch.rand(4)"),
    "complex numbers": ("4", "z = torch.complex(x, x.sin()); w = z * z.conj() + torch.view_as_complex(x.view(2, 2)).sum(); return torch.view_as_real(w).sum(1) + z.imag * w.abs()"),
    "a conjugate view written": ("4", "z = torch.complex(x, x * 2); z.conj().mul_(1j); return z.real - z.imag"),
    "where": ("5", "return torch.where(x > 0, x * x, x.exp()) + x.masked_fill(x < 0, 2.0)"),
    "cumsum": ("(2, 3)", "return x.cumsum(1) * x.cumprod(0)"),
    "einsum": ("(2, 3)", "return torch.einsum('ij,kj->ik', x, x.sin())"),
    "an embedding": ("(4, 2)", "return F.embedding(torch.tensor([1, 3, 1]), x)"),
    "pooling": ("(1, 1, 4, 4)", "return F.max_pool2d(x, 2) + F.avg_pool2d(x, 2)"),
    "linear algebra": ("(2, 2)", "return torch.linalg.solve(x + 3 * torch.eye(2), x) + torch.linalg.inv(x + 4 * torch.eye(2))"),
    "an expanded tensor": ("3", "y = x.expand(2, 3); return (y + y.sin()).sum(0) * y[1]"),
    "the maximum": ("(2, 3)", "v, i = x.max(dim=1); return v * x.gather(1, i[:, None])[:, 0]"),
    "a recurrence": ("3", "h = x\n    for _ in range(5):\n        h = torch.tanh(h * x)\n    return h"),
    "a reshape that copies": ("(2, 3)", "y = x.t().reshape(-1); y.mul_(2); return y * x.reshape(-1)"),
    "memory handed on": ("3", "y = x * 2; z = y.sin(); del y; w = x.exp(); return z * w"),
    "foreach": ("3", "a, b = torch._foreach_mul([x, x.sin()], 2.0); torch._foreach_add_([a, b], [x, x]); return a * b"),
    "a tensor made of a list": ("2", "return torch.stack([x[0] * x[1], x[0].exp()])"),
    "detach in place": ("3", "y = x * 2; y.detach_(); return y * x"),
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_several_seeds_give_the_columns_of_the_jacobian(name: str) -> None:
    shape, body = FUNCTIONS[name]
    source = f"{HEAD}def f(x):\n    {body}\ntorch.manual_seed(0)\nx = torch.randn({shape})\ny = f(x) + 0\n"

    tape = tape_of(source, mode="forward", wrt=["x"])

    namespace: dict[str, Any] = {}
    exec(source, namespace)
    x = namespace["x"]
    expected = torch.func.jacfwd(namespace["f"], randomness="same")(x).reshape(-1, x.numel())
    torch.testing.assert_close(jacobian(tape, "y", "x"), expected, rtol=0, atol=1e-10)
    assert tape.check() == []


def test_memory_that_data_brought_has_no_tangent() -> None:
    body = "y = x * 2; y.data = torch.ones(2) * 5; z = y * x\n"
    tape = tape_of(f"{HEAD}x = torch.ones(2)\n{body}", mode="forward", wrt=["x"])

    assert torch.equal(jacobian(tape, "z", "x"), 5 * torch.eye(2, dtype=torch.float64))


def test_forward_and_reverse_agree_on_one_tape_of_a_network() -> None:
    source = (
        f"{HEAD}torch.manual_seed(0)\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.fc = nn.Linear(3, 2)\n        self.norm = nn.LayerNorm(2)\n"
        "    def forward(self, x):\n        return self.norm(F.gelu(self.fc(x)))\n"
        "def main():\n    model = Net()\n    loss = (model(torch.randn(5, 3)) ** 3).sum()\n    loss.backward()\n    return loss\nmain()\n"
    )
    tape = tape_of(source, mode="forward", wrt=["model.fc.weight", "model.norm.bias"])

    for name in ("model.fc.weight", "model.norm.bias"):
        (total,) = [e.total for e in kinds(tape, "accumulate") if tape.tensors[e.tensor].name == name]
        assert tangents(tape, "loss", name) == pytest.approx(numbers(tape, total), abs=1e-10)
    assert tape.check() == []
    assert tape.header.wrt == ["model.fc.weight", "model.norm.bias"]


@pytest.mark.parametrize(
    "body",
    [
        "def f(a):\n    return a * a\ny = f(torch.tensor(3.0))",
        "a = torch.tensor(3.0); y = a * a",
        "a = torch.empty(()); a.fill_(3.0); y = a * a",
        "a = torch.nn.Parameter(torch.tensor(3.0)); y = a * a",
        "b = torch.tensor(3.0)\ndef f(a):\n    return a * b\ny = f(b)",
        "a = torch.tensor(1.5) * 2; y = a * a",
    ],
)
def test_a_tensor_is_seeded_when_it_is_first_met_by_its_name(body: str) -> None:
    tape = tape_of(f"{HEAD}{body}\n", mode="forward", wrt=["a"])

    found = [numbers(tape, e.value) for e in kinds(tape, "tangent") if e.tensor == named(tape, "y")]
    assert found == [6.0]
    assert tape.check() == []


def test_without_names_every_named_leaf_is_seeded() -> None:
    body = "c = torch.arange(3); w = torch.ones(2, requires_grad=True); b = torch.tensor(1.0); y = (w * 3).sum() * b * 2; c + 1"
    tape = tape_of(f"{HEAD}{body}\n", mode="forward")

    assert (tangents(tape, "y", "w"), tangents(tape, "y", "b")) == ([6.0, 6.0], [12.0])
    assert tape.header.wrt == ["w", "b"]
    assert warned(tape) == []


def test_columns_beyond_the_limit_are_left_out_and_named() -> None:
    body = "x = torch.ones(10); w = torch.ones(10); v = torch.ones(2); y = (x * w).sum() * v"
    tape = tape_of(f"{HEAD}{body}\n", mode="forward", wrt=["x", "w", "v"])

    assert (len(tangents(tape, "y", "x")), len(tangents(tape, "y", "w"))) == (10, 6)
    assert warned(tape) == ["forward mode follows at most 16 columns; left out: w, elements 6 to 9, v"]


def test_a_name_that_was_never_met_is_said_at_the_end_with_the_names_there_are() -> None:
    tape = tape_of(
        f"{HEAD}x = torch.ones(1); y = x * 2; i = torch.arange(2) + 1\n", mode="forward", wrt=["x", "z", "i"]
    )

    assert warned(tape) == [
        "forward mode met no tensor of the name z; names on this tape: x, y, i",
        "forward mode cannot seed i (torch.int64 has no tangents)",
    ]


def test_an_output_that_no_seed_reaches_has_no_tangent() -> None:
    tape = tape_of(
        f"{HEAD}x = torch.ones(2); a = torch.zeros_like(x); b = x > 0; c = torch.ones(2) * 3\n",
        mode="forward",
        wrt=["x"],
    )

    assert {tape.tensors[e.tensor].name for e in kinds(tape, "tangent")} == {"x"}


def test_a_tangent_of_what_its_op_did_not_write_is_a_broken_invariant() -> None:
    tape = tape_of(SURVEY, mode="forward", wrt=["x1"])
    last = len(tape.events) - 1
    events = [*tape.events[:last], msgspec.structs.replace(tape.events[last], tensor=0, element=1)]

    assert Tape(tape.tables, events).check() == [
        f"step {last}: op 6 did not write tensor 0, whose tangent comes out of it"
    ]


def test_names_need_forward_mode() -> None:
    with pytest.raises(ValueError, match='needs mode="forward"'):
        record(wrt=["x"])


# ── unknown tangents ───────────────────────────────────────────────────────────────────────────────────────────────

NO_FORMULA = (
    "class Square(torch.autograd.Function):\n"
    "    @staticmethod\n    def forward(ctx, x):\n        ctx.save_for_backward(x)\n        return x * x\n"
    "    @staticmethod\n    def backward(ctx, g):\n        return 2 * ctx.saved_tensors[0] * g\n"
    "x = torch.ones(2, requires_grad=True); s = Square.apply(x); y = s + x; z = x * 3\n"
)


def test_an_op_without_a_formula_gives_an_unknown_tangent_in_torchs_own_words() -> None:
    tape = tape_of(HEAD + NO_FORMULA, mode="forward", wrt=["x"])

    namespace: dict[str, Any] = {}
    exec(HEAD + NO_FORMULA, namespace)
    with forward_ad.dual_level(), pytest.raises(NotImplementedError) as torchs:
        namespace["Square"].apply(forward_ad.make_dual(torch.ones(2), torch.ones(2)))
    assert notes(tape, "s") == notes(tape, "y") == [f"NotImplementedError: {torchs.value}"]
    assert notes(tape, "z") == []
    assert torch.equal(jacobian(tape, "z", "x"), 3 * torch.eye(2, dtype=torch.float64))
    assert tape.check() == []


CUSTOM = (
    "class Scale(torch.autograd.Function):\n"
    "    @staticmethod\n    def forward(ctx, x, w, n):\n        ctx.n = n; ctx.save_for_forward(x, w); ctx.save_for_backward(w, x); calls.append(1)\n        return x * w * n, w.sum()\n"
    "    @staticmethod\n    def backward(ctx, g, h):\n        w, x = ctx.saved_tensors\n        return g * w * ctx.n, g * x * ctx.n + h, None\n"
    "    @staticmethod\n    def jvp(ctx, x_t, w_t, _):\n        x, w = ctx.saved_tensors\n        return (x_t * w + x * w_t) * ctx.n, w_t.sum()\n"
    "calls = []; x = torch.tensor([2.0, 3.0], requires_grad=True); w = torch.tensor([4.0, 5.0])\n"
    "s, t = Scale.apply(x, w, 3); y = s + t; y.sum().backward()\n"
)


def test_a_custom_functions_own_jvp_is_used_and_its_forward_runs_once() -> None:
    tape = tape_of(HEAD + CUSTOM + "n = torch.tensor(len(calls))\n", mode="forward", wrt=["x", "w"])

    assert tangents(tape, "y", "x") == [[12.0, 0.0], [0.0, 15.0]]
    assert tangents(tape, "y", "w") == [[7.0, 1.0], [1.0, 10.0]]
    made = next(e for e in kinds(tape, "op") if tape.tensors[tape.ops[e.op].outputs[0]].name == "n")
    assert numbers(tape, made.values[0]) == 1
    assert tape.check() == []


def test_a_custom_function_that_raises_leaves_its_class_as_torch_made_it() -> None:
    source = CUSTOM.replace("calls.append(1)", "raise KeyError")
    namespace: dict[str, Any] = {"__name__": "__main__"}

    with pytest.raises(KeyError), record(sources={NAME: source}, namespace=namespace, mode="forward", wrt=["x"]):
        exec(compile(HEAD + source, NAME, "exec"), namespace)

    assert {"__init__", "save_for_forward"}.isdisjoint(vars(namespace["Scale"]._backward_cls))


def test_an_out_argument_has_no_formula() -> None:
    tape = tape_of(
        f"{HEAD}x = torch.ones(2); y = torch.empty(2); torch.mul(x, x, out=y); z = y + 1\n", mode="forward", wrt=["x"]
    )

    (note,) = notes(tape, "z")
    assert "because it is an out= function" in note


@pytest.mark.parametrize(
    "body",
    [
        "y = F.scaled_dot_product_attention(x, x, x)",
        "torch.manual_seed(0); y = nn.LSTM(2, 2)(x[0])[0]",
        "torch.manual_seed(0); y = nn.GRU(2, 2)(x[0])[0]",
        "torch.manual_seed(0); y = nn.MultiheadAttention(2, 1, dropout=0.2)(x[0], x[0], x[0])[0]",
    ],
)
def test_fused_kernels_without_a_formula_are_evaluated_by_plain_ones(body: str) -> None:
    head = f"{HEAD}x = torch.linspace(-1, 1, 6).reshape(1, 3, 2).requires_grad_()\n"
    source = f"{head}{body}\ny = y * 1\nt = y.sum(); t.backward()\n"
    tape = tape_of(source, mode="forward", wrt=["x"])

    (total,) = [e.total for e in kinds(tape, "accumulate") if tape.tensors[e.tensor].name == "x"]
    assert tangents(tape, "t", "x") == pytest.approx(numbers(tape, total), abs=1e-9)


def test_what_comes_out_of_a_backward_pass_is_unknown() -> None:
    body = "w = torch.tensor(3.0, requires_grad=True); (w * w).backward(); v = w.detach() - 0.1 * w.grad; (g,) = torch.autograd.grad(w * w, w); u = g * 2"
    tape = tape_of(f"{HEAD}{body}\n", mode="forward", wrt=["w"])

    expected = ["it comes out of a backward pass, through which tangents are not followed"]
    assert notes(tape, "v") == notes(tape, "u") == expected


@pytest.mark.parametrize(
    "call",
    [
        "torch.func.vmap(lambda a: a * 2)(x)",
        "torch.func.jvp(torch.sin, (x,), (x,))[0]",
        "torch.func.grad(lambda a: (a * a).sum())(x)",
    ],
)
def test_a_transform_of_torch_func_is_left_alone_and_said(call: str) -> None:
    tape = tape_of(f"{HEAD}x = torch.ones(3); r = {call}; y = r + 1; z = x * 2\n", mode="forward", wrt=["x"])

    inside = {
        e.note for e in kinds(tape, "tangent") if e.op is not None and tape.tensors[e.tensor].name not in ("y", "z")
    }
    assert inside == {"inside a torch.func transform"}
    assert notes(tape, "y") == ["it may come out of a torch.func transform, through which tangents are not followed"]
    assert notes(tape, "z") == []
    assert tape.check() == []


# ── the program's own dual tensors ─────────────────────────────────────────────────────────────────────────────────

DUAL = (
    "import torch.autograd.forward_ad as fwAD\nx = torch.tensor([1.0, 2.0]); w = torch.tensor([3.0, 4.0])\n"
    "with fwAD.dual_level():\n"
    "    d = fwAD.make_dual(x, torch.tensor([1.0, 0.0])); e = fwAD.make_dual(w, torch.ones(2))\n"
    "    a = d * 3; b = a + e; c = x * 2; p = fwAD.unpack_dual(b).tangent\n"
)


def test_the_programs_own_dual_tensors_have_their_tangents_on_every_tape() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns of its own use of torch.jit
        tape = tape_of(HEAD + DUAL)

    found = {tape.tensors[e.tensor].name: (numbers(tape, e.value), e.seed) for e in kinds(tape, "tangent")}
    x, w = named(tape, "x"), named(tape, "w")
    assert found == {"d": ([1.0, 0.0], x), "e": ([1.0, 1.0], w), "a": ([3.0, 0.0], x), "b": ([4.0, 1.0], None)}
    assert tape.tensors[named(tape, "p")].role != "input"
    assert tape.check() == []


def test_forward_mode_works_beside_the_programs_own_dual_level() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns of its own use of torch.jit
        tape = tape_of(HEAD + DUAL, mode="forward", wrt=["w"])

    ours = [e for e in kinds(tape, "tangent") if e.element is not None and e.tensor == named(tape, "b")]
    assert [numbers(tape, e.value) for e in ours] == [[1.0, 0.0], [0.0, 1.0]]
    assert tape.check() == []


# ── nothing changes ────────────────────────────────────────────────────────────────────────────────────────────────


def outcome(source: str, **options: Any) -> dict[str, Any]:
    """Everything a program can see of itself after it has run, recorded if there are options."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    torch.manual_seed(0)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        if options:
            with record(sources={NAME: source}, namespace=namespace, **options) as recording:
                exec(compile(source, NAME, "exec"), namespace)
            assert not any(getattr(e, "category", "") == FAILURE for e in recording.tape.events)
        else:
            exec(compile(source, NAME, "exec"), namespace)
    x, y = namespace["x"], namespace["y"]
    return {
        "bits": [t.detach().clone() for t in (x, y)] + ([] if x.grad is None else [x.grad]),
        "versions": (x._version, y._version),
        "nodes": (type(y.grad_fn).__name__, [type(n).__name__ for n, _ in getattr(y.grad_fn, "next_functions", ())]),
        "rng": torch.get_rng_state(),
        "warnings": [str(warning.message) for warning in seen],
        "modes": (torch.is_grad_enabled(), torch._C._is_fwd_grad_enabled(), forward_ad._current_level),
        "kernels": (
            torch.backends.mkldnn.is_available(),
            torch.backends.cuda.flash_sdp_enabled(),
            torch._C._get_mkldnn_enabled(),
        ),
    }


PROGRAMS = {
    **{name: f"def f(x):\n    {body}\nx = torch.randn({shape}).requires_grad_()\ny = f(x)\nif y.requires_grad: y.sum().backward()\n" for name, (shape, body) in FUNCTIONS.items()},
    "a jvp of its own": CUSTOM,
    "no formula": NO_FORMULA + "y.sum().backward()",
    "recurrent": "x = torch.randn(3, 2).requires_grad_(); y = nn.LSTM(2, 2, dropout=0.5, num_layers=2)(x)[0]; y.sum().backward()",
    "attention": "x = torch.randn(1, 3, 2).requires_grad_(); y = F.scaled_dot_product_attention(x, x, x); y.sum().backward()",
    "a generator of its own": "g = torch.Generator().manual_seed(1); x = torch.ones(3); y = x * 1; y.normal_(generator=g); y = y + torch.randn(3, generator=g)",
    "dropout in place": "x = torch.ones(8); y = x * 1; F.dropout(y, 0.5, True, inplace=True); y = y + torch.rand(8)",
    "running statistics": "b = nn.BatchNorm1d(3); x = torch.randn(4, 3).requires_grad_(); b(x).sum().backward(); y = b.running_mean + b.running_var",
    "renormed embedding": "x = torch.randn(4, 2) * 9; y = F.embedding(torch.tensor([1, 2]), x, max_norm=1.0) + x[1]",
    "inference mode": "x = torch.randn(3)\nwith torch.inference_mode():\n    y = (x * 2).sin_()\ny = x + 1\n",
    "an implicit dimension": "x = torch.randn(2, 2)\nfor _ in range(2):\n    y = F.softmax(x * 1)\n",
    "autocast": "x = torch.randn(2, 4).float(); m = nn.Linear(4, 4).float()\nwith torch.autocast('cpu', dtype=torch.bfloat16):\n    y = m(x)\n",
    "a dispatch mode": (
        "from torch.utils._python_dispatch import TorchDispatchMode\nseen = []\n"
        "class Count(TorchDispatchMode):\n    def __torch_dispatch__(self, f, t, a=(), k=None):\n        seen.append(f)\n        return f(*a, **(k or {}))\n"
        "x = torch.ones(3)\nwith Count():\n    y = x * 2\ny = torch.tensor(len(seen))\n"
    ),
    "three steps of Adam": "m = nn.Linear(2, 2); o = torch.optim.Adam(m.parameters()); x = torch.randn(3, 2)\nfor _ in range(3):\n    o.zero_grad(); y = m(x).pow(2).mean(); y.backward(); o.step()\n",
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gives_the_same_with_forward_mode_and_without(name: str) -> None:
    plain, recorded = outcome(HEAD + PROGRAMS[name]), outcome(HEAD + PROGRAMS[name], mode="forward", wrt=["x"])

    assert all(torch.equal(a, b) for a, b in zip(plain.pop("bits"), recorded.pop("bits"), strict=True))
    assert torch.equal(plain.pop("rng"), recorded.pop("rng"))
    assert plain == recorded


def test_a_tensor_that_the_program_frees_is_freed_and_so_is_its_tangent() -> None:
    count = "sum(type(o) is torch.Tensor for o in gc.get_objects())"
    source = f"{HEAD}import gc, weakref\nx = torch.ones(3); freed = []; counts = []\nfor _ in range(9):\n    y = x * 2; z = y.sin(); r = weakref.ref(y); del y, z; freed.append(r() is None); gc.collect(); counts.append({count})\n"
    namespace: dict[str, Any] = {"__name__": "__main__"}

    with record(sources={NAME: source}, namespace=namespace, mode="forward", wrt=["x"]) as recording:
        exec(compile(source, NAME, "exec"), namespace)

    assert all(namespace["freed"])
    assert len(set(namespace["counts"][2:])) == 1
    assert recording.tape.check() == []


def test_nothing_is_kept_when_the_recording_has_ended() -> None:
    with record(mode="forward", wrt=["x"]) as recording:
        x = torch.ones(1000)
        x.sin()
    del x
    gc.collect()

    assert not [o for o in gc.get_objects() if type(o) is torch.Tensor and o.numel() in (1000, 4000)]
    assert recording.tape.check() == []
