"""Floods: what a program says is counted, cut and escaped, and never more than its tape can hold."""

from functools import partial

from tests.sandbox.hostile.attack import attack

flood = partial(attack, time_s=3.0)
MUCH = "x = b'x' * 10**6\n"

ATTACKS = [
    flood("print of short lines — stopped", "while True: print('flood')  # here\n", "too_much_output", "timed_out"),
    flood(
        "print of long lines — stopped",
        "x = 'x' * 10**6\nwhile True: print(x)  # here\n",
        "too_much_output",
    ),
    flood("print of one line of three megabytes — kept in part", "print('x' * 3 * 10**6)\n", says="^x{1000}"),
    flood(
        "raw descriptor — stopped",
        "import os\n" + MUCH + "while True: os.write(1, x)  # here\n",
        "too_much_output",
    ),
    flood(
        "both raw descriptors by the C library — stopped",
        "import ctypes\nlibc = ctypes.CDLL(None)\n"
        + MUCH
        + "while True: libc.write(1, x, 10**6), libc.write(2, x, 10**6)\n",
        "too_much_output",
    ),
    flood(
        "raw descriptor, ignoring every signal — killed",
        "import os, signal\nfor s in (10, 12, signal.SIGALRM): signal.signal(s, signal.SIG_IGN)\n"
        + MUCH
        + "while True: os.write(1, x)\n",
        "too_much_output",
        placed=False,
    ),
    flood(
        "printf until the buffer is full — stopped",
        "import ctypes\nlibc = ctypes.CDLL(None)\nx = b'x' * 9999\nwhile True: libc.puts(x)\n",
        "too_much_output",
        "timed_out",
    ),
    flood(
        "original streams of Python — stopped",
        "import sys\nx = 'x' * 10**6\nwhile True: print(x, file=sys.__stdout__)\n",
        "too_much_output",
        "finished",
        "raised",
    ),
    flood(
        "standard error and logging — stopped",
        "import logging\nx = 'x' * 10**6\nwhile True: logging.error(x)  # here\n",
        "too_much_output",
    ),
    flood(
        "warnings, each another — stopped or cut",
        "import warnings\nwarnings.simplefilter('always')\ni = 0\n"
        "while True:\n    i += 1\n    warnings.warn('w' * 10**4 + str(i))\n",
        "too_much_output",
        "timed_out",
    ),
    flood(
        "the descriptor for traces — dropped or died",
        "import os\n"
        + MUCH
        + "for _ in range(100):\n    try: os.write(4, x)\n    except BlockingIOError: pass\nprint('on')\n",
        "finished",
        "timed_out",
        "died",
        time_s=1.0,
    ),
    flood(
        "stream closed and detached — its own loss",
        "import sys\nsys.stdout.detach()\ntry: print('x')\nexcept ValueError: sys.stdout = sys.__stdout__\n"
        "sys.stderr.close()\n",
        "finished",
        "raised",
    ),
    flood(
        "message of thirty megabytes — cut",
        "raise ValueError('x' * 3 * 10**7)  # here\n",
        "raised",
        says="^(\n)?.{0,2000}$|x{900}",
    ),
    flood(
        "name of an exception of ten megabytes — cut",
        "raise type('E' * 10**7, (Exception,), {})('x')  # here\n",
        "raised",
        says="E{900}",
    ),
    flood(
        "exception with a hundred thousand notes — an outcome",
        "e = ValueError('x')\nfor i in range(10**5): e.add_note('n' * 100)\nraise e  # here\n",
        "raised",
    ),
    flood(
        "causes nested a hundred thousand deep — an outcome",
        "e = None\nfor i in range(10**5):\n    n = ValueError(i)\n    n.__cause__ = n.__context__ = e\n    e = n\n"
        "raise e  # here\n",
        "raised",
        "died",
    ),
    flood(
        "exception group without bottom — an outcome",
        "e = ValueError('x')\nfor i in range(5000): e = ExceptionGroup('g', [e])\nraise e  # here\n",
        "raised",
        "died",
    ),
    flood(
        "bytes that are no text — counted and dropped",
        "import os, sys\nos.write(1, bytes(range(256)) * 99)\n"
        "sys.stdout.buffer.write(b'\\xff\\xfe\\xc0')\nprint('on')\n",
        says="on",
    ),
    flood(
        "lone surrogates printed, raised and warned of — escaped",
        "import warnings\nprint('\\ud800\\udfff')\nwarnings.warn('\\udead')\nraise ValueError('\\udc00')  # here\n",
        "raised",
        says=r"\\udc00",
    ),
    flood(
        "lone surrogates as names — escaped",
        """
        import torch
        globals()['\\ud800'] = torch.ones(2)
        class M(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.register_parameter('\\udbff', torch.nn.Parameter(torch.ones(1)))
                self.add_module('\\udfff', torch.nn.Linear(1, 1))
            def forward(self, x): return getattr(self, '\\udfff')(x) * getattr(self, '\\udbff')
        M.__name__ = M.__qualname__ = '\\ud8ff'
        M()(torch.ones(1, 1)).sum().backward()
        raise type('\\udddd', (Exception,), {})
        """,
        "raised",
    ),
    flood(
        "lone surrogates as arguments of ops — escaped",
        """
        import torch
        for act in (lambda: torch.einsum('\\ud800', torch.ones(1)), lambda: torch.ones(1).to('\\ud800'),
                    lambda: torch.div(torch.ones(1), 2, rounding_mode='\\ud800')):
            try: act()
            except Exception as error: print(type(error).__name__)
        """,
        says="Error",
    ),
    flood(
        "control characters and escapes of terminals — told as they are",
        "print('\\x1b]0;owned\\x07\\x1b[2J\\x00\\x9b\\u202e</script><!--')\nprint('on')\n",
        says="on",
    ),
    flood(
        "lists nested ten thousand deep as an argument — an outcome",
        """
        import torch
        x = 1.0
        for _ in range(10**4): x = [x]
        try: torch.tensor(x)
        except Exception as error: print(type(error).__name__)
        try: torch.stack(x)
        except Exception as error: print(type(error).__name__)
        """,
        "finished",
        "died",
        "raised",
    ),
    flood(
        "list that holds itself as an argument — an outcome",
        """
        import torch
        x = [torch.ones(1)]
        x.append(x)
        d = {'d': x}
        d['e'] = d
        for f in (torch.stack, torch.cat, torch.tensor):
            try: f(x)
            except Exception as error: print(type(error).__name__)
        class M(torch.nn.Module):
            def forward(self, x, d): return d
        M()(x, d)
        """,
        "finished",
        "raised",
        "died",
    ),
    flood(
        "nested values handed through a module — an outcome",
        """
        import torch
        x = torch.ones(1)
        for _ in range(3000): x = (x, {'k': x})[:1]
        class M(torch.nn.Module):
            def forward(self, x): return x
        M()(x)
        print('on')
        """,
        "finished",
        "raised",
        "died",
    ),
    flood(
        "tree that doubles thirty times handed through a module — an outcome",
        """
        import torch
        x = torch.ones(1)
        for _ in range(30): x = [x, x]
        class M(torch.nn.Module):
            def forward(self, x): return 1
        M()(x)
        """,
        "finished",
        "timed_out",
        "out_of_memory",
        "too_much_output",
        "died",
    ),
    flood(
        "integers of a million digits — an outcome",
        "import torch\nx = torch.ones(1)\nhuge = 10**(10**6)\n"
        "for f in (lambda: x * huge, lambda: x + (1 << 70), lambda: x[10**30]):\n"
        "    try: f()\n    except Exception as e: print(type(e).__name__)\nprint('on')\n",
        says="on",
    ),
    flood(
        "numbers that JSON does not know — on the tape",
        "import torch\nx = torch.tensor([float('nan'), float('inf'), -float('inf'), 1e-45, -0.0])\n"
        "y = x * complex(float('nan'), float('inf'))\nz = x.half()\n",
    ),
    flood(
        "name of a module of ten megabytes — an outcome",
        "import torch\nm = torch.nn.Sequential()\nm.add_module('m' * 10**7, torch.nn.Linear(1, 1))\n"
        "m(torch.ones(1, 1)).sum().backward()\n",
        "finished",
        "too_much_output",
        "out_of_memory",
    ),
    flood(
        "events without end — cut at the limit",
        "import torch\nx = torch.ones(())\nwhile True: x = x + 1  # here\n",
        "too_much_output",
        "timed_out",
    ),
    flood(
        "values of a gigabyte in all — summarised or cut",
        "import torch\nx = torch.rand(10**6)\nfor _ in range(250): x = x + 1\n",
        "finished",
        "too_much_output",
        "out_of_memory",
        "timed_out",
        limits={"tape_bytes": 4 * 2**20, "closing_s": 2.0},
    ),
    flood(
        "shape of sixty-four dimensions — an outcome",
        "import torch\nx = torch.ones([1] * 64)\ny = x + x\nz = torch.ones([0] * 60 + [2**60])\n",
        "finished",
        "raised",
    ),
    flood(
        "hooks by the ten thousand — an outcome",
        "import torch\nx = torch.ones(1, requires_grad=True)\nfor _ in range(10**4): x.register_hook(lambda g: g * 1)\n"
        "x.sum().backward()\n",
        "finished",
        "too_much_output",
        "timed_out",
        limits={"closing_s": 2.0},
    ),
    flood(
        "source of a hundred thousand lines, generated — an outcome",
        "exec(compile('\\n'.join(f'x{i} = {i}' for i in range(10**5)), 'program.py', 'exec'))\n"
        "exec(compile('\\n' * 10**6 + '1 / 0', 'program.py', 'exec'))\n",
        "raised",
        says="ZeroDivisionError",
    ),
]
