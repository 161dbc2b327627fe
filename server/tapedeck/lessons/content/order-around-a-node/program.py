import torch

a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
d = torch.tensor(4.0, requires_grad=True)


def add_one(gradient):
    print("tensor hook: c.grad is", c.grad)
    return gradient + 1


def times_ten(gradients):
    print("node pre-hook: c.grad is", c.grad)
    return (gradients[0] * 10,)


def post_hook(inputs, outputs):
    print("node post-hook:", inputs[0], inputs[1])


def b_hook(gradient):
    print("tensor hook of b: b.grad is", b.grad)


def b_stored(leaf):
    print("post-accumulate hook: b.grad is", leaf.grad)


c = a * b
c.grad_fn.register_hook(post_hook)
c.grad_fn.register_prehook(times_ten)
c.retain_grad()
c.register_hook(add_one)
b.register_post_accumulate_grad_hook(b_stored)
b.register_hook(b_hook)

e = c * d
e.backward()
print("c.grad =", c.grad, "a.grad =", a.grad, "b.grad =", b.grad)


def add_two(gradient):
    return gradient + 2


c = a * b
c.register_hook(add_two)
e = c * d
print("grad(e, c) =", torch.autograd.grad(e, c, retain_graph=True))
print("grad(e, [c, a]) =", torch.autograd.grad(e, [c, a]))
