import torch

a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
fired = []


def once(gradient):
    fired.append("once")
    handle_of_once.remove()


def other(gradient):
    fired.append("other")


def first(gradient):
    fired.append("first")
    handle_of_second.remove()


def second(gradient):
    fired.append("second")


def adder(gradient):
    fired.append("adder")
    if fired == ["adder"]:
        e.register_hook(added)


def added(gradient):
    fired.append("added")


def two_passes(tensor):
    fired.clear()
    tensor.backward(retain_graph=True)
    fired.append("|")
    tensor.backward()
    print(" ".join(fired))


c = a * b
handle_of_once = c.register_hook(once)
c.register_hook(other)
two_passes(c)

d = a * b
d.register_hook(first)
handle_of_second = d.register_hook(second)
two_passes(d)

e = a * b
e.register_hook(adder)
two_passes(e)


def attempt(hook):
    f = a * b
    f.register_hook(hook)
    try:
        f.backward()
        print("accepted")
    except Exception as error:
        print(f"{type(error).__name__}: {error}")


attempt(lambda gradient: 5.0)
attempt(lambda gradient: torch.ones(3))
attempt(lambda gradient: gradient * 0)
