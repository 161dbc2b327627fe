import torch
from torch import nn

MOMENTUM = 0.1

bn = nn.BatchNorm1d(2, momentum=MOMENTUM)
x = torch.tensor([[0.0, 1.0], [2.0, 3.0], [4.0, 8.0]])

bn.train()
y = bn(x)
for name, buffer in bn.named_buffers():
    print(name, buffer.tolist())

biased = x.var(0, unbiased=False)
unbiased = x.var(0)
print("variance of the batch:", biased.tolist(), "or unbiased", unbiased.tolist())

loss = (y * torch.tensor([1.0, 2.0])).square().sum()
loss.backward()
print("gradients of:", [name for name, p in bn.named_parameters() if p.grad is not None])

bn.eval()
z = bn(x)
