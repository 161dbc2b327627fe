"""Endless loops: in Python, in C, and in every place where Python calls back."""

from functools import partial

from tests.sandbox.hostile.attack import attack

endless = partial(attack, time_s=1.0)

ATTACKS = [
    endless(
        "loop that keeps a tensor busy — stopped at its line",
        """
        import torch
        x = torch.ones(400, 400)
        while True:  # here
            y = x.std()  # here
        """,
        "timed_out",
    ),
    endless(
        "loop that catches Exception — stopped",
        "while True:\n    try:\n        1 / 0\n    except Exception:\n        pass\n",
        "timed_out",
    ),
    endless(
        "loop that swallows BaseException — killed",
        "while True:\n    try:\n        while True: pass  # here\n    except BaseException: pass  # here\n",
        "timed_out",
    ),
    endless(
        "loop in finally and in except — killed",
        """
        def again():
            while True:
                try:
                    while True: pass
                finally:
                    continue
        while True:
            try:
                again()
            except BaseException:
                again()
        """,
        "timed_out",
    ),
    endless(
        "recursion that swallows each stop one level deeper — killed",
        "def f():\n    while True:\n        try: f()\n        except BaseException: pass\nf()\n",
        "timed_out",
        "died",
    ),
    endless(
        "loop that ignores every signal — killed",
        """
        import signal
        for number in signal.valid_signals() - {9, 19}:
            try: signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError): pass
        while True: pass
        """,
        "timed_out",
        placed=False,
    ),
    endless(
        "loop that blocks every signal — killed",
        "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\nwhile True: pass\n",
        "timed_out",
        placed=False,
    ),
    endless(
        "loop that stops the timer — killed",
        "import signal\nsignal.setitimer(signal.ITIMER_REAL, 0)\nwhile True: pass  # here\n",
        "timed_out",
    ),
    endless(
        "loop in its own signal handler — killed",
        "import signal\ndef f(*_):\n    while True: pass\nsignal.signal(signal.SIGALRM, f)\nwhile True: pass\n",
        "timed_out",
    ),
    endless(
        "loop after the trace and the stop signal are disabled — killed",
        """
        import faulthandler, signal
        faulthandler.unregister(signal.SIGUSR2)
        signal.signal(signal.SIGUSR2, signal.SIG_IGN)
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        x = 1
        while True: pass
        """,
        "timed_out",
        "died",
        placed=False,
    ),
    endless("sum of a long range, in C — killed", "x = 1\nsum(range(10**13))  # here\n", "timed_out"),
    endless("power of huge integers, in C — killed", "x = 3 ** (10 ** 9)\n", "timed_out", "out_of_memory"),
    endless(
        "iterators without end, in C — killed",
        "import collections, itertools\ncollections.deque(itertools.repeat(0), maxlen=0)  # here\n",
        "timed_out",
    ),
    endless("any over nothing true, in C — killed", "import itertools\nany(itertools.repeat(0))\n", "timed_out"),
    endless(
        "number with a million digits to text — refused or killed",
        "import sys\nsys.set_int_max_str_digits(0)\nstr(1 << 4 * 10**7)\n",
        "timed_out",
    ),
    endless("backtracking regex — killed", "import re\nre.match(r'(a+)+$', 'a' * 64 + 'b')  # here\n", "timed_out"),
    endless(
        "backtracking regex on bytes that is tried again — killed",
        "import re\nwhile True:\n    try: re.fullmatch(rb'(.*,)*x', b'a,' * 40)\n    except BaseException: pass\n",
        "timed_out",
    ),
    endless(
        "one huge decomposition, in C++ — killed",
        "import torch\nx = torch.rand(2500, 2500)  # here\ntorch.linalg.eigvals(x)  # here\n",
        "timed_out",
    ),
    endless(
        "convolution that takes for ever, in C++ — killed",
        "import torch\nx = torch.ones(1, 64, 900, 900)\nw = torch.ones(64, 64, 63, 63)\n"
        "torch.nn.functional.conv2d(x, w)\n",
        "timed_out",
        "out_of_memory",
    ),
    endless(
        "loop in __del__ — killed",
        "class A:\n    def __del__(self):\n        while True: pass  # here\na = A()\ndel a\n",
        "timed_out",
    ),
    endless(
        "__del__ that makes its object live again — no matter",
        "class A:\n    def __del__(self): A.again = self\nA()\nA.again = None\nprint('through')\n",
        "finished",
        says="through",
    ),
    endless(
        "loop in __del__ of what is left at the end — never run",
        "class A:\n    def __del__(self):\n        while True: pass\na = A()\na.a = a\n",
        "finished",
        "timed_out",
    ),
    endless(
        "loop in atexit — never run",
        "import atexit\n@atexit.register\ndef f():\n    while True: pass\n",
        "finished",
    ),
    endless(
        "loop in threading's own atexit — never run",
        "import threading\n@threading._register_atexit\ndef f():\n    while True: pass\n",
        "finished",
    ),
    endless(
        "loop in __str__ — stopped",
        "class A:\n    def __str__(self):\n        while True: pass  # here\nprint(A())\n",
        "timed_out",
    ),
    endless(
        "loop in the __str__ of the exception that ends it — killed",
        "class E(Exception):\n    def __str__(self):\n        while True: pass\nraise E\n",
        "timed_out",
        "raised",
    ),
    endless(
        "loop in the __repr__ of an argument — not called, or stopped",
        """
        import torch
        class A(int):
            def __repr__(self):
                while True: pass
            __str__ = __format__ = __repr__
        x = torch.ones(3) * A(2)
        x.sum(dim=A(0))
        """,
        "finished",
        "timed_out",
    ),
    endless(
        "loop in __torch_function__ — stopped",
        """
        import torch
        class T(torch.Tensor):
            @classmethod
            def __torch_function__(cls, *_, **__):
                while True: pass  # here
        torch.ones(2).as_subclass(T) + 1
        """,
        "timed_out",
    ),
    endless(
        "loop in __torch_dispatch__ — stopped",
        """
        import torch
        from torch.utils._python_dispatch import TorchDispatchMode
        class M(TorchDispatchMode):
            def __torch_dispatch__(self, *_, **__):
                while True: pass  # here
        with M():
            torch.ones(2) + 1
        """,
        "timed_out",
    ),
    endless(
        "loop in a gradient hook — stopped",
        """
        import torch
        x = torch.ones(2, requires_grad=True)
        def hook(_):
            while True: pass  # here
        x.register_hook(hook)
        x.sum().backward()  # here
        """,
        "timed_out",
    ),
    endless(
        "loop in a Function's backward that swallows — killed",
        """
        import torch
        class F(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x): return x * 1
            @staticmethod
            def backward(ctx, g):
                while True:
                    try:
                        while True: pass
                    except BaseException: pass
        F.apply(torch.ones(2, requires_grad=True)).sum().backward()
        """,
        "timed_out",
    ),
    endless(
        "loop in a trace function — stopped",
        "import sys\ndef t(*_):\n    while True: pass\nsys.settrace(t)\nlen([i for i in [1]])\n(lambda: 1)()\n",
        "timed_out",
    ),
    endless(
        "loop in an audit hook — killed",
        "import sys\ndef t(*_):\n    while True: pass\nsys.addaudithook(t)\nopen('/')\n",
        "timed_out",
    ),
    endless(
        "loop in a garbage collector's callback — killed",
        "import gc\ndef t(*_):\n    while True: pass\ngc.callbacks.append(t)\ngc.collect()\n",
        "timed_out",
    ),
    endless(
        "loop in a finaliser — killed",
        "import weakref\nclass A: pass\ndef f():\n    while True: pass\na = A()\nweakref.finalize(a, f)\ndel a\n",
        "timed_out",
    ),
    endless(
        "loop in the excepthook and the exit of a thread — never run",
        "import sys\ndef f(*_):\n    while True: pass\n"
        "sys.excepthook = sys.unraisablehook = f\nraise ValueError('x')\n",
        "raised",
        says="ValueError: x",
    ),
    endless(
        "loop in the standard output — stopped",
        "import sys\nclass O:\n    def write(self, _):\n        while True: pass\n    def flush(self): self.write('')\n"
        "sys.stdout = sys.stderr = O()\nprint('x')\n",
        "timed_out",
    ),
    endless(
        "loop in an import hook — stopped",
        "import sys\nclass F:\n    def find_spec(self, *_):\n        while True: pass\n"
        "sys.meta_path.insert(0, F())\nimport nothing_like_this\n",
        "timed_out",
    ),
    endless(
        "sleep, wait and deadlock in turn — stopped",
        "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()  # here\n",
        "timed_out",
    ),
    endless(
        "wait for a signal that never comes — stopped",
        "import signal\nwhile True:\n    try: signal.pause()\n    except BaseException: pass\n",
        "timed_out",
    ),
    endless("input that never comes — an error at its line", "x = input()  # here\n", "raised", says="EOFError"),
    endless(
        "recursion without end — an error at its line",
        "def f(): f()  # here\nf()  # here\n",
        "raised",
        says="RecursionError",
    ),
    endless(
        "recursion beyond the stack — the process dies alone",
        "import sys\nsys.setrecursionlimit(10**9)\n"
        "class A:\n    def __getattr__(self, n): return getattr(self, n + 'x')\n"
        "def f(n): return repr(f(n + 1)) + f(n)\ntry: f(0)\nexcept RecursionError: pass\nA().x\n",
        "died",
        "raised",
        "out_of_memory",
        "timed_out",
    ),
    endless(
        "text that the parser needs for ever for — an outcome",
        "import ast\nexec('x = ' + '-' * 10**6 + '1')\n",
        "raised",
        "died",
        "timed_out",
        "out_of_memory",
    ),
]
