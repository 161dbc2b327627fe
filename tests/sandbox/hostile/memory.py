"""Memory: whatever it is taken by, more than the limit is refused at the line that asked for it."""

from functools import partial

from tests.sandbox.hostile.attack import attack, nr, refused

# Each stops by itself at some gigabytes, so that this machine survives the failure of what it tests.
bomb = partial(attack, time_s=4.0)

ATTACKS = [
    bomb(
        "list of bytes — refused at its line",
        "x = []\nwhile len(x) < 400: x.append(bytearray(10**7))  # here\n",
        "out_of_memory",
    ),
    bomb(
        "dictionary of small things — refused",
        "x = {}\nfor i in range(10**8): x[i] = [i]  # here\n",
        "out_of_memory",
        "timed_out",
    ),
    bomb("text that doubles — refused at its line", "x = 'x'\nfor _ in range(32): x += x  # here\n", "out_of_memory"),
    bomb("integer without end — refused", "x = 1 << 10**11  # here\n", "out_of_memory", "raised"),
    bomb("format of a great width — refused", "x = f'{1:4000000000d}'  # here\n", "out_of_memory", "raised"),
    bomb("one list of a terabyte — refused at once", "x = [0] * 10**12  # here\n", "out_of_memory"),
    bomb("one tensor of forty gigabytes — refused", "import torch\nx = torch.empty(10**10)  # here\n", "out_of_memory"),
    bomb(
        "tensors of four megabytes — refused",
        "import torch\nx = []\nwhile len(x) < 1000: x.append(torch.ones(10**6))  # here\n",
        "out_of_memory",
    ),
    bomb(
        "millions of tiny tensors — refused or cut",
        "import torch\nx = []\nwhile True: x.append(torch.ones(()))  # here\n",
        "too_much_output",
        "out_of_memory",
        "timed_out",
    ),
    bomb(
        "millions of tiny tensors that nobody records — refused",
        "import torch\nx = [torch.ones(1)]\nmake = torch.Tensor.new\n"
        "for _ in range(10**7): x.append(torch._C._VariableFunctions.ones(1))  # here\n",
        "too_much_output",
        "out_of_memory",
        "timed_out",
    ),
    bomb(
        "view of a million million copied out — refused",
        "import torch\nx = torch.ones(1).expand(10**6, 10**6).clone()  # here\n",
        "out_of_memory",
    ),
    bomb("untyped storage — refused", "import torch\nx = torch.UntypedStorage(10**10)  # here\n", "out_of_memory"),
    bomb(
        "matrix product that is larger than its factors — refused",
        "import torch\nx = torch.ones(10**5, 1)\ny = x @ x.T  # here\n",
        "out_of_memory",
    ),
    bomb(
        "graph of autograd that never lets go — refused or cut",
        """
        import torch
        loss = torch.zeros(10**6, requires_grad=True)
        while True:
            loss = loss * torch.ones(10**6)  # here
        """,
        "out_of_memory",
        "too_much_output",
    ),
    bomb(
        "gradients of a hundred million — refused",
        "import torch\nx = torch.ones(5 * 10**7, requires_grad=True)\n(x * x).sum().backward()  # here\n",
        "out_of_memory",
    ),
    bomb("numpy in one piece — refused", "import numpy\nx = numpy.ones(10**10)  # here\n", "out_of_memory"),
    bomb(
        "numpy in pieces — refused",
        "import numpy\nx = []\nwhile len(x) < 400: x.append(numpy.ones(10**6))  # here\n",
        "out_of_memory",
    ),
    bomb("shared map in one piece — refused", "import mmap\nx = mmap.mmap(-1, 10**10)  # here\n", "out_of_memory"),
    bomb(
        "shared maps in pieces — refused",
        "import mmap\nx = []\nwhile len(x) < 400: x.append(mmap.mmap(-1, 10**7))  # here\n",
        "out_of_memory",
    ),
    refused(
        "maps by the C library — refused",
        "c(libc.mmap, 0, 10**12, 3, 0x4022, -1, 0)",
        "c(libc.mmap, 0, 2 * 10**9, 3, 0x21, -1, 0)",
        "c(libc.mmap, 0, 2 * 10**9, 0, 0x22, -1, 0)",
        "c(libc.mmap, 0, 10**9, 3, 0x40022, -1, 0)",
        "grow()",
        setup="""
        def grow():
            if libc.sbrk(ctypes.c_long(2 * 10**9)) == -1:
                raise OSError(ctypes.get_errno(), '')
        """,
        refusals="ENOMEM",
        proof="-> done",
    ),
    bomb(
        "malloc in C until there is no more — it ends, and only itself",
        """
        import ctypes
        libc = ctypes.CDLL(None)
        libc.malloc.restype = ctypes.c_void_p
        kept = 0
        while kept < 400 and (p := libc.malloc(ctypes.c_size_t(10**7))):
            ctypes.memset(p, 1, 10**7)
            kept += 1
        print('kept', kept < 100)
        """,
        "finished",
        "out_of_memory",
        says="kept True|more than",
    ),
    bomb(
        "leak of cycles without a collector — refused",
        """
        import gc
        gc.disable()
        for _ in range(400):
            x = [bytearray(10**7)]  # here
            x.append(x)
        """,
        "out_of_memory",
    ),
    bomb(
        "memory error swallowed for ever — stopped",
        """
        x = []
        while True:
            try: x.append(bytearray(10**6))
            except MemoryError: pass
        """,
        "timed_out",
        "out_of_memory",
        time_s=1.0,
    ),
    bomb(
        "memory error caught and let go — goes on",
        "x = []\ntry:\n    while len(x) < 400: x.append(bytearray(10**7))\nexcept MemoryError: x = None\nprint('on')\n",
        says="on",
    ),
    bomb(
        "memory full in small pieces when it ends — an outcome",
        "x = []\ntry:\n    while True: x.append(' ' * 500)\nexcept MemoryError: pass\nprint(len(x) > 0)\n",
        "finished",
        "out_of_memory",
        "timed_out",
        "died",
    ),
    bomb(
        "a gigabyte out of a compressed megabyte — refused",
        "import zlib\nx = zlib.compress(bytes(10**8))\ny = [zlib.decompress(x) for _ in range(40)]  # here\n",
        "out_of_memory",
    ),
    refused(
        "memory beyond the process — refused",
        f"call({nr('shmget')}, 0x7461, 10**8, 0o1600)",
        f"call({nr('semget')}, 0x7461, 1, 0o1600)",
        f"call({nr('msgget')}, 0x7461, 0o1600)",
        f"call({nr('mq_open')}, b'{{marker}}', 0o102, 0o600, None)",
        "SharedMemory(create=True, size=10**6)",
        "open('/dev/shm/{marker}', 'w')",
        f"call({nr('mlockall')}, 3)",
        setup="from multiprocessing.shared_memory import SharedMemory\n",
        refusals="",
        destructive=True,
    ),
    bomb(
        "regular expression and parser fed to bursting — refused",
        "import ast\nx = ast.parse('[' + '1,' * 3 * 10**6 + ']')  # here\n",
        "out_of_memory",
        "timed_out",
        "raised",
    ),
    bomb(
        "object of a million attributes on every tensor — refused",
        "import torch\nx = [torch.ones(1) for _ in range(300)]\nfor t in x: t.extra = bytearray(10**7)  # here\n",
        "out_of_memory",
    ),
    bomb(
        "memory taken in a hook of backward — refused",
        """
        import torch
        x = torch.ones(3, requires_grad=True)
        kept = []
        def hook(g):
            while len(kept) < 400: kept.append(bytearray(10**7))  # here
        x.register_hook(hook)
        x.sum().backward()  # here
        """,
        "out_of_memory",
    ),
]
