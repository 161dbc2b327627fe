import torch
from torch import nn

CLASSES = 5


def block(i, o):
    return [nn.Conv2d(i, o, 3), nn.BatchNorm2d(o), nn.ReLU(), nn.MaxPool2d(2)]


class Net(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.register_buffer("scratch", torch.zeros(1), persistent=False)
        self.features = nn.Sequential(*block(3, 6), *block(6, 9))
        self.classifier = nn.Sequential(nn.Linear(576, 128), nn.ReLU(), nn.Dropout(), nn.Linear(128, classes))


def collect(module, prefix=""):
    for name, parameter in module._parameters.items():
        yield prefix + name, parameter
    for name, buffer in module._buffers.items():
        if name not in module._non_persistent_buffers_set:
            yield prefix + name, buffer
    for name, child in module._modules.items():
        yield from collect(child, prefix + name + ".")


net = Net(10)
mine = dict(collect(net))
for key in mine:
    print(key)

old = net.state_dict()
print(len(old), "keys, in the same order:", list(old) == list(mine))
print("same memory:", all(old[key].data_ptr() == mine[key].data_ptr() for key in old))
print("requires_grad:", any(tensor.requires_grad for tensor in old.values()))
print(nn.Linear(2, 3).state_dict().keys())

new = Net(CLASSES)
want = new.state_dict()
by_key = {key: tensor for key, tensor in old.items() if key in want}
by_shape = {key: tensor for key, tensor in by_key.items() if tensor.shape == want[key].shape}
print("kept by key:", len(by_key), "by key and shape:", len(by_shape))
print(new.load_state_dict({**want, **by_shape}))

try:
    print(new.load_state_dict(old, strict=False))
except RuntimeError as error:
    print("RuntimeError:", error)
