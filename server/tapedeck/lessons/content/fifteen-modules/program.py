import torch
from torch import nn

SIZE = 38
INPLACE = True


def block(i, o):
    return [nn.Conv2d(i, o, 3), nn.BatchNorm2d(o), nn.ReLU(INPLACE), nn.MaxPool2d(2)]


class Net(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.features = nn.Sequential(*block(3, 6), *block(6, 9))
        self.classifier = nn.Sequential(nn.Linear(576, 128), nn.ReLU(INPLACE), nn.Dropout(), nn.Linear(128, classes))

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


def leaves(module, inputs, output):
    print("leaves", repr(names[module]))


def ignore(module, grad_input, grad_output):
    return None


def count(net):
    print("modules:", len(list(net.modules())), "children:", len(list(net.children())))
    print("parameters:", len(list(net.parameters())), "numbers:", sum(p.numel() for p in net.parameters()))


net = Net()
names = {module: name for name, module in net.named_modules()}
count(net)
print("names with 'conv':", [name for name in names.values() if "conv" in name])

handles = [module.register_forward_hook(leaves) for module in names]
x = torch.randn(2, 3, SIZE, SIZE)
out = net(x)
out.sum().backward()
for handle in handles:
    handle.remove()

net.classifier = nn.Sequential(*list(net.classifier.children())[:-1])
count(net)
cut = net(x)
print("cut:", list(cut.shape))

for module in net.modules():
    module.register_full_backward_hook(ignore)
try:
    net(x)
except RuntimeError as error:
    print("RuntimeError:", error)
