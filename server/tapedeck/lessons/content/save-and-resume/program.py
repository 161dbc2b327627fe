import io
import pickle

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 1)

    def forward(self, x):
        return self.layer(x)


def train(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


x = torch.ones(3, 2)
net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.001, momentum=0.9)
train(opt, net(x).sum())

box = io.BytesIO()
torch.save({"epoch": 5, "model": net.state_dict(), "optimizer": opt.state_dict(), "loss": 0.4}, box)
box.seek(0)
checkpoint = torch.load(box)
print("epoch:", checkpoint["epoch"], "loss:", checkpoint["loss"])

model = Net()
model.load_state_dict(checkpoint["model"])
resumed = torch.optim.SGD(model.parameters(), lr=1.0)
resumed.load_state_dict(checkpoint["optimizer"])
print("momentum:", resumed.state[model.layer.weight]["momentum_buffer"].tolist())
print("lr:", resumed.param_groups[0]["lr"])

before = model.layer.weight.detach().clone()
wrong = torch.optim.SGD(net.parameters(), lr=0.001)
train(wrong, model(x).sum())
print("moved by an optimizer of the old net:", not torch.equal(before, model.layer.weight))
train(resumed, model(x).sum())
print("moved by its own optimizer:", not torch.equal(before, model.layer.weight))

whole = io.BytesIO()
torch.save(net, whole)
whole.seek(0)
try:
    torch.load(whole)
except pickle.UnpicklingError as error:
    print("UnpicklingError:", str(error).split(" This file")[0])
    print(next(line.strip() for line in str(error).splitlines() if "GLOBAL" in line))
