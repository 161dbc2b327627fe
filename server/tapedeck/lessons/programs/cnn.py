"""One training step of a small CNN.

Two pictures of 8 × 8 pixels go through convolution, batch normalisation, ReLU, pooling and a linear layer; the
cross-entropy against their labels goes back, and SGD takes one step.

Question: The weights of the convolution and the running mean of the batch normalisation both change in this step.
Which of the two needs the backward pass for it?
"""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, kernel_size=3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.pool = nn.MaxPool2d(2)
        self.classify = nn.Linear(4 * 4 * 4, 3)

    def forward(self, x):
        x = self.conv(x)
        x = F.relu(self.norm(x))
        x = self.pool(x)
        return self.classify(x.flatten(1))


images = torch.randn(2, 1, 8, 8)
labels = torch.tensor([0, 2])

net = SmallNet()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)

optimizer.zero_grad()
loss = F.cross_entropy(net(images), labels)
loss.backward()
optimizer.step()
print("loss:", round(loss.item(), 4))
