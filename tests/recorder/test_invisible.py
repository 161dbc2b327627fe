"""A program gives bit for bit the same results, random numbers and versions with us as without us."""
# ruff: noqa: E501 - the programs are texts of their own

from __future__ import annotations

import warnings
from typing import Any

import pytest
import torch

from tapedeck.recorder import record
from tapedeck.recorder.log import FAILURE

PROGRAMS = {
    "lstm": "m = nn.LSTM(4, 5, 2); y, _ = m(torch.randn(3, 2, 4)); y.sum().backward(); out = [y, *grads(m)]",
    "multihead attention": (
        "m = nn.MultiheadAttention(8, 2, dropout=0.1); x = torch.randn(3, 2, 8); y, w = m(x, x, x)\n"
        "y.sum().backward(); out = [y, w, *grads(m)]"
    ),
    "encoder layer with dropout": (
        "m = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.1); y = m(torch.randn(3, 2, 8))\n"
        "y.sum().backward(); out = [y, *grads(m)]"
    ),
    "double backward": (
        "x = torch.randn(3, requires_grad=True); (g,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)\n"
        "(g**2).sum().backward(); out = [g, x.grad]"
    ),
    "custom function": (
        "class Square(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, x):\n        ctx.save_for_backward(x)\n        return x * x\n"
        "    @staticmethod\n    def backward(ctx, g):\n        return 2 * ctx.saved_tensors[0] * g\n"
        "x = torch.randn(3, requires_grad=True); Square.apply(x).sin().sum().backward(); out = [x.grad]"
    ),
    "checkpointing": (
        "l = nn.Linear(3, 3); x = torch.randn(2, 3, requires_grad=True)\n"
        "y = checkpoint(lambda t: F.dropout(l(t).relu(), 0.5), x, use_reentrant=False)\n"
        "y.sum().backward(); out = [y, x.grad, *grads(l)]"
    ),
    "reentrant checkpointing": (
        "l = nn.Linear(3, 3); x = torch.randn(2, 3, requires_grad=True)\n"
        "y = checkpoint(lambda t: F.dropout(l(t).relu(), 0.5), x, use_reentrant=True)\n"
        "y.sum().backward(); out = [y, x.grad, *grads(l)]"
    ),
    "torch.func": (
        "f = lambda x: (x.sin() * x).sum(); x = torch.randn(4, 3)\n"
        "out = [torch.func.vmap(torch.func.grad(f))(x), *torch.func.jvp(f, (x,), (torch.ones_like(x),))]"
    ),
    "in-place on a view": (
        "x = torch.randn(4, requires_grad=True); y = x * 2; y[:2].mul_(3); y.add_(1); y.sum().backward()\n"
        "out = [x.grad, y, torch.tensor(y._version)]"
    ),
    "three steps of Adam with clipping": (
        "m = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1)); o = torch.optim.Adam(m.parameters())\n"
        "for _ in range(3):\n    o.zero_grad(); m(torch.randn(5, 4)).pow(2).mean().backward()\n"
        "    nn.utils.clip_grad_norm_(m.parameters(), 0.1); o.step()\nout = list(m.parameters())"
    ),
    "saved_tensors_hooks": (
        "calls = []\n"
        "with torch.autograd.graph.saved_tensors_hooks(lambda t: t * 1, lambda t: calls.append(1) or t + 0):\n"
        "    x = torch.randn(3, requires_grad=True); y = x.exp() * x\n"
        "y.sum().backward(); out = [x.grad, torch.tensor(len(calls))]"
    ),
    "complex": "x = torch.randn(3, dtype=torch.complex64, requires_grad=True); (x * x.conj()).real.sum().backward(); out = [x.grad]",
    "sparse gradient": "e = nn.Embedding(9, 3, sparse=True); e(torch.tensor([1, 2, 1])).sum().backward(); out = [e.weight.grad.to_dense()]",
    "module backward hooks": (
        "l = nn.Linear(3, 2); l.register_full_backward_hook(lambda m, gi, go: (gi[0] * 2,))\n"
        "l.register_full_backward_pre_hook(lambda m, go: (go[0] * 3,)); x = torch.randn(2, 3, requires_grad=True)\n"
        "l(x).sum().backward(); out = [x.grad, *grads(l)]"
    ),
    "multi-grad hook": (
        "x = torch.randn(3, requires_grad=True); y = x * 2; seen = []\n"
        "torch.autograd.graph.register_multi_grad_hook((x, y), lambda gs: seen.extend(gs))\n"
        "y.sum().backward(); out = [x.grad, *seen]"
    ),
    "forward mode": (
        "import torch.autograd.forward_ad as fwAD\n"
        "with fwAD.dual_level():\n"
        "    y = fwAD.make_dual(torch.randn(3), torch.ones(3)).sin(); out = list(fwAD.unpack_dual(y))"
    ),
    "inference mode": "m = nn.Linear(3, 3)\nwith torch.inference_mode():\n    out = [m(torch.randn(2, 3)).relu_().clone()]",
    "bfloat16": "m = nn.Linear(30, 30).bfloat16(); m(torch.randn(4, 30).bfloat16()).sum().backward(); out = grads(m)",
    "gradient shared with its parameter's": (
        "x = torch.ones(3, requires_grad=True); g = torch.ones(3); (x * 1).backward(g); x.grad.add_(1); out = [x.grad, g]"
    ),
    "stolen gradient": (
        "x = torch.ones(3, requires_grad=True); seen = []; y = x + 0; y.register_hook(lambda g: seen.append(g.data_ptr()))\n"
        "y.sum().backward(); out = [x.grad, torch.tensor(len(seen))]"
    ),
    "torch.compile": (
        "f = torch.compile(lambda x: x.sin() + 1, backend='eager'); x = torch.randn(3, requires_grad=True)\n"
        "f(x).sum().backward(); out = [x.grad]"
    ),
    "torch.jit.trace": (
        "m = torch.jit.trace(nn.Linear(3, 3), torch.ones(1, 3)); m(torch.ones(1, 3)).sum().backward()\n"
        "out = [*grads(m), torch.tensor(len(list(m.graph.nodes())))]"
    ),
    "a dispatch mode of the program's": (
        "from torch.utils._python_dispatch import TorchDispatchMode\nseen = []\n"
        "class Count(TorchDispatchMode):\n"
        "    def __torch_dispatch__(self, f, t, a=(), k=None):\n        seen.append(f)\n        return f(*a, **(k or {}))\n"
        "with Count():\n    x = torch.ones(300, requires_grad=True); (x * 2).sum().backward()\n"
        "out = [x.grad, torch.tensor(len(seen))]"
    ),
    "a function mode of the program's": (
        "from torch.overrides import TorchFunctionMode\nseen = []\n"
        "class Count(TorchFunctionMode):\n"
        "    def __torch_function__(self, f, t, a=(), k=None):\n        seen.append(f)\n        return f(*a, **(k or {}))\n"
        "with Count():\n    y = nn.Linear(2, 2)(torch.ones(2))\nout = [y, torch.tensor(len(seen))]"
    ),
    "a copied module with hooks": (
        "import copy\nm = nn.Linear(2, 2); m.register_forward_hook(lambda m, a, o: o * 2)\n"
        "out = [copy.deepcopy(m)(torch.ones(2)), m(torch.ones(2))]"
    ),
    "LBFGS": (
        "p = nn.Parameter(torch.ones(2)); o = torch.optim.LBFGS([p])\n"
        "def closure():\n    o.zero_grad(); l = (p**2).sum(); l.backward()\n    return l\no.step(closure); out = [p]"
    ),
    "autocast": (
        "m = nn.Linear(4, 4)\nwith torch.autocast('cpu', dtype=torch.bfloat16):\n    l = m(torch.randn(2, 4)).sum()\n"
        "l.backward(); out = grads(m)"
    ),
    "spectral norm": (
        "m = nn.utils.parametrizations.spectral_norm(nn.Linear(3, 3)); m(torch.ones(3)).sum().backward(); out = grads(m)"
    ),
    "a hook that raises and is caught": (
        "x = torch.ones(1, requires_grad=True)\ndef bad(g):\n    raise KeyError\nh = x.register_hook(bad)\n"
        "try:\n    (x * 2).backward()\nexcept KeyError:\n    h.remove()\n(x * 3).backward(); out = [x.grad]"
    ),
    "a hessian": "out = [torch.autograd.functional.hessian(lambda x: (x**3).sum(), torch.ones(2))]",
    "a large convolution": "m = nn.Conv2d(3, 40, 3); y = m(torch.randn(2, 3, 60, 60)); y.sum().backward(); out = [y, *grads(m)]",
}

