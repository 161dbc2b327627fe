import torch


def c_hook(gradient):
    print("hook of c:", gradient.item())


def x_hook(gradient):
    print("hook of x:", gradient.item())


def before_cos(gradient):
    print("registered before cos_:", gradient.item())


def after_cos(gradient):
    print("registered after cos_:", gradient.item())


def node_hook(gradients):
    print("hook of the node:", gradients[0].item())


# The hook of an intermediate sits on its grad_fn.
a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
d = torch.tensor(4.0, requires_grad=True)
c = a * b
c.register_hook(c_hook)
e = c * d
del c
e.backward()

# The hook of a leaf sits on the tensor and meets every graph.
x = torch.tensor(2.0, requires_grad=True)
x.register_hook(x_hook)
(x * 3).backward()
(x * 7).backward()
print("x.grad =", x.grad.item())

# An operation in place gives the tensor another grad_fn.
u = torch.tensor(1.0, requires_grad=True)
t = u.sin()
t.register_hook(before_cos)
t.cos_()
t.register_hook(after_cos)
t.backward()
print("u.grad =", u.grad.item())

# The AccumulateGrad of a leaf belongs to every living graph of that leaf.
w = torch.tensor(3.0, requires_grad=True)
y = w * 2
handle = y.grad_fn.next_functions[0][0].register_prehook(node_hook)
y.backward()
first = y  # the first graph stays alive
(w * 5).backward()
