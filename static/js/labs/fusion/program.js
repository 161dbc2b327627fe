/** The fusion lab's programs. The lab reads everything off their tapes, by the names that stand in them. */

/** @typedef {import("./choices.js").Choices} Choices */

const IMPORTS = ["import torch", "from torch import nn"];

/** Three branches into one convolution. @param {Readonly<Choices>} choices */
const branches = ({ seed, swap, bias, atol }) => [
  [...IMPORTS, "from torch.nn import functional as F"],
  [
    `torch.manual_seed(${Number(seed)})`,
    'conv3 = nn.Conv2d(2, 2, 3, padding="same")',
    "conv1 = nn.Conv2d(2, 2, 1)",
    'fused = nn.Conv2d(2, 2, 3, padding="same")',
  ],
  [
    "with torch.no_grad():",
    "    padded = F.pad(conv1.weight, [1, 1, 1, 1])",
    "    identity = torch.zeros(2, 2, 3, 3)",
    "    for i in range(2):",
    "        identity[i, i, 1, 1] = 1.0",
    ...(swap === "yes" ? ["    identity = identity.flip(0)  # the mistake: each channel gets the other one"] : []),
    "    weight = conv3.weight + padded + identity",
    bias === "yes"
      ? "    bias = conv3.bias + conv1.bias"
      : "    bias = conv3.bias.clone()  # the mistake: conv1 has one too",
    "    fused.weight.copy_(weight)",
    "    fused.bias.copy_(bias)",
  ],
  ["ones = torch.ones(1, 2, 9, 9)", "noise = torch.randn(1, 2, 9, 9, generator=torch.Generator().manual_seed(1))"],
  ["def branches(x):", "    return x + conv3(x) + conv1(x)"],
  [
    "# Each step alone, and all of them, against what they stand for.",
    "with torch.no_grad():",
    '    pad_error = (F.conv2d(noise, padded, conv1.bias, padding="same") - conv1(noise)).abs().max()',
    '    identity_error = (F.conv2d(noise, identity, padding="same") - noise).abs().max()',
    "    on_ones = (branches(ones) - fused(ones)).abs()",
    "    on_noise = (branches(noise) - fused(noise)).abs()",
    "    ones_error = on_ones.max()",
    "    noise_error = on_noise.max()",
    "    channel_gap = (noise[:, 0] - noise[:, 1]).abs().max()",
    `    far_ones = (~torch.isclose(branches(ones), fused(ones), rtol=1e-5, atol=${atol})).sum()`,
    `    far_noise = (~torch.isclose(branches(noise), fused(noise), rtol=1e-5, atol=${atol})).sum()`,
  ],
  ["before = branches(noise)", "after = fused(noise)", "before.sum().backward()", "after.sum().backward()"],
];

/** BatchNorm into the convolution before it. @param {Readonly<Choices>} choices */
const norm = ({ seed, mode }) => [
  [...IMPORTS, "from torch.nn.utils.fusion import fuse_conv_bn_eval"],
  [
    `torch.manual_seed(${Number(seed)})`,
    "conv = nn.Conv2d(3, 4, 3, padding=1)",
    "bn = nn.BatchNorm2d(4)",
    "with torch.no_grad():",
    "    bn.weight.uniform_(0.5, 1.5)",
    "    bn.bias.uniform_(-0.5, 0.5)",
    "    bn.running_mean.uniform_(-0.5, 0.5)",
    "    bn.running_var.uniform_(0.5, 1.5)",
    "x = torch.randn(2, 3, 8, 8)",
    "fused = nn.Conv2d(3, 4, 3, padding=1)",
  ],
  [
    "with torch.no_grad():",
    "    scale = bn.weight / torch.sqrt(bn.running_var + bn.eps)",
    "    weight = conv.weight * scale.view(-1, 1, 1, 1)",
    "    bias = (conv.bias - bn.running_mean) * scale + bn.bias",
    "    fused.weight.copy_(weight)",
    "    fused.bias.copy_(bias)",
  ],
  [
    `conv.${mode}()`,
    `bn.${mode}()`,
    "before = bn(conv(x))",
    "after = fused(x)",
    "with torch.no_grad():",
    "    difference = (before - after).abs()",
    "    error = difference.max()",
    "before.sum().backward()",
    "after.sum().backward()",
  ],
  [
    "# torch has this fusion, too.",
    "with torch.no_grad():",
    "    theirs = fuse_conv_bn_eval(conv, bn)",
    "    torch_error = (bn(conv(x)) - theirs(x)).abs().max()",
  ],
];

/** The same check with many seeds: how often does it fail? @param {Readonly<Choices>} choices */
const seeds = ({ atol }) => [
  [...IMPORTS, "from torch.nn import functional as F"],
  [
    "identity = torch.zeros(2, 2, 3, 3)",
    "for i in range(2):",
    "    identity[i, i, 1, 1] = 1.0",
    'conv3 = nn.Conv2d(2, 2, 3, padding="same")',
    "conv1 = nn.Conv2d(2, 2, 1)",
    "ones = torch.ones(1, 2, 9, 9)",
    'fails = {"ones": 0, "random": 0}',
  ],
  [
    "with torch.no_grad():",
    "    for seed in range(200):",
    "        torch.manual_seed(seed)",
    "        conv3.reset_parameters()",
    "        conv1.reset_parameters()",
    '        inputs = {"ones": ones, "random": torch.randn(1, 2, 9, 9)}',
    "        weight = conv3.weight + F.pad(conv1.weight, [1, 1, 1, 1]) + identity",
    "        bias = conv3.bias + conv1.bias",
    "        for name, x in inputs.items():",
    "            before = x + conv3(x) + conv1(x)",
    '            after = F.conv2d(x, weight, bias, padding="same")',
    `            fails[name] += not torch.isclose(before, after, rtol=1e-5, atol=${atol}).all()`,
  ],
  ['print("ones:", fails["ones"], "random:", fails["random"])'],
];

/** @param {string[][]} paragraphs */
const text = (paragraphs) =>
  `${paragraphs
    .map((each) => each.join("\n"))
    .join("\n\n")
    .replace("\n\ndef ", "\n\n\ndef ")
    .replace("+ conv1(x)\n\n#", "+ conv1(x)\n\n\n#")}\n`;

/** @param {Readonly<Choices>} choices without a complaint about them */
export const program = (choices) => text(choices.what === "norm" ? norm(choices) : branches(choices));

/** @param {Readonly<Choices>} choices */
export const seedsProgram = (choices) => text(seeds(choices));

/** What a run with many seeds printed. @param {string} printed */
export function failures(printed) {
  const [, ones, random] = /ones: (\d+) random: (\d+)/.exec(printed) ?? [];
  return random === undefined ? null : { ones: Number(ones), random: Number(random) };
}
