import torch
from torch import nn

model = nn.Sequential(
    nn.Conv2d(1, 2, 3),
    nn.ReLU(),
    nn.Conv2d(2, 4, 3),  # the layer to tap: model[2]
    nn.ReLU(inplace=True),
    nn.Flatten(),
    nn.Linear(16, 3),
)
x = torch.randn(1, 1, 6, 6)
jar = {}


def tap(module, inputs, output):
    jar["alias"] = output.detach()
    jar["copy"] = output.detach().clone()
    return None


handle = model[2].register_forward_hook(tap)
y = model(x)
handle.remove()

print("copy equals model[:3](x):", torch.equal(jar["copy"], model[:3](x)))
print("negative numbers in the copy:", (jar["copy"] < 0).sum().item())
print("negative numbers in the alias:", (jar["alias"] < 0).sum().item())
print("output needs grad:", y.requires_grad)

# A recipe often seen: copy the output into an empty tensor.
features = torch.Tensor()


def copy_into_empty(module, inputs, output):
    features.copy_(output.data)


model[5].register_forward_hook(copy_into_empty)
try:
    model(x)
except RuntimeError as error:
    print(error)
