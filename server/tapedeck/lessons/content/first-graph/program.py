import torch

a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)

c = a * b
print([node and node.name() for node, index in c.grad_fn.next_functions])

c.backward(retain_graph=True)  # keeps what MulBackward0 saved: we come back
print("a.grad =", a.grad, "b.grad =", b.grad)
print("c.grad =", c.grad)  # not a leaf: nothing was stored, and asking warns

a.grad = b.grad = None
d = torch.tensor(4.0, requires_grad=True)
e = c * d

e.backward()
print("a.grad =", a.grad, "b.grad =", b.grad, "d.grad =", d.grad)
