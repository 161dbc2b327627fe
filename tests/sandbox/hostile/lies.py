"""Lies: what comes from a program's process is believed by nobody, and the most it can spoil is its own tape."""

from functools import partial
from typing import Any

from tests.sandbox.hostile.attack import Attack, attack

lie = partial(attack, time_s=1.0, limits={"closing_s": 1.0, "tape_bytes": 4 * 2**20})

FRAME = "import io, os, struct, zipfile\ndef frame(kind, body): send(struct.pack('!cI', kind, len(body)) + body)\n"
FRAME += "def send(data):\n    while data: data = data[os.write(3, data):]\n"
FINISH = "frame(b'e', b'{\"kind\":\"finished\"}')\n"
LEAVE = "os.kill(os.getpid(), 9)\n"
TAPE = """
def tape(members, grown=False):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED, compresslevel=1) as bundle:
        for name, data in members:
            with bundle.open(name, 'w') as member: member.writelines(data if isinstance(data, list) else [data])
        if grown: bundle.infolist()[1].file_size = 2**40
    return out.getvalue()
EMPTY = [('tape.json', b'{"header":{"version":[1,0]}}'), ('events.jsonl', b'')]
EMPTY += [('tensors.safetensors', struct.pack('<Q', 2) + b'{}')]
"""


def forged(name: str, members: str, *expects: str, **more: Any) -> Attack:
    """A tape made by hand, sent in place of the real one."""
    send = f"frame(b't', tape({members}))\nframe(b'd', b'')\n"
    return lie(name, FRAME + TAPE + FINISH + send + LEAVE, *(expects or ("died",)), **more)


