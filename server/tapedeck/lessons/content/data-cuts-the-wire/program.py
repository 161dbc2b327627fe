import torch
from torch import nn


class MyLinear(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(inputs, outputs))
        self.bias = nn.Parameter(torch.randn(outputs))

    def forward(self, x):
        return x @ self.weight + self.bias


class CutLinear(MyLinear):
    def forward(self, x):
        return x @ self.weight.data + self.bias.data


x = torch.randn(2, 4)

wired = MyLinear(4, 3)
wired(x).sum().backward()
print("wired.bias.grad =", wired.bias.grad.tolist())

cut = CutLinear(4, 3)
try:
    cut(x).sum().backward()
except RuntimeError as error:
    print("RuntimeError:", error)

net = nn.Sequential(CutLinear(4, 3), MyLinear(3, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
before = {name: p.tolist() for name, p in net.named_parameters()}
net(x).sum().backward()
optimizer.step()
for name, p in net.named_parameters():
    print(name, "stayed" if p.tolist() == before[name] else "moved", "- no grad" if p.grad is None else "")
