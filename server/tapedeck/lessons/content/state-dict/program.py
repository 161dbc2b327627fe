import torch
from torch import nn

CLASSES = 5


def block(i, o):
    return [nn.Conv2d(i, o, 3), nn.BatchNorm2d(o), nn.ReLU(), nn.MaxPool2d(2)]


class Net(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.features = nn.Sequential(*block(3, 6), *block(6, 9))
        self.classifier = nn.Sequential(nn.Linear(576, 128), nn.ReLU(), nn.Dropout(), nn.Linear(128, classes))


def collect(module, prefix=""):
    kept = {name: b for name, b in module._buffers.items() if name not in module._non_persistent_buffers_set}
    for name, tensor in {**module._parameters, **kept}.items():
        print(prefix + name)
        mine[prefix + name] = tensor
    for name, child in module._modules.items():
        collect(child, f"{prefix}{name}.")


net, mine = Net(10), {}
collect(net)
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
    new.load_state_dict(old, strict=False)
except RuntimeError as error:
    print("RuntimeError:", error)
