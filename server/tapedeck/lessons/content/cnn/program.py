import torch
from torch import nn
from torch.nn import functional as F

SIZE = 32
torch.manual_seed(0)


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.flatten(1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


def report(module, inputs, output):
    print(type(module).__name__, list(output.shape))


net = LeNet()
print("parameters:", sum(p.numel() for p in net.parameters()))
for child in net.children():
    child.register_forward_hook(report)

images = torch.randn(1, 3, SIZE, SIZE)
labels = torch.tensor([3])
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)

logits = net(images)
print("logits:", list(logits.shape))

loss = F.cross_entropy(logits, labels)
loss.backward()
optimizer.step()

try:
    F.pool(images, 2)
except AttributeError as error:
    print("AttributeError:", error)
