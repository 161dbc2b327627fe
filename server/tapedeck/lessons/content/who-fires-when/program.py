import torch
import torch.nn.modules.module as every_module
from torch import nn

order = []


def say(text):
    def hook(*unused):
        order.append(text)

    return hook


def register(module, name, **options):
    module.register_forward_pre_hook(say(f"{name} pre"), **options)
    module.register_forward_hook(say(f"{name} forward"), **options)
    module.register_full_backward_pre_hook(say(f"{name} backward-pre"), **options)
    module.register_full_backward_hook(say(f"{name} backward"), **options)


# One module with hooks of every kind: two, one more in front, and global ones.
one = nn.Tanh()
register(one, "first")
register(one, "second")
register(one, "third", prepend=True)
handles = [
    every_module.register_module_forward_pre_hook(say("global pre")),
    every_module.register_module_forward_hook(say("global forward")),
    every_module.register_module_full_backward_pre_hook(say("global backward-pre")),
    every_module.register_module_full_backward_hook(say("global backward")),
]
point = torch.tensor(0.5, requires_grad=True)
one(point).backward()
for handle in handles:
    handle.remove()
print(len(order), order)

# A net and its three children.
order.clear()
net = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))
register(net, "net")
for index, child in enumerate(net):
    register(child, str(index))
x = torch.ones(1, 2, requires_grad=True)
net(x).sum().backward()
print(len(order), order)

# .forward() is only the function: the module's own hooks do not fire.
order.clear()
one.forward(torch.tensor(0.5))
print(len(order), order)


class Broken(nn.Module):
    def forward(self, x):
        raise ValueError("boom")


def always(module, inputs, output):
    print("always_call hook, output:", output)


broken = Broken()
broken.register_forward_hook(say("plain"))
broken.register_forward_hook(always, always_call=True)
try:
    broken(torch.ones(1))
except ValueError as error:
    print("ValueError:", error)
print(len(order), order)
