"""Compiles the recorder's inner loop with Cython while a wheel is built; ``python hatch_build.py`` does so in place.

The modules named below are ordinary Python and run as such; compiled, with the C types that the ``.pxd`` file beside
each one declares, they take a fraction of the time. Where no C compiler is found, the wheel holds the Python alone.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent
FOLDER = "tapedeck/recorder"
MODULES = (
    "shapes",
    "strand",
    "trampoline",
    "frames",
    "statistics",
    "capture",
    "log",
    "tensors",
    "oprecord",
    "graph",
    "autograd",
    "modules",
    "ops",
    "standins",
    "uncompiled",
)
DIRECTIVES = {"language_level": 3, "annotation_typing": False, "binding": True, "emit_code_comments": False}
OPTIONS = ["-O2", "-g0", "-fno-plt"]
FUSED = ["-O3", "-fno-math-errno", "-fno-trapping-math", "-fno-signed-zeros", "-fassociative-math", "-ffinite-math-only"]


def compile_in_place() -> list[Path]:
    """The extension modules, each beside its source. Raises whatever Cython or the compiler raise."""
    from Cython.Build import cythonize
    from setuptools import Distribution, Extension
    from setuptools.command.build_ext import build_ext

    os.chdir(ROOT / "server")
    options = {"include_dirs": [FOLDER], "extra_compile_args": OPTIONS}
    modules = [Extension(f"tapedeck.recorder.{name}", [f"{FOLDER}/{name}.py"], **options) for name in MODULES]
    options = {**options, "extra_compile_args": FUSED, "libraries": ["dl"]}
    modules.append(Extension("tapedeck.recorder.fused", [f"{FOLDER}/fused.pyx"], **options))
    with tempfile.TemporaryDirectory() as made:
        command = build_ext(
            Distribution({"ext_modules": cythonize(modules, build_dir=made, compiler_directives=DIRECTIVES)})
        )
        command.inplace, command.parallel, command.build_temp = 1, os.cpu_count(), made
        command.ensure_finalized()
        command.run()
        return [Path(command.get_ext_fullpath(module.name)) for module in modules]


if __name__ == "__main__":
    compile_in_place()