HEAD = (
    "import torch\nfrom torch import nn\nfrom torch.nn import functional as F\nfrom torch.utils.checkpoint import checkpoint\n"
    "def grads(module):\n    return [p.grad for p in module.parameters()]\n"
)


def run(source: str, level: str | None) -> tuple[list[torch.Tensor], torch.Tensor]:
    """Results and the random state that a program leaves, recorded at a level or not at all."""
    namespace: dict[str, Any] = {"__name__": "program"}
    torch.manual_seed(0)
    code = compile(HEAD + source, "program.py", "exec")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the programs are warned of is not the point here
        if level is None:
            exec(code, namespace)
        else:
            with record(values=level, sources={"program.py": HEAD + source}) as recording:  # type: ignore[arg-type]
                exec(code, namespace)
            assert not any(getattr(event, "category", "") == FAILURE for event in recording.tape.events)
            assert recording.tape.check() == []
    return [tensor.detach() for tensor in namespace["out"]], torch.get_rng_state()


@pytest.mark.parametrize("level", ["structure", "full"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gives_the_same_bits_recorded_and_not(name: str, level: str) -> None:
    plain, state = run(PROGRAMS[name], None)
    recorded, recorded_state = run(PROGRAMS[name], level)

    assert [a.dtype for a in plain] == [b.dtype for b in recorded]
    assert all(torch.equal(a, b) for a, b in zip(plain, recorded, strict=True))
    assert torch.equal(state, recorded_state)
