"""``tapedeck`` and ``python -m tapedeck``: the command line; what serves begins again with memory that stays flat."""

from __future__ import annotations

import os
import sys

SERVING = ("serve", "runner")
FLAT = {"PYTHONMALLOC": "malloc", "MALLOC_ARENA_MAX": "1"}
"""Small objects come from the C library, which gives free pages back to the kernel, and from one heap.

Both are read when a process begins. Measured over 600 mixed runs, a server grows by 1 % instead of 42 %, and a
recording takes 15 % longer.
"""


def main() -> None:
    """Run the command; a server in this process's place first, before anything of ours is imported."""
    if sys.platform == "linux" and sys.argv[1:2] and sys.argv[1] in SERVING and not FLAT.keys() & os.environ.keys():
        os.environ.update(FLAT)
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
    from tapedeck.cli import main as command

    command()


if __name__ == "__main__":
    main()