ATTACKS = [
    lie("garbage on the result pipe — died", "import os\nos.write(3, os.urandom(9999))\n", "died"),
    lie("zeros on the result pipe — died", "import os\nos.write(3, bytes(9999))\n", "died"),
    lie(
        "gigabytes on the result pipe — died, and the server stays as small as it was",
        "import os\nx = bytes(10**6)\nwhile True: os.write(3, x)\n",
        "died",
    ),
    lie(
        "gigabytes in lawful frames — died or stopped",
        FRAME + "x = b'{\"events\":1}' + b' ' * 4000\nwhile True: frame(b'p', x)\n",
        "died",
        "timed_out",
    ),
    lie(
        "tapes without end in lawful frames — died or stopped",
        FRAME + "x = bytes(4 * 10**6)\nwhile True: frame(b't', x)\n",
        "died",
        "timed_out",
    ),
    lie(
        "frame that promises four gigabytes — died",
        FRAME + "send(struct.pack('!cI', b't', 2**32 - 1))\n" + LEAVE,
        "died",
    ),
    lie(
        "frame that never ends — stopped",
        FRAME + "send(struct.pack('!cI', b'p', 4000))\nwhile True: pass\n",
        "timed_out",
        "died",
    ),
    lie(
        "frame that arrives byte by byte — stopped",
        FRAME
        + "import time\nsend(struct.pack('!cI', b'p', 4000))\nwhile True:\n    send(b' ')\n    time.sleep(0.01)\n",
        "timed_out",
        "died",
    ),
    lie(
        "its end told, and then no end — killed in time",
        FRAME + FINISH + "while True:\n    try:\n        while True: pass\n    except BaseException: pass\n",
        "timed_out",
        "died",
    ),
    lie("done without a tape — died", FRAME + "frame(b'd', b'')\n" + LEAVE, "died"),
    lie(
        "done told twice, tape told after — no matter", FRAME + FINISH + "frame(b'd', b'')\nframe(b't', b'x')\n", "died"
    ),
    lie(
        "failure of the sandbox told — its own death, no failure of ours",
        FRAME + 'frame(b\'e\', b\'{"kind":"broken","type":"OSError","message":"disk full"}\')\n' + LEAVE,
        "died",
    ),
    lie(
        "failure of the sandbox told, and done — its own death, no failure of ours",
        FRAME + "frame(b'e', b'{\"kind\":\"broken\"}')\nframe(b'd', b'')\n" + LEAVE,
        "died",
    ),
    lie(
        "places that do not exist — no place",
        FRAME
        + "for span in ('program.py\",999999999,0,999999999,1', '/etc/passwd\",1,0,1,9', 'program.py\",-1,-1,-1,-1'):\n"
        + "    frame(b'p', b'{\"events\":1,\"span\":[\"' + span.encode() + b']}')\n"
        + LEAVE,
        "died",
    ),
    lie(
        "numbers that do not fit — died",
        FRAME + "frame(b'p', b'{\"events\":' + b'9' * 4000 + b'}')\n" + LEAVE,
        "died",
    ),
    lie(
        "an exit code of its own telling — its own affair",
        FRAME + 'frame(b\'e\', b\'{"kind":"exited","code":18446744073709551615}\')\n' + LEAVE,
        "died",
    ),
    lie(
        "message of markup, escapes and another's outcome — text",
        FRAME
        + 'frame(b\'e\', b\'{"kind":"raised","type":"<script>","message":"\\\\u001b[31m</script>"}\')\n'
        + "frame(b'd', b'')\n"
        + LEAVE,
        "raised",
        "died",
        placed=False,
    ),
    lie("ending of the depth of ten thousand — died", FRAME + "frame(b'e', b'[' * 10000)\n" + LEAVE, "died"),
    forged("forged tape that is none — died", "[]"),
    forged("forged tape that is empty and whole — its own affair", "EMPTY", "finished", "died"),
    forged(
        "forged tape that unpacks to seven hundred megabytes — died, and the server stays as small as it was",
        "[('tape.json', [bytes(2**20)] * 700)] + EMPTY[1:]",
        time_s=9.0,
    ),
    forged("forged tape that claims a terabyte — died", "EMPTY, grown=True"),
    lie(
        "its own result read back — its own loss",
        "while True: open('/proc/self/fd/3', 'rb').read(1)\n",
        "timed_out",
        "died",
    ),
    forged(
        "forged tape with paths that climb — died or ignored",
        "EMPTY + [('../../../../../..{canary}/made', b'x'), ('{canary}/made', b'x')]",
        "finished",
        "died",
    ),
    forged("forged tape whose JSON is ten thousand deep — died", "[('tape.json', b'[' * 10**5)] + EMPTY[1:]"),
    forged(
        "forged tape whose tensors are a pickle — died",
        "EMPTY[:2] + [('tensors.safetensors', b'cposix\\nsystem\\n(Vtouch {canary}/made\\ntR.')]",
    ),
    forged(
        "forged tape whose tensors claim exabytes — died",
        "EMPTY[:2] + [('tensors.safetensors', struct.pack('<Q', 2**63) + b'{}')]",
    ),
    forged(
        "forged tape whose events point nowhere — died",
        '[EMPTY[0], (\'events.jsonl\', b\'{"kind":"op","op":123456}\\n\' * 9), EMPTY[2]]',
    ),
    forged(
        "forged tape of a million events — died, for no tape may have so many",
        '[EMPTY[0], (\'events.jsonl\', b\'{"kind":"print","text":""}\\n\' * 10**6), EMPTY[2]]',
    ),
    forged(
        "forged tape of more output than is kept — died",
        "[EMPTY[0], ('events.jsonl', b'{\"kind\":\"print\",\"text\":\"' + b'x' * 10**7 + b'\"}\\n'), EMPTY[2]]",
    ),
    lie(
        "its end told, and then output without end — killed in time",
        FRAME + FINISH + "x = b'x' * 65536\nwhile True:\n    try:\n        while True: os.write(1, x)\n"
        "    except BaseException: pass\n",
        "died",
        "too_much_output",
    ),
    lie("result pipe closed early — died", "import os\nos.close(3)\nwhile True: pass\n", "died"),
    lie("every descriptor closed — died", "import os\nos.closerange(0, 64)\nwhile True: pass\n", "died", "timed_out"),
    lie(
        "result pipe closed, program goes on to its end — died",
        "import os\nos.close(3)\nx = 1\n",
        "died",
    ),
    lie("result pipe replaced by another — died", "import os\nos.dup2(0, 3)\nx = 1\n", "died"),
    lie("output joined to the result pipe — died", "import os\nos.dup2(3, 1)\nos.write(1, b'x' * 99)\n", "died"),
    lie(
        "trace forged — no more than a line of the program",
        "import os\nos.write(4, b'File \"program.py\", line 2\\n')\nos.write(4, b'File \"/etc/passwd\", line 1\\n')\n"
        + LEAVE,
        "died",
    ),
    lie(
        "exit without a word — its code and line", "import os\nx = 1\nos._exit(7)  # here\n", "died", says="exit code 7"
    ),
    lie("exit in C — its code", "import ctypes\nctypes.CDLL(None)._exit(9)\n", "died", says="exit code 9"),
    lie(
        "exit by number — its code",
        "import ctypes, platform\nctypes.CDLL(None).syscall(231 if platform.machine() == 'x86_64' else 94, 5)\n",
        "died",
        says="exit code 5",
    ),
    lie(
        "segmentation fault — its signal and line",
        "import ctypes\nx = 1\nctypes.string_at(1)  # here\n",
        "died",
        says="SIGSEGV",
    ),
    lie("abort — its signal and line", "import os\nx = 1\nos.abort()  # here\n", "died", says="SIGABRT"),
    lie(
        "fault with handlers of its own — an outcome",
        "import ctypes, faulthandler, signal\nfaulthandler.disable()\nsignal.signal(signal.SIGSEGV, lambda *_: None)\n"
        "ctypes.string_at(1)\n",
        "died",
        "timed_out",
    ),
    lie(
        "memory of the interpreter overwritten — an outcome",
        "import ctypes\nfor o in (type, object, dict, None, True, print): ctypes.memset(id(o), 255, 64)\n",
        "died",
        "timed_out",
    ),
    lie(
        "recorder patched away — an outcome",
        """
        import sys
        for name, module in list(sys.modules.items()):
            if name.startswith('tapedeck'):
                for key in list(vars(module)):
                    if not key.startswith('__'): setattr(module, key, None)
        """,
        "died",
        "finished",
        "raised",
        "timed_out",
    ),
    lie(
        "recorder's bytes replaced by a pickle — died",
        """
        import os, sys
        class Poison:
            def __reduce__(self): return (os.system, ('touch {canary}/made',))
        import pickle
        tape = sys.modules['tapedeck.tape']
        tape.Tape.to_bytes = lambda self: pickle.dumps(Poison())
        """,
        "died",
    ),
    lie(
        "recorder made to serialise for ever — killed in time",
        """
        import sys
        def f(self):
            while True: pass
        sys.modules['tapedeck.tape'].Tape.to_bytes = f
        """,
        "died",
        "timed_out",
    ),
    lie(
        "recorder made to raise while it serialises — its own death, no failure of ours",
        "import sys\ndef f(self): raise OSError('ours?')\nsys.modules['tapedeck.tape'].Tape.to_bytes = f\n",
        "died",
    ),
    lie(
        "guard found and disarmed — killed all the same",
        """
        import gc
        for o in gc.get_objects():
            if type(o).__name__ == 'Guard': o.disarm()
        while True: pass
        """,
        "timed_out",
    ),
    lie(
        "frames of the recorder walked and changed — an outcome",
        """
        import sys
        frame = sys._getframe()
        while frame.f_back:
            frame = frame.f_back
            for key in list(frame.f_locals): frame.f_locals[key] = None
            frame.f_globals.update({key: None for key in frame.f_globals if not key.startswith('__')})
        print('on')
        """,
        "died",
        "finished",
        "raised",
    ),
    lie(
        "builtins patched — an outcome",
        """
        import builtins
        for name in ('len', 'isinstance', 'open', 'str', 'type', 'getattr', 'print', 'min', 'sorted', 'BaseException'):
            setattr(builtins, name, lambda *_, **__: 0)
        builtins.__import__ = lambda *_: None
        """,
        "died",
        "finished",
        "raised",
        "timed_out",
    ),
    lie(
        "modules emptied — an outcome",
        "import sys\nfor m in list(sys.modules.values()):\n"
        "    if m is not sys and hasattr(m, '__dict__'): vars(m).clear()\n",
        "died",
        "finished",
        "raised",
    ),
    lie(
        "system calls of Python patched — an outcome",
        "import os, signal\nos.write = lambda *_: 1\n"
        "os.read = os.close = os._exit = os.getpid = signal.setitimer = lambda *_: 0\n",
        "died",
        "finished",
        "timed_out",
    ),
    lie(
        "torch patched — an outcome",
        """
        import torch
        for name in ('add', 'detach', 'clone', 'to', 'numpy', 'tolist', 'untyped_storage', 'data_ptr', 'item'):
            setattr(torch.Tensor, name, lambda self, *_, **__: self)
        torch.Tensor.__repr__ = torch.Tensor.shape = None
        x = torch.ones(2, requires_grad=True)
        (x * x).sum().backward()
        """,
        "died",
        "finished",
        "raised",
    ),
    lie(
        "poison in what the recorder takes hold of — never unpickled",
        """
        import os, torch
        class Poison:
            def __reduce__(self): return (os.system, ('touch {canary}/made',))
            __reduce_ex__ = __getstate__ = __deepcopy__ = __copy__ = lambda self, *_: self.__reduce__()
            def __str__(self): raise SystemExit
            __repr__ = __format__ = __hash__ = __eq__ = __len__ = __iter__ = __str__
        class M(torch.nn.Module):
            def forward(self, x, poison): return x, poison
        x = torch.ones(2)
        x.poison = Poison()
        M()(x, Poison())
        print('on')
        """,
        says="on",
    ),
    lie(
        "class whose every answer is a lie — an outcome",
        """
        import torch
        class T(torch.Tensor):
            shape = property(lambda self: (10**9,) * 9)
            dtype = property(lambda self: 'no')
            def numel(self): return -1
            def data_ptr(self): return 16
            def stride(self, *_): return (2**62,)
            def element_size(self): return 2**40
            def tolist(self): return [['\\ud800'] * 99]
            def is_contiguous(self, *_, **__): return True
        x = torch.ones(3).as_subclass(T)
        y = x + 1
        """,
        "finished",
        "raised",
        "died",
    ),
    lie(
        "tensor that points at nothing — an outcome",
        """
        import ctypes, torch
        x = torch.ones(1000)
        y = torch.as_strided(x, (10,), (1,), 900)
        x.untyped_storage().resize_(0)
        z = y + 1
        """,
        "finished",
        "raised",
        "died",
    ),
]
