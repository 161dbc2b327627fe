"""Compiles the recorder's inner loop with Cython while a wheel is built; ``python hatch_build.py`` does so in place.

The modules named below are ordinary Python and run as such; compiled, with the C types that the ``.pxd`` file beside
each one declares, they take a fraction of the time. Where nothing can be compiled, or ``TAPEDECK_PURE`` is set, the
wheel holds the Python alone.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand
    BuildHookInterface = object  # type: ignore[assignment,misc]

ROOT = Path(__file__).resolve().parent
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
LAST = os.environ.get("TAPEDECK_CFLAGS", "").split()
"""What is said to the compiler last, and holds: ``-O0``, for one, takes a third of the time."""

FUSED = [
    "-O3",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fno-signed-zeros",
    "-fassociative-math",
    "-ffinite-math-only",
]
"""How `fused.h` is compiled. Never linked with ``-ffast-math``: the whole process would take denormals for zero."""


class CustomBuildHook(BuildHookInterface):  # type: ignore[misc,type-arg]
    """What hatchling runs before it builds a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and say so in the wheel's tag; ``version`` is ``editable`` where the sources stay where they are."""
        found = [] if os.environ.get("TAPEDECK_PURE") else compiled()
        if found:
            build_data["pure_python"], build_data["infer_tag"] = False, True
            if version != "editable":
                build_data["force_include"].update({str(path): f"{FOLDER}/{path.name}" for path in found})


def compiled() -> list[Path]:
    """The extension modules, each beside its source; none, and none left from before, where that fails."""
    for old in (ROOT / "server" / FOLDER).glob("*.so"):
        old.unlink()
    try:
        return compile_in_place()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a compiler raises, the package works without it
        sys.stderr.write(f"Tapedeck records more slowly here, because its recorder could not be compiled: {error}\n")
        return []


def compile_in_place() -> list[Path]:
    """The extension modules, each beside its source. Raises whatever Cython or the compiler raise."""
    from Cython.Build import cythonize
    from setuptools import Distribution, Extension
    from setuptools.command.build_ext import build_ext

    before = Path.cwd()
    os.chdir(ROOT / "server")
    try:
        options: dict[str, Any] = {"include_dirs": [FOLDER], "extra_compile_args": [*OPTIONS, *LAST]}
        modules = [Extension(f"tapedeck.recorder.{name}", [f"{FOLDER}/{name}.py"], **options) for name in MODULES]
        options = {**options, "extra_compile_args": [*FUSED, *LAST], "libraries": ["dl"]}
        modules.append(Extension("tapedeck.recorder.fused", [f"{FOLDER}/fused.pyx"], **options))
        with tempfile.TemporaryDirectory() as made:
            extensions = cythonize(modules, build_dir=made, compiler_directives=DIRECTIVES, quiet=True)
            command = build_ext(Distribution({"ext_modules": extensions}))
            command.inplace, command.parallel, command.build_temp = 1, os.cpu_count(), made
            command.ensure_finalized()
            command.run()
            return [ROOT / "server" / command.get_ext_fullpath(module.name) for module in modules]
    finally:
        os.chdir(before)


if __name__ == "__main__":
    compiled()
