"""Records the program whose formulas ``tests/js/tape/formulas.test.js`` reads: every op that has one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tapedeck.recorder import record
from tapedeck.tape import encode_events, encode_tables

ROOT = Path(__file__).parents[1]
PROGRAM = """
import torch
import torch.nn.functional as F

def leaf(*shape):
    return torch.randn(*shape).requires_grad_()

a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
small = torch.tensor(0.25, requires_grad=True)
seen = [a * b, a + b, torch.sub(a, b, alpha=2), a / b, -a, 1 - a, 1 / a, a**2, a**b, 2**a, a.square(),
    a.reciprocal(),
    a.sqrt(), a.rsqrt(), a.exp(), a.expm1(), a.log(), a.log2(), a.log10(), a.log1p(), a.sin(), a.cos(), a.tan(),
    a.sinh(),
    a.cosh(), a.atan(), a.erf(), a.abs(), a.tanh(), a.sigmoid(), F.relu(a), F.gelu(a), F.gelu(a,
    approximate="tanh"),
    F.silu(a), F.softplus(a), F.softplus(a, beta=2), F.leaky_relu(-a, 0.2), F.elu(-a), F.logsigmoid(a),
    F.hardtanh(a),
    F.relu6(a), a.clamp(0, 1), small.clamp(max=1), torch.maximum(a, b), torch.minimum(a, b), torch.max(a, b),
    torch.where(a > b, a, b), a.masked_fill(a > 5, 0.0), torch.lerp(a, b, 0.25), torch.addcmul(a, a, b, value=2),
    a * 3, torch.add(a, b, alpha=3), a.clone(), a.to(torch.float64), F.mse_loss(a, b), F.l1_loss(a, b),
    F.binary_cross_entropy(small, torch.tensor(1.0)), F.binary_cross_entropy_with_logits(a, torch.tensor(0.5)),
    F.selu(a), F.selu(-a), F.mish(a), F.hardswish(a), F.hardswish(-a), F.hardsigmoid(a), F.smooth_l1_loss(a, b * 3),
    F.smooth_l1_loss(a, small, beta=4), F.huber_loss(a, b * 3, delta=2), F.huber_loss(a, small, delta=2),
    F.kl_div(small, torch.tensor(0.5), reduction="sum")]
x, bias, m = leaf(4, 3), leaf(3), leaf(3, 5)
weight, offset = leaf(5, 3), leaf(5)
p, q = leaf(2, 4, 3), leaf(2, 3, 5)
target = torch.tensor([0, 1, 2, 1])
seen += [x + bias, x * bias, F.dropout(x, 0.5), x.sum(), x.sum(1), x.mean(), x.mean((0, 1)), x.var(1), x.std(),
    x.max(), x.min(),
    x.max(1).values, x.amax(1), x.norm(), x.norm(p=1), x.prod(), x.logsumexp(1), x.softmax(1), F.log_softmax(x, 1),
    x.cumsum(0),
    F.nll_loss(x, target), F.cross_entropy(x, target), F.mse_loss(x, torch.zeros(4, 3)), x @ m, x @ bias, bias @ m,
    p @ q, p @ m,
    torch.bmm(p, q), torch.addmm(leaf(5), x, m), F.linear(x, weight, offset), torch.dot(bias, leaf(3)),
    torch.outer(bias, leaf(5)), torch.einsum("ij,jk->ik", x, m)]
image, kernel = leaf(2, 3, 6, 6), leaf(4, 3, 3, 3)
seen += [F.conv2d(image, kernel, leaf(4), stride=2, padding=1), F.conv1d(leaf(2, 3, 8), leaf(4, 3, 3)),
    F.conv3d(leaf(1, 1, 3, 3, 3), leaf(1, 1, 2, 2, 2)), F.conv_transpose2d(image, leaf(3, 2, 2, 2)),
    F.conv_transpose1d(leaf(1, 2, 4), leaf(2, 1, 2)), F.conv_transpose3d(leaf(1, 1, 2, 2, 2), leaf(1, 1, 2, 2, 2)),
    F.max_pool2d(image, 2), F.avg_pool2d(image, 2), F.adaptive_avg_pool2d(image, 2), F.max_pool1d(leaf(1, 2, 4), 2),
    F.avg_pool1d(leaf(1, 2, 4), 2), F.adaptive_avg_pool1d(leaf(1, 2, 4), 2), F.max_pool3d(leaf(1, 1, 4, 4, 4), 2),
    F.avg_pool3d(leaf(1, 1, 4, 4, 4), 2), F.adaptive_avg_pool3d(leaf(1, 1, 4, 4, 4), 2),
    F.batch_norm(image, None, None, leaf(3), leaf(3), training=True), F.layer_norm(x, (3,), leaf(3), leaf(3)),
    F.group_norm(image, 1, leaf(3), leaf(3)), F.embedding(target, leaf(5, 3)),
    F.scaled_dot_product_attention(leaf(1, 2, 4, 3), leaf(1, 2, 4, 3), leaf(1, 2, 4, 3), is_causal=True)]
seen += [x.view(3, 4), bias.unsqueeze(0), x[None].squeeze(0), x.t(), p.transpose(1, 2), p.permute(2, 0, 1),
    bias.expand(4, 3),
    bias.repeat(2), x.t().contiguous(), x.flip(0), x.triu(), x.tril(), torch.cat([x, x], 1), torch.stack([x, x]),
    *x.split(2),
    x[1:3], x[:, 0], x[target], x.select(0, 1), x.narrow(0, 1, 2), x.index_select(0, target), x.gather(1, target[:,
    None]), a.detach() * a]
copied = torch.zeros(4, 3)
copied.copy_(x)
scaled = x.clone()
scaled.mul_(2)
seen += [copied, scaled, F.rms_norm(x, (3,), leaf(3), 1e-6), F.rms_norm(x, (3,)), F.normalize(x),
    F.kl_div(x, torch.full((4, 3), 0.25), reduction="batchmean"), F.huber_loss(x, torch.zeros(4, 3))]
torch.autograd.backward(seen, [torch.full_like(y, 2.0) for y in seen])
b.grad = None
(a * b).backward()
"""


def recorded() -> dict[str, Any]:
    """The tape as JSON, without what the formulas do not read."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    recording = record("full", seed=0, title="formulas", sources={"case.py": PROGRAM}, namespace=namespace)
    with recording:
        exec(compile(PROGRAM, "case.py", "exec"), namespace)
    tables = json.loads(encode_tables(recording.tape))
    for value in tables["values"]:
        for field in ("summary", "picture", "sample"):
            value.pop(field, None)
    return {"tables": tables, "events": [json.loads(line) for line in encode_events(recording.tape).splitlines()]}


if __name__ == "__main__":
    (ROOT / "tests/data/formulas.json").write_text(json.dumps(recorded(), separators=(",", ":")) + "\n")
